# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""A small RLIMIT_AS: allocations fail, and the program deals with it as it would have."""

import os
import resource
import sys
import threading

# Above what is mapped by now: libraries differ between the runs, the room that is left does not.
with open("/proc/self/statm") as file:
    mapped = int(file.read().split()[0]) * 4096
threading.stack_size(256 << 10)
resource.setrlimit(resource.RLIMIT_AS, (mapped + (200 << 20), resource.RLIM_INFINITY))
# Without a byte left, even complaints of finalizers fail, and at which place is luck.
os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
failures = 0
for size in (1 << 40, 300 << 20, 1 << 60):
    try:
        bytearray(size)
    except MemoryError:
        failures += 1
print("large:", failures)
kept = []
try:
    while True:
        kept.append(bytes(1 << 20))
except MemoryError:
    print("medium:", 100 < len(kept) < 220)
kept.clear()
small = []
try:
    while True:
        small.append([0.5] * 3)
except MemoryError:
    del small[:]
    print("small: failed, went on")


def work(out: list) -> None:
    out.append(sum(len(bytes(i)) for i in range(2000)))


results: list = []
for _ in range(50):
    thread = threading.Thread(target=work, args=(results,))
    thread.start()
    thread.join()
print("threads:", set(results), len(results))
sys.exit(3)
