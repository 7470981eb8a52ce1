# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""What only the collector can free goes where the collector is called."""

from __future__ import annotations

import gc
import weakref

SIZE = 100_000


class Node:
    def __init__(self) -> None:
        self.itself = self
        self.block = bytearray(SIZE)


class Ending:
    def __del__(self) -> None:
        global last
        last = bytearray(SIZE)


last: bytearray | None = None


def work() -> None:
    nodes = [Node() for _ in range(5)]  #: keeps ~ 5 * SIZE
    weak = weakref.ref(nodes[0])
    del nodes  #: keeps ~ 0
    gc.collect()  #: keeps ~ -5 * SIZE
    ending = Ending()
    globals()["last"] = None
    del ending  #: keeps ~ SIZE
    globals()["last"] = None  #: keeps ~ -SIZE
    del weak
