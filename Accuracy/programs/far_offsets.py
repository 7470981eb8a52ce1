# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""A generator whose code is so long that its offsets are no longer small integers to Python."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SIZE = 10_000


def work() -> Iterator[bytes]:
    a = b = c = d = e = f = 1
    a = a + b + c + d + e + f - a - b - c - d - e - f + 0  #: takes == 0
    b = a + b + c + d + e + f - a - b - c - d - e - f + 1  #: takes == 0
    c = a + b + c + d + e + f - a - b - c - d - e - f + 2  #: takes == 0
    d = a + b + c + d + e + f - a - b - c - d - e - f + 3  #: takes == 0
    e = a + b + c + d + e + f - a - b - c - d - e - f + 4  #: takes == 0
    f = a + b + c + d + e + f - a - b - c - d - e - f + 5  #: takes == 0
    a = a + b + c + d + e + f - a - b - c - d - e - f + 6  #: takes == 0
    b = a + b + c + d + e + f - a - b - c - d - e - f + 7  #: takes == 0
    c = a + b + c + d + e + f - a - b - c - d - e - f + 8  #: takes == 0
    d = a + b + c + d + e + f - a - b - c - d - e - f + 9  #: takes == 0
    e = a + b + c + d + e + f - a - b - c - d - e - f + 10  #: takes == 0
    f = a + b + c + d + e + f - a - b - c - d - e - f + 11  #: takes == 0
    yield bytes(SIZE)  #: takes ~ SIZE
    block = bytes(SIZE)  #: keeps ~ SIZE
    for number in (1, 2, 3):
        yield block  #: takes == 0
        try:
            int("no number")
        except ValueError:
            a += number
    yield bytes(SIZE)  #: takes ~ SIZE
    del block  #: keeps ~ -SIZE


def drive(work: Callable[[], Iterator[bytes]]) -> None:
    for block in work():
        len(block)
