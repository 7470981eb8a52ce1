# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""A callee, not profiled, that catches 100,000 exceptions which a function raises."""

from __future__ import annotations

from timing import best_pair, demand_figures, scale, seconds, twin

from memory_profiler import LineProfiler


def fail(depth: int) -> None:
    """Raises, `depth` calls down."""
    if depth:
        fail(depth - 1)
    raise ValueError


def catch(times: int, depth: int) -> None:
    """Raises and catches."""
    for _ in range(times):
        try:
            fail(depth)
        except ValueError:
            continue


def outer(times: int, depth: int) -> None:
    """The profiled function."""
    catch(times, depth)


def run(rounds: int) -> dict[str, float]:
    """Ratios, for an exception that leaves one frame, and for one that leaves ten."""
    times = scale(100_000, 10_000)
    few = times // 10
    profiler = LineProfiler(backend="psutil")
    profiled = profiler(twin(outer))
    bare, watched = best_pair(
        lambda: seconds(outer, times, 0), lambda: seconds(profiled, times, 0), rounds
    )
    bare_deep, watched_deep = best_pair(
        lambda: seconds(outer, few, 9), lambda: seconds(profiled, few, 9), rounds
    )
    demand_figures(profiler)
    return {"callee_raise": watched / bare, "callee_raise_deep": watched_deep / bare_deep}
