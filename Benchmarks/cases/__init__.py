# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""The cases: each module's `run(rounds)` measures in its own process and gives figures by name."""

BOTH = (
    "tight_loop",
    "callee",
    "exceptions",
    "idle",
    "importing",
    "calls",
    "topics",
    "table_memory",
    "usage",
    "mprof",
)
"""For both profilers."""

OURS = ("pairs", "heap_start", "heap_lines", "watch", "programs")
"""For Peakline alone, because the other does not count the heap: a ratio is to a bare run."""

ALL = BOTH + OURS
