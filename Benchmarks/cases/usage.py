# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""`memory_usage` of a function call: how long it takes beyond the call itself."""

from __future__ import annotations

import time

from memory_profiler import memory_usage

from timing import scale, seconds


def work() -> list[int]:
    """A call of some milliseconds."""
    return list(range(300_000))


def run(rounds: int) -> dict[str, float]:
    """Milliseconds beyond the call, for a series and for the peak alone."""
    times = scale(max(9, rounds), 3)
    bare = min(seconds(work) for _ in range(times))
    time.sleep(0.01)
    series = min(seconds(memory_usage, (work,)) for _ in range(times))
    peak = min(seconds(_peak) for _ in range(times))
    return {"usage_ms": (series - bare) * 1e3, "usage_peak_ms": (peak - bare) * 1e3}


def _peak() -> None:
    memory_usage((work,), max_usage=True)
