# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""An exception ends the line that raised it, with what its traceback holds on to."""

from __future__ import annotations

SIZE = 100_000


def fails(depth: int) -> None:
    block = bytearray(SIZE)
    if depth:
        fails(depth - 1)
    raise ValueError(len(block))


def work() -> None:
    kept = None
    try:
        fails(3)  #: keeps ~ 4 * SIZE
    except ValueError as error:
        kept = error
    kept = None  #: keeps ~ -4 * SIZE
    for number in range(3):
        try:
            block = bytearray(SIZE)
            int("no number")
        except ValueError:
            number += 1
        finally:
            block = bytearray(2 * SIZE)  #: takes ~ 6 * SIZE
    try:
        fails(1)  #: keeps ~ 2 * SIZE
    except (KeyError, ValueError):
        number = 1  #: keeps ~ -2 * SIZE
    del block, kept, number
