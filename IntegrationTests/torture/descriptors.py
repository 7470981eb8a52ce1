# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""A program that closes every descriptor, as daemons do, and goes on; files get the numbers."""

import os
import threading

import ledger

ledger.checkpoint("before")
os.closerange(3, 65536)
first = os.open("/dev/null", os.O_RDONLY)
print("first free number:", first)
descriptors = [os.open("/dev/null", os.O_RDONLY) for _ in range(200)]
print("then:", descriptors == list(range(first + 1, first + 201)))


def work(_: int = 0) -> None:
    [bytes(i) for i in range(3000)]
    bytearray(5_000_000)


threads = [threading.Thread(target=work) for _ in range(5)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
if os.fork() == 0:
    work()
    os._exit(0)
print("child:", os.wait()[1])
for descriptor in descriptors:
    os.fstat(descriptor)
    os.close(descriptor)
print("done")
