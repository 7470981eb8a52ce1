# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""`memory_usage` of a function call: how long it takes beyond the call itself."""

from __future__ import annotations

from timing import best_pair, scale, seconds

from memory_profiler import memory_usage


def work() -> int:
    """A call of some milliseconds that leaves the memory alone."""
    total = 0
    for number in range(100_000):
        total += number
    return total


def peak() -> None:
    """Asks for the greatest value only."""
    memory_usage((work,), max_usage=True)


def run(rounds: int) -> dict[str, float]:
    """Milliseconds beyond the call, for a series and for the peak alone."""
    times = scale(rounds, 3)
    bare, series = best_pair(lambda: seconds(work), lambda: seconds(memory_usage, (work,)), times)
    plain, highest = best_pair(lambda: seconds(work), lambda: seconds(peak), times)
    return {"usage_ms": (series - bare) * 1e3, "usage_peak_ms": (highest - plain) * 1e3}
