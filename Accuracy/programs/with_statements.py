# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""A with statement pays twice on its line: when it is entered and when it is left."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

SIZE = 200_000


class Held:
    def __enter__(self) -> Held:
        self.block = bytearray(SIZE)
        return self

    def __exit__(self, *exception: object) -> None:
        del self.block


@contextlib.contextmanager
def holding() -> Iterator[bytearray]:
    yield bytearray(SIZE)


def work() -> None:
    with Held() as held:  #: keeps ~ -SIZE; takes ~ SIZE; drops ~ 2 * SIZE
        held.block += bytes(SIZE)  #: keeps ~ SIZE or keeps ~ 1.125 * SIZE
    with holding() as block, Held():  #: takes ~ 2 * SIZE
        block.clear()  #: keeps ~ -SIZE
    with contextlib.suppress(ValueError):
        held.block = bytearray(SIZE)  #: keeps ~ SIZE
    del held  #: keeps ~ -SIZE
    del block
