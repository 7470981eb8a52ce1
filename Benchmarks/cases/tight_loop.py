# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""A loop of the cheapest lines there are, every one of them profiled."""

from __future__ import annotations

from timing import best_pair, demand_figures, scale, seconds, twin

from memory_profiler import LineProfiler


def loop(times: int) -> None:
    """Eleven lines a round."""
    for _ in range(times):
        a = 1
        b = 2
        c = 3
        d = 4
        e = 5
        a = 6
        b = 7
        c = 8
        d = 9
        e = 0
    del a, b, c, d, e


def run(rounds: int) -> dict[str, float]:
    """Nanoseconds that a profiled line takes more than a bare one, and the ratio of both."""
    times = scale(20_000, 100)
    profiler = LineProfiler(backend="psutil")
    profiled = profiler(twin(loop))
    bare, watched = best_pair(
        lambda: seconds(loop, times), lambda: seconds(profiled, times), rounds
    )
    demand_figures(profiler)
    return {"line_ns": (watched - bare) / (11 * times) * 1e9, "line_ratio": watched / bare}
