# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Profiled lines with the backend heap: the cheapest ones, and ordinary ones that allocate."""

from __future__ import annotations

from timing import best_pair, demand_figures, seconds, twin

from cases import tight_loop, topics
from memory_profiler import LineProfiler


def run(rounds: int) -> dict[str, float]:
    """Nanoseconds that a line takes more than a bare one; the ratio of a program of lines.

    The resident set comes first: once it has begun, counting goes on.
    """
    found = {}
    documents, times = topics.corpus(100), 20_000
    for backend, name in (("psutil", "rss"), ("heap", "heap")):
        profiler = LineProfiler(backend=backend)
        loop, sample = profiler(twin(tight_loop.loop)), profiler(twin(topics.sample))
        bare, watched = best_pair(
            lambda: seconds(tight_loop.loop, times),
            lambda loop=loop: seconds(loop, times),
            rounds,
        )
        found[f"{name}_line_ns"] = (watched - bare) / (11 * times) * 1e9
        plain, measured = best_pair(
            lambda: seconds(topics.sample, documents),
            lambda sample=sample: seconds(sample, documents),
            rounds,
        )
        found[f"{name}_topics"] = measured / plain
        demand_figures(profiler)
    return found
