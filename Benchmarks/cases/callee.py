# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Code that a profiled function calls, not profiled itself: a loop, and Python calls."""

from __future__ import annotations

from timing import best_pair, demand_figures, scale, seconds, twin

from memory_profiler import LineProfiler


def loop(times: int) -> int:
    """Five lines a round, nothing called."""
    total = 0
    for number in range(times):
        total += number
        if total > 1_000_000:
            total -= 999_999
        odd = number & 1
        total ^= odd
    return total


def add(one: int, other: int) -> int:
    """What `calls` calls."""
    return one + other


def calls(times: int) -> int:
    """One Python call a round."""
    total = 0
    for number in range(times):
        total = add(number, 1)
    return total


def outer(work, times: int) -> int:
    """The profiled function."""
    result = 0
    result += work(times)
    return result


def run(rounds: int) -> dict[str, float]:
    """The loop's ratio, and the nanoseconds that a call takes more."""
    times = scale(100_000, 10_000)
    profiler = LineProfiler(backend="psutil")
    profiled = profiler(twin(outer))
    bare, watched = best_pair(
        lambda: seconds(outer, loop, 3 * times), lambda: seconds(profiled, loop, 3 * times), rounds
    )
    bare_calls, watched_calls = best_pair(
        lambda: seconds(outer, calls, times), lambda: seconds(profiled, calls, times), rounds
    )
    demand_figures(profiler)
    return {
        "callee_loop": watched / bare,
        "callee_call_ns": (watched_calls - bare_calls) / times * 1e9,
        "callee_call_ratio": watched_calls / bare_calls,
    }
