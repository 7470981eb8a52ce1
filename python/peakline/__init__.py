# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Peakline: which lines of a program cost how much memory.

    from peakline import profile

    @profile
    def work(): ...

`profile` prints the table of a function's lines after each call; `lines(func, *args)` gives the
same as a typed result; `memory_usage` measures a call or a process. On the command line: `peakline
profile script.py`.
"""

from __future__ import annotations

from peakline._version import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from peakline._backends import UnknownBackend
    from peakline._decorator import profile
    from peakline._results import FunctionProfile, Line, LineProfile, lines
    from peakline._usage import memory_usage

__all__ = [
    "FunctionProfile",
    "Line",
    "LineProfile",
    "UnknownBackend",
    "__version__",
    "lines",
    "memory_usage",
    "profile",
]

# Loaded when first used: importing the package costs next to nothing.
_HOMES = {
    "FunctionProfile": "_results",
    "Line": "_results",
    "LineProfile": "_results",
    "UnknownBackend": "_backends",
    "lines": "_results",
    "memory_usage": "_usage",
    "profile": "_decorator",
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
