# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Lines that allocate nothing but a loop's iterator: what more a recorder shows is its own."""

from __future__ import annotations

NUMBERS = (1, 2, 3, 4)


def work() -> int:
    total = 0  #: takes == 0; drops == 0
    for number in NUMBERS:
        total += number
        if total > 5:
            total -= 5
    while total:
        total -= 1
    flag = total == 0 and NUMBERS is not None
    return total if flag else -1  #: takes == 0; drops == 0
