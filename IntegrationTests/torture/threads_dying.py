# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Threads born and dying in numbers: of Python, of C without an interpreter, allocating to the
last, on the smallest stack, cancelled."""

import ctypes
import threading

from native import load

local = threading.local()


class Mourner:
    def __del__(self) -> None:
        self.words = [str(i) for i in range(100)]


def live() -> None:
    local.mourner = Mourner()
    local.data = [bytes(i * 10) for i in range(50)]


def batch(count: int) -> None:
    threads = [threading.Thread(target=live) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


for _ in range(100):
    batch(20)
print("Python's threads are gone:", threading.active_count())
native = load("threads")
native.churn.argtypes = [ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_size_t]
print("C:", native.churn(4000, 40, 50, 0))
print("smallest stack:", native.churn(500, 10, 50, native.smallest_stack()))
print("cancelled:", native.cancel(100))
native.cross(6)
held = load("threads", holding_the_gil=True)
held.churn.argtypes = native.churn.argtypes
print("with the GIL held:", held.churn(500, 10, 20, 0))
