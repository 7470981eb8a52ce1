# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Every way the C library gives memory, called from Python.

Functions that ctypes looks up by name are called through no table that could be patched: the
agent has to be preloaded to see them.
"""

from __future__ import annotations

import ctypes

LIBC = ctypes.CDLL(None)
SIZE = 300_000
POINTER, LENGTH = ctypes.c_void_p, ctypes.c_size_t
for _name, _types in {
    "malloc": [LENGTH],
    "calloc": [LENGTH, LENGTH],
    "realloc": [POINTER, LENGTH],
    "reallocarray": [POINTER, LENGTH, LENGTH],
    "aligned_alloc": [LENGTH, LENGTH],
    "memalign": [LENGTH, LENGTH],
    "valloc": [LENGTH],
    "free": [POINTER],
    "posix_memalign": [POINTER, LENGTH, LENGTH],
}.items():
    getattr(LIBC, _name).argtypes = _types
    getattr(LIBC, _name).restype = POINTER
PLACE = ctypes.c_void_p()


def work() -> None:
    one = LIBC.malloc(SIZE)  #: keeps ~ SIZE
    two = LIBC.calloc(10, SIZE)  #: keeps ~ 10 * SIZE
    one = LIBC.realloc(one, 2 * SIZE)  #: keeps ~ SIZE
    three = LIBC.reallocarray(None, 3, SIZE)  #: keeps ~ 3 * SIZE
    four = LIBC.aligned_alloc(4096, SIZE)  #: keeps ~ SIZE
    five = LIBC.memalign(64, SIZE)  #: keeps ~ SIZE
    six = LIBC.valloc(SIZE)  #: keeps ~ SIZE
    LIBC.posix_memalign(ctypes.byref(PLACE), 256, SIZE)  #: keeps ~ SIZE
    LIBC.free(one)  #: keeps ~ -2 * SIZE
    for block in (two, three, four, five, six, PLACE.value):  #: keeps ~ 0
        LIBC.free(block)  #: keeps ~ -17 * SIZE
    LIBC.free(LIBC.malloc(0))
    del one, two, three, four, five, six, block
