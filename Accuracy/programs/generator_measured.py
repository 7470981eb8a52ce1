# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""The measured function is a generator: its consumer's memory is none of its lines'."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SIZE = 150_000


def work() -> Iterator[bytearray]:
    kept = bytearray(SIZE)  #: keeps ~ SIZE
    for number in range(4):
        yield bytearray(SIZE)  #: takes ~ 4 * SIZE
        if number == 2:
            kept += b"x" * SIZE  #: keeps ~ SIZE
    got = yield kept
    del kept
    yield bytearray(10) if got is None else got


def drive(work: Callable[[], Iterator[bytearray]]) -> None:
    between = []
    for block in work():
        between.append(bytearray(len(block)))
