# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Where a magic shows what it found: as HTML below a notebook's cell, as text in a terminal."""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING, Any

from peakline._magics.undoing import undone

if TYPE_CHECKING:
    from collections.abc import Callable

    from peakline._results import LineProfile


def is_notebook(shell: Any) -> bool:
    """Whether a front end shows HTML: it talks to a kernel, and is no terminal itself."""
    return getattr(shell, "kernel", None) is not None


def complaining_in_cell(shell: Any, function: Callable[..., Any], *args: Any) -> Any:
    """Calls a function. What is said on the original standard error, which no notebook shows, is
    said in the cell.
    """
    __tracebackhide__ = True
    if not is_notebook(shell):
        return function(*args)
    return undone(partial(setattr, sys, "__stderr__", sys.__stderr__), _in_cell, function, args)


def _in_cell(function: Callable[..., Any], args: tuple[Any, ...]) -> Any:
    __tracebackhide__ = True
    sys.__stderr__ = sys.stderr  # type: ignore[assignment, misc]
    return function(*args)


def report(shell: Any, text: str, html: Callable[[], str | None]) -> None:
    """Shows a report: `html()` in a notebook, if there is any, or `text`, through IPython's pager
    where it is long.
    """
    markup = html() if is_notebook(shell) else None
    if markup is not None:
        from IPython.display import publish_display_data

        publish_display_data({"text/html": markup, "text/plain": text})
    elif is_notebook(shell):
        print(text)
    else:
        from IPython.core import page

        page.page(text)


def pages(shell: Any, capture: str, *, before: str | None = None, height: int) -> None:
    """Shows a capture, or what it has more than another: its page in a notebook, in a terminal what
    the command prints. Raises CannotShow.
    """
    from peakline import _render, _show

    if is_notebook(shell):
        from IPython.display import publish_display_data

        # Only where there are two: it is the same page then, with the difference.
        options: dict[str, Any] = {} if before is None else {"before": before}
        publish_display_data(_show.show(capture, height=height, **options)._repr_mimebundle_())
        return
    wishes = terminal_options()
    words = ["report"] if before is None else ["diff"]
    words += _render.arguments(None, wishes["color"], wishes["width"], None)
    try:
        print(_render.answer([*words, "--", *filter(None, (before, capture))]), end="")
    except _render.CannotRender as error:
        raise _show.CannotShow(str(error)) from None


def line(shell: Any, text: str, markup: str) -> None:
    """Shows a line of text, in a notebook in small letters."""
    if is_notebook(shell):
        from IPython.display import publish_display_data

        publish_display_data({"text/html": markup, "text/plain": text})
    else:
        print(text)


def save(text: str, file: str) -> None:
    """Writes a report to a file, and says so in memory_profiler's words."""
    try:
        with open(file, "w", encoding="utf-8") as stream:
            stream.write(text + "\n")
    except OSError as error:
        print(f"{file} could not be written: {error.strerror}", file=sys.stderr)
    else:
        print(f"\n*** Profile printout saved to text file {file}. ")


def terminal_options() -> dict[str, Any]:
    """Colour and width of the terminal, as `to_table` takes them."""
    from peakline import _render

    stream = sys.stdout
    return {"color": _render.wants_color(stream), "width": _render.width_of(stream)}


def labelled(result: LineProfile, shell: Any) -> LineProfile:
    """The same with `In [3]` for the name of a cell's file, as IPython calls it in tracebacks."""
    from peakline._results import LineProfile
    from peakline._unsaved import cell_name

    functions = []
    for function in result.functions:
        name = cell_name(shell, function.file)
        functions.append(function._replace(file=name) if name else function)
    return LineProfile(functions, result.backend, result.caveats, result.value)
