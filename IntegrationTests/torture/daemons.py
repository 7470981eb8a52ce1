# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""The interpreter shuts down while daemon threads allocate, with the GIL and without; at exit,
callbacks and finalizers allocate once more."""

import atexit
import ctypes
import threading
import time

from native import load


def python() -> None:
    while True:
        [bytes(i) for i in range(200)]
        {i: [i] for i in range(200)}


def c_code() -> None:
    native = load("threads")
    while True:
        native.cross(2)


def waiting() -> None:
    libc = ctypes.CDLL(None)
    while True:
        libc.usleep(100)
        bytearray(100_000)


class Last:
    def __del__(self) -> None:
        self.words = [str(i) for i in range(1000)]


last = Last()
last.me = last  # type: ignore[attr-defined]
atexit.register(lambda: print("at exit", len([bytes(100) for _ in range(1000)])))
for target in (python, python, c_code, waiting):
    threading.Thread(target=target, daemon=True).start()
time.sleep(0.2)
print("leaving")
