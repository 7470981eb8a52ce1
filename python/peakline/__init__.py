# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Peakline: which lines of a program cost how much memory.

    from peakline import profile

    @profile
    def work(): ...

`profile` prints the table of a function's lines after each call; `lines(func, *args)` gives the
same as a typed result; `record` records a whole program; `watch` measures any block of code,
`compare` alternatives side by side, `memory_usage` a call or a process; `plot` shows a recording of
`mprof run`, in which `mark` names moments. On the command line: `peakline profile script.py`,
`peakline record script.py`.
"""

from __future__ import annotations

from peakline._version import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from peakline._backends import UnknownBackend
    from peakline._compare import Alternative, Comparison, Run, compare
    from peakline._decorator import profile
    from peakline._heap import HeapUnavailable
    from peakline._magics import load_ipython_extension, unload_ipython_extension
    from peakline._mark import mark
    from peakline._plot import CannotPlot, Plot, plot
    from peakline._record import CannotRecord, Recording, record
    from peakline._results import FunctionProfile, Line, LineProfile, lines
    from peakline._show import CannotShow, Page, show
    from peakline._stretch import Watch, watch
    from peakline._usage import memory_usage

__all__ = [
    "Alternative",
    "CannotPlot",
    "CannotRecord",
    "CannotShow",
    "Comparison",
    "FunctionProfile",
    "HeapUnavailable",
    "Line",
    "LineProfile",
    "Page",
    "Plot",
    "Recording",
    "Run",
    "UnknownBackend",
    "Watch",
    "__version__",
    "compare",
    "lines",
    "load_ipython_extension",
    "mark",
    "memory_usage",
    "plot",
    "profile",
    "record",
    "show",
    "unload_ipython_extension",
    "watch",
]

# Loaded when first used: importing the package costs next to nothing.
_HOMES = {
    "Alternative": "_compare",
    "CannotPlot": "_plot",
    "CannotRecord": "_record",
    "CannotShow": "_show",
    "Comparison": "_compare",
    "FunctionProfile": "_results",
    "HeapUnavailable": "_heap",
    "Line": "_results",
    "LineProfile": "_results",
    "Page": "_show",
    "Plot": "_plot",
    "Recording": "_record",
    "Run": "_compare",
    "UnknownBackend": "_backends",
    "Watch": "_stretch",
    "compare": "_compare",
    "lines": "_results",
    "load_ipython_extension": "_magics",
    "mark": "_mark",
    "memory_usage": "_usage",
    "plot": "_plot",
    "profile": "_decorator",
    "record": "_record",
    "show": "_show",
    "unload_ipython_extension": "_magics",
    "watch": "_stretch",
}


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'peakline' has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(f"peakline.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
