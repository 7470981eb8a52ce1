# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""A callee, not profiled, in which 100,000 exceptions are raised in a function and caught by its caller."""

from __future__ import annotations

from memory_profiler import LineProfiler

from timing import best_pair, scale, seconds, twin


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
            pass


def outer(times: int, depth: int) -> None:
    """The profiled function."""
    catch(times, depth)


def run(rounds: int) -> dict[str, float]:
    """Ratios, for an exception that leaves one frame, and for one that leaves ten."""
    times = scale(100_000, 10_000)
    few = times // 10
    profiled = LineProfiler(backend="psutil")(twin(outer))
    bare, watched = best_pair(
        lambda: seconds(outer, times, 0), lambda: seconds(profiled, times, 0), rounds
    )
    bare_deep, watched_deep = best_pair(
        lambda: seconds(outer, few, 9), lambda: seconds(profiled, few, 9), rounds
    )
    return {"callee_raise": watched / bare, "callee_raise_deep": watched_deep / bare_deep}
