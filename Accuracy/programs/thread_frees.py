# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""A block that another thread frees is that thread's negative; here it only ever grows."""

from __future__ import annotations

import queue
import threading

SIZE = 1_000_000
GIVEN: queue.SimpleQueue[bytearray | None] = queue.SimpleQueue()
DONE = threading.Semaphore(0)


def consumer() -> None:
    while True:
        block = GIVEN.get()
        if block is None:
            return
        block = None
        DONE.release()


threading.Thread(target=consumer, daemon=True).start()


def work() -> None:
    for _ in range(3):
        GIVEN.put(bytearray(SIZE))  #: takes ~ 3 * SIZE
        DONE.acquire()
    kept = bytearray(SIZE)  #: keeps ~ SIZE
    del kept  #: keeps ~ -SIZE
