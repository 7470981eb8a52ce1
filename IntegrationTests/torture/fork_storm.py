# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Forks in numbers, from Python and from C, while threads allocate; children fork again."""

import mmap
import multiprocessing
import os
import threading

import ledger
from native import load

stop = False


def churn() -> None:
    while not stop:
        [str(i) * 10 for i in range(300)]
        bytearray(200_000)


def child(depth: int) -> None:
    kept = [list(range(50)) for _ in range(200)]
    blobs = [bytes(5_000) for _ in range(20)]
    if depth:
        inner = os.fork()
        if inner == 0:
            child(depth - 1)
        os._exit(os.waitpid(inner, 0)[1] != 0)
    del kept, blobs
    os._exit(0)


def square(number: int) -> int:
    return len(bytearray(number * 1000)) + number * number


if __name__ == "__main__":
    print("C:", load("spawn").fork_storm(60))
    print("race:", load("spawn").fork_race(4, 500))
    before = ledger.mapped()
    region = mmap.mmap(-1, 1 << 20, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    print("mappings are counted still:", ledger.mapped() in (None, (before or 0) + (1 << 20)))
    region.close()
    threads = [threading.Thread(target=churn) for _ in range(3)]
    for thread in threads:
        thread.start()
    bad = 0
    for _ in range(60):
        pid = os.fork()
        if pid == 0:
            child(2)
        bad += os.waitpid(pid, 0)[1] != 0
    stop = True
    for thread in threads:
        thread.join()
    print("Python: children that failed:", bad)
    with multiprocessing.get_context("fork").Pool(3) as pool:
        print("pool:", sum(pool.map(square, range(200))))
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        print("spawned pool:", sum(pool.map(square, range(50))))
