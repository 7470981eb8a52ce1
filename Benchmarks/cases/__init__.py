# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""The cases: each module's `run(rounds)` measures in its own process and gives figures by name."""

ALL = (
    "tight_loop",
    "callee",
    "exceptions",
    "idle",
    "importing",
    "calls",
    "topics",
    "table_memory",
    "usage",
)
