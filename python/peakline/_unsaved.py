# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Sources that are on no disk: cells of a notebook, and code that a program has made.

`linecache` holds them for tracebacks, as long as the process lives; a capture outlives it.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any


def given(*, with_texts: bool = True) -> bytes:
    """All of them as `peakline seal --given` reads them: of each the name of its file, the name
    that people know it by, its lines.
    """
    parts: list[str] = []
    shell = _shell()
    for file, lines in _entries():
        name = cell_name(shell, file)
        text = "".join(_as_written(shell, name, lines)) if with_texts else ""
        if (name or text) and "\0" not in file + text:
            parts += (file, name or "", text)
    return "".join(part + "\0" for part in parts).encode(errors="replace")


def cell_name(shell: Any, file: str) -> str | None:
    """What IPython calls a cell in tracebacks, as in `In[3]`; None for what is none."""
    format_name = getattr(getattr(shell, "compile", None), "format_code_name", None)
    found = format_name(file) if format_name is not None else None
    return found[1] if found else None


def _entries() -> Iterator[tuple[str, list[str]]]:
    cache: Any = getattr(sys.modules.get("linecache"), "cache", {})
    for file, entry in list(cache.items()):
        # A file of the disk has a time; what is to be loaded when it is asked for is one value.
        if isinstance(file, str) and len(entry) == 4 and entry[1] is None:
            yield file, entry[2]


def _shell() -> Any:
    """IPython's, if there is one."""
    module = sys.modules.get("IPython")
    find = getattr(module, "get_ipython", None)
    return find() if find is not None else None


def _as_written(shell: Any, name: str | None, lines: list[str]) -> list[str]:
    """A cell as its user wrote it, which has IPython's own syntax, where that is line by line what
    ran.
    """
    number = name[3:-1] if name else ""
    history = getattr(shell, "history_manager", None)
    if history is None or not number.isdecimal() or int(number) >= len(history.input_hist_parsed):
        return lines
    parsed = history.input_hist_parsed[int(number)].splitlines()
    written: list[str] = history.input_hist_raw[int(number)].splitlines()
    if parsed != [line.rstrip("\n") for line in lines] or len(written) != len(parsed):
        return lines
    return [line + "\n" for line in written]
