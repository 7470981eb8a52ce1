# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""A line that calls something recursive pays for all of it, once."""

from __future__ import annotations

SIZE = 10_000


def nest(depth: int) -> list[object]:
    block = bytearray(SIZE)
    if depth == 0:
        return [block]
    return [nest(depth - 1)]


def tree(depth: int) -> tuple[object, ...]:
    return (tree(depth - 1), tree(depth - 1)) if depth else ()


def work() -> None:
    deep = nest(20)  #: keeps ~ SIZE; peak ~ 21 * SIZE; takes ~ 21 * SIZE
    wide = tree(10)
    deep = nest(40)  #: peak ~ 41 * SIZE
    deeper = nest(400)  #: peak ~ 4.1 * 1e6
    del deep, deeper
    del wide
