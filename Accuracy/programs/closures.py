# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Functions made while running: the function, its cells, its defaults."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

SIZE = 120_000


def holder() -> Callable[[], int]:
    block = bytearray(SIZE)

    def inner() -> int:
        return len(block)

    return inner


def work() -> None:
    one = holder()  #: keeps ~ SIZE
    many = [holder() for _ in range(5)]  #: keeps ~ 5 * SIZE
    total = one() + many[0]()
    added = [lambda x, n=n: x + n for n in range(50)]
    count = 0

    def local(step: int = total) -> int:
        nonlocal count
        count += step
        return count

    local()
    del one, many  #: keeps ~ -6 * SIZE
    del added, local, total
