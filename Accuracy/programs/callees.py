# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""A line pays for all that it calls: Python, C, methods, operators, properties, sorting keys."""

from __future__ import annotations

import functools

SIZE = 50_000


class Made:
    def __init__(self, size: int) -> None:
        self.block = bytearray(size)

    def __add__(self, other: Made) -> Made:
        return Made(len(self.block) + len(other.block))

    @property
    def doubled(self) -> bytearray:
        return self.block * 2

    def __len__(self) -> int:
        return len(bytes(self.block))


@functools.lru_cache(maxsize=2)
def cached(size: int) -> bytearray:
    return bytearray(size)


def work() -> None:
    one = Made(SIZE)  #: keeps ~ SIZE
    two = one + one  #: keeps ~ 2 * SIZE
    copied = two.doubled  #: keeps ~ 4 * SIZE
    size = len(copied) + len(two)  #: keeps ~ 0; peak ~ 2 * SIZE
    rows = sorted(range(1000), key=lambda number: -number)
    found = max(rows, key=lambda number: len(bytes(number)))
    mapped = list(map(bytes, [SIZE, SIZE]))  #: keeps ~ 2 * SIZE
    cached(SIZE)
    cached.cache_clear()  #: keeps ~ -SIZE
    del one, two, copied, mapped  #: keeps ~ -9 * SIZE
    del rows, found, size
