# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Each statement pays for itself, however control comes to it."""

from __future__ import annotations

SIZE = 10_000


def work() -> None:
    kept = []
    for number in range(6):
        if number == 1:
            continue
        if number == 5:
            break
        if number % 2:
            kept.append(bytearray(SIZE))  #: takes ~ SIZE
        else:
            kept.append(bytearray(2 * SIZE))  #: takes ~ 6 * SIZE
    else:
        kept = None
    while len(kept) > 1:
        kept.pop()  #: keeps ~ -5 * SIZE
    for row in range(3):
        for column in range(3):
            if row == column:
                block = bytearray(SIZE)  #: takes ~ 3 * SIZE
    count = 0
    while True:
        count += 1
        if count > 3:
            break
    del kept, block  #: keeps ~ -3 * SIZE
