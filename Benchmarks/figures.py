# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""The figures, in the order of the report, and what is promised of them."""

from __future__ import annotations

from typing import NamedTuple

from workloads import ALL


class Figure(NamedTuple):
    """One row of the report."""

    key: str
    """Its name in the cases' results."""
    title: str
    unit: str
    """ns, µs, ms, s, KiB, MiB, × or nothing."""
    promise: tuple[float | None, float | None] | None = None
    """The most it may be, before CPython 3.12 and from then on."""
    slack: float = 0.0
    """How far the noise of a quiet machine reaches: a promise of no cost is kept within it."""
    least: bool = False
    """Whether the least of the rounds is shown beside the median: noise only ever adds."""

    def limit(self, minor: int) -> float | None:
        """The promise for CPython 3.`minor`."""
        return None if self.promise is None else self.promise[minor >= 12]

    def is_kept(self, value: float, minor: int) -> bool:
        """Whether the promise, if there is one, is kept."""
        limit = self.limit(minor)
        return limit is None or value <= limit + self.slack

    def show(self, value: float) -> str:
        """The value with its unit, to three digits."""
        unit = self.unit
        if unit == "ns" and abs(value) >= 9_999:
            value, unit = value / 1e3, "µs"
        if unit == "×":
            return f"{value:.2f}×" if value < 99.5 else f"{value:,.0f}×"
        digits = 0 if not unit or abs(value) >= 99.5 else 1 if abs(value) >= 3 else 2
        return f"{value:,.{digits}f} {unit}".rstrip().replace("-", "−")


FIGURES = (
    Figure(
        "line_ns",
        "a profiled line more than a bare one, in a loop of the cheapest lines",
        "ns",
        (45, 30),
    ),
    Figure("line_ratio", "the same loop, profiled / bare", "×"),
    Figure("topics", "a program of ordinary lines, all profiled / bare", "×"),
    Figure("callee_loop", "a loop in a function that a profiled one calls", "×", (1.02, 1.02)),
    Figure("callee_call_ns", "a Python call there, more than bare", "ns", (20, 0), slack=1.0),
    Figure("callee_raise", "100,000 exceptions there, each leaving one frame", "×", (1.15, 1.15)),
    Figure("callee_raise_deep", "exceptions there, each leaving ten frames", "×"),
    Figure(
        "idle",
        "the rest of a program, while no profiled function runs",
        "×",
        (1.0, 1.0),
        slack=0.02,
    ),
    Figure("import_ms", "`import memory_profiler`: time", "ms", (15, 15)),
    Figure("import_mib", "`import memory_profiler`: memory", "MiB", (3, 3)),
    Figure("import_modules", "`import memory_profiler`: modules loaded", ""),
    Figure(
        "import_heavy", "`import memory_profiler`: IPython, asyncio, inspect among them", "", (0, 0)
    ),
    Figure("first_ms", "import and a first profiled call: time", "ms"),
    Figure("first_mib", "import and a first profiled call: memory", "MiB"),
    Figure("call_ns", "a call of a profiled function of one line, more than bare", "ns"),
    Figure("step_ns", "a step of a profiled generator, more than bare", "ns"),
    Figure("decorated_call_ns", "a call through the decorator, more than bare", "ns"),
    Figure("growth_few_kib", "memory of a function's table after 1,000 line events", "KiB"),
    Figure("growth_many_kib", "after ten million (memory_profiler: 100,000)", "KiB"),
    Figure("usage_ms", "`memory_usage` of a call: time beyond the call", "ms"),
    Figure("usage_peak_ms", "the same with `max_usage`", "ms"),
    Figure("mprof_true_ms", "`mprof run true`: time beyond that of `true`", "ms", (8, 8)),
    Figure(
        "mprof_cpu_ms", "processor time in a second of sampling, 100 times a second", "ms", (10, 10)
    ),
    Figure("mprof_plot_ms", "`mprof plot` of 100,000 samples", "ms"),
    Figure("mprof_plot_many_s", "the same, of 8.6 million", "s", (2, 2)),
    Figure("mprof_plot_many_mib", "the same: memory", "MiB", (200, 200)),
    Figure("mprof_page_kib", "the same: size of the page", "KiB", (976, 976)),
    Figure(
        "malloc_pair_ns", "a malloc and its free, counted, more than not", "ns", (6, 6), least=True
    ),
    Figure(
        "object_pair_ns",
        "a small object's birth and death, counted, more than not",
        "ns",
        (6, 6),
        least=True,
    ),
    Figure(
        "object_batch_ns", "the same, a thousand objects alive at a time", "ns", (6, 6), least=True
    ),
    Figure("heap_start_ms", "beginning to count: time", "ms"),
    Figure("heap_start_mib", "beginning to count: memory", "MiB"),
    Figure(
        "heap_line_ns",
        "a profiled line more than a bare one, backend heap, cheapest lines",
        "ns",
        (None, 40),
    ),
    Figure("rss_line_ns", "the same, backend rss", "ns"),
    Figure("heap_topics", "a program of ordinary lines, backend heap / bare", "×"),
    Figure("rss_topics", "the same, backend rss", "×"),
    Figure("watch_us", "an empty block in `peakline.watch()`", "µs", (1, 1)),
    *(
        Figure(
            f"program_{name}",
            f"a program that is counted, none of its lines profiled: {name}",
            "×",
            (1.10, 1.10),
            least=True,
        )
        for name in ALL
    ),
    Figure("program_mean", "the same: geometric mean", "×", (1.05, 1.05), least=True),
)
