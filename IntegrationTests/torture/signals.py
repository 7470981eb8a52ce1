# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Signals whose handlers allocate: in C in the middle of malloc, in Python at any byte code."""

import ctypes
import signal
import threading

from native import load

native = load("signals")
print("in C:", native.interrupted(3000, 150))
print("raised:", native.raised(3000))

count = 0
kept: list[list[str]] = []


def handler(number: int, frame: object) -> None:
    global count
    count += 1
    kept.append([str(i) for i in range(100)])
    del kept[:-10]
    bytearray(100_000)


signal.signal(signal.SIGALRM, handler)
signal.setitimer(signal.ITIMER_REAL, 0.0005, 0.0005)
while count < 500:
    {i: [i] * 10 for i in range(500)}
signal.setitimer(signal.ITIMER_REAL, 0)
print("in Python: enough")

main = threading.main_thread().ident
for _ in range(2000):
    signal.pthread_kill(main, signal.SIGALRM)
print("by pthread_kill: enough", ctypes.c_int(0).value)
