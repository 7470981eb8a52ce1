# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""`%mplot`: a recording of mprof, below the cell."""

from __future__ import annotations

import os
import shlex
from typing import TYPE_CHECKING, Any

from peakline._magics import show
from peakline._magics.arguments import parse, usage_error

if TYPE_CHECKING:
    from peakline._magics.shell import PeaklineMagics
    from peakline._plot import Plot


def run(magics: PeaklineMagics, line: str) -> Plot | None:
    """The whole magic; its result is that of `-r`, or None."""
    from peakline._plot import CannotPlot, Plot

    options = parse(line, "t:w:sfnr", ("title=", "window=", "slope", "flame", "no-function-ts"))
    words = []
    for short, long in (("t", "title"), ("w", "window")):
        value = options.last(short)
        value = options.last(long) if value is None else value
        words += [] if value is None else [f"--{long}={value}"]
    for short, long in (("s", "slope"), ("f", "flame"), ("n", "no-function-ts")):
        words += [f"--{long}"] if short in options or long in options else []
    try:
        recordings = [os.path.expanduser(word) for word in shlex.split(options.rest)]
        plot = Plot([*words, "--", *recordings])
        _show(plot, magics.shell)
    except ValueError as error:  # CannotPlot is one, and what shlex raises.
        sentence = str(error)
        raise usage_error(
            sentence if isinstance(error, CannotPlot) else f"{line!r}: {sentence}"
        ) from None
    return plot if "r" in options else None


def _show(plot: Plot, shell: Any) -> None:
    """In a notebook the interactive plot, in a terminal text as wide as that is."""
    if show.is_notebook(shell):
        from IPython.display import publish_display_data

        publish_display_data(plot._repr_mimebundle_())
    else:
        print(plot.to_text(**show.terminal_options()), end="")
