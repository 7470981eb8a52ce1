# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""A set's table grows fourfold while it is small."""

from __future__ import annotations

NUMBERS = list(range(3000))


def work() -> None:
    grown: set[int] = set()
    for number in NUMBERS:
        grown.add(number)
    made = set(NUMBERS)
    both = grown & made
    either = grown | made
    frozen = frozenset(NUMBERS)
    grown.clear()
    del both, either, made
    del grown, frozen
