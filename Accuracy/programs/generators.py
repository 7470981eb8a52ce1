# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""A generator costs its frame; what it yields is charged to the line that asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

SIZE = 200_000


def blocks(count: int) -> Iterator[bytearray]:
    for _ in range(count):
        yield bytearray(SIZE)


def work() -> None:
    total = sum(len(block) for block in blocks(10))  #: keeps ~ 0; peak ~ 2 * SIZE or peak ~ SIZE
    for block in blocks(5):  #: takes ~ 5 * SIZE
        total += block[0]
    kept = list(blocks(4))  #: keeps ~ 4 * SIZE
    source = blocks(3)
    first = next(source)  #: keeps ~ SIZE
    rest = [*source]  #: keeps ~ 2 * SIZE
    del kept, first  #: keeps ~ -5 * SIZE
    source.close()
    del rest, block, source, total  #: keeps ~ -3 * SIZE
