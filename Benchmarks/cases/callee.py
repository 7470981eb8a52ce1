# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Code that a profiled function calls, but which is not profiled itself: a loop, and Python calls."""

from __future__ import annotations

from memory_profiler import LineProfiler

from timing import best_pair, scale, seconds, twin


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
    result = work(times)
    return result


def run(rounds: int) -> dict[str, float]:
    """The loop's ratio, and the nanoseconds that a call takes more."""
    times = scale(100_000, 10_000)
    profiled = LineProfiler(backend="psutil")(twin(outer))
    bare, watched = best_pair(
        lambda: seconds(outer, loop, times), lambda: seconds(profiled, loop, times), rounds
    )
    bare_calls, watched_calls = best_pair(
        lambda: seconds(outer, calls, times), lambda: seconds(profiled, calls, times), rounds
    )
    return {
        "callee_loop": watched / bare,
        "callee_call_ns": (watched_calls - bare_calls) / times * 1e9,
        "callee_call_ratio": watched_calls / bare_calls,
    }
