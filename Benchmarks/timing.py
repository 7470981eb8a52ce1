# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Times a thing with and without a profiler, in turn, in one process."""

from __future__ import annotations

import gc
from collections.abc import Callable
from importlib.util import find_spec
from time import perf_counter
from types import FunctionType
from typing import Any

IS_PEAKLINE = find_spec("peakline") is not None
"""Whether the `memory_profiler` of this environment is Peakline's."""


def scale(peakline: int, original: int) -> int:
    """How often to do something: memory_profiler is so much slower that it gets less to do."""
    return peakline if IS_PEAKLINE else original


def twin(function: Any) -> Any:
    """The same function with a code object of its own: profilers change and recognise those."""
    code = function.__code__.replace(co_name=function.__name__ + "_twin")
    return FunctionType(code, function.__globals__, code.co_name, function.__defaults__)


def seconds(function: Callable[..., Any], *args: Any) -> float:
    """How long one call takes."""
    start = perf_counter()
    function(*args)
    return perf_counter() - start


def demand_figures(profiler: Any) -> None:
    """Ends the run if the profiler measured no line: what costs nothing may also do nothing."""
    if not any(figures for _, lines in profiler.code_map.items() for _, figures in lines):
        raise SystemExit("nothing was measured")


def best_pair(
    bare: Callable[[], float], other: Callable[[], float], rounds: int
) -> tuple[float, float]:
    """The shortest of the seconds that each function says, over rounds in which they take turns.

    The shortest time is the one that the machine's other work disturbed least. Bare also runs
    before the other ever did, lest the other leave something behind that slows both.
    """
    gc.collect()
    gc.disable()
    try:
        bares = [bare() for _ in range(max(3, rounds // 3))]
        others = []
        for _ in range(rounds):
            others.append(other())
            bares.append(bare())
        return min(bares), min(others)
    finally:
        gc.enable()
