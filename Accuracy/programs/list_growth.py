# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""A list grows by an eighth at a time; each growth is a realloc."""

from __future__ import annotations

N = 20_000


def work() -> None:
    grown = []  #: blocks == 0 or blocks == 1
    for _ in range(N):
        grown.append(None)
    made = [None] * N  #: keeps ~ 8 * N
    made.extend(grown)  #: blocks == 1
    made.insert(0, None)
    copied = made[:]  #: keeps ~ 16 * N
    copied.clear()  #: keeps ~ -16 * N
    made = made + grown  #: keeps ~ 6 * N
    made.pop()
    del made[10:]  #: keeps ~ -24 * N
    del grown, copied
