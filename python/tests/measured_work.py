# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""A function to be measured, and what a LineProfiler says of it."""

from __future__ import annotations

import io

from known_memory import PAGES_PER_MIB, Pages
from programs import Table, tables

from memory_profiler import LineProfiler, show_results


def work(size: int = 0) -> int:
    kept = Pages(size * PAGES_PER_MIB) if size else None
    if kept is not None:
        kept.close()
    return size


def table_of(profiler: LineProfiler) -> Table:
    stream = io.StringIO()
    show_results(profiler, stream)
    (table,) = tables(stream.getvalue())
    return table


def calls(profiler: LineProfiler) -> int:
    """How often `work` was measured."""
    lines = profiler.code_map[work.__code__]
    return int(lines[max(lines)][2]) if lines else 0
