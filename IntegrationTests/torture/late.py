# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""The agent is started while threads of Python and of C allocate, free each other's blocks, load
libraries, and end; what it counts afterwards must be true."""

import ctypes
import os
import threading

import ledger
from native import load, path

stop = False
work: list[threading.Thread] = []


def python() -> None:
    while not stop:
        [{i: str(i)} for i in range(300)]
        bytearray(300_000)


def c_code() -> None:
    native = load("threads")
    native.churn.argtypes = [ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_size_t]
    while not stop:
        native.cross(2)
        native.churn(20, 5, 20, 0)


def libraries() -> None:
    import _ctypes

    while not stop:
        _ctypes.dlclose(_ctypes.dlopen(path("plugs/libplug.so"), 2))


for target in (python, python, c_code, c_code, libraries):
    work.append(threading.Thread(target=target))
    work[-1].start()
while not load("threads").smallest_stack():
    pass
if os.environ["SUITES_START"] == "late":
    ledger.start()
for _ in range(50):
    [bytes(i) for i in range(3000)]
stop = True
for thread in work:
    thread.join()
del work[:], thread
for _ in range(3):
    ledger.checkpoint("begin")
kept = [{i: str(i)} for i in range(20_000)]
ledger.checkpoint("kept")
del kept
load("threads").cross(4)
print("done")
