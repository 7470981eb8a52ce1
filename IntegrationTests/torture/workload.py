# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Ordinary work of every kind, for runs with other allocators, debug hooks and settings."""

import gc
import json
import pickle
import re
import threading
import zlib


def work(seed: int) -> int:
    total = 0
    for turn in range(20):
        words = [str(i * seed) for i in range(3000)]
        table = {word: [word] * 3 for word in words}
        text = json.dumps(table)
        total += len(json.loads(text)) + len(pickle.loads(pickle.dumps(table)))
        total += len(zlib.decompress(zlib.compress(text.encode())))
        total += len(re.findall(r"\d7", text))
        blob = bytearray()
        for size in (10, 500, 512, 513, 600, 5_000, 100_000, 3_000_000, 100, 0):
            blob = bytearray(blob[:size]) + bytes(size)
            total += len(blob)
        grown = bytearray()
        for _ in range(300):
            grown += bytes(turn * 20 + 100)
        total += len(grown)
    return total


class Ring:
    def __init__(self) -> None:
        self.me = self


print(work(3))
totals: list[int] = []
threads = [threading.Thread(target=lambda n=n: totals.append(work(n))) for n in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(sorted(totals))
for _ in range(100_000):
    Ring()
gc.collect()
try:
    bytearray(1 << 60)
except MemoryError:
    print("too large")
