# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Mappings cut in the middle, reserved, given access, and advised away.

Functions that ctypes looks up by name are called through no table that could be patched: the
agent has to be preloaded to see them.
"""

from __future__ import annotations

import ctypes
import mmap

LIBC = ctypes.CDLL(None)
PAGE = mmap.PAGESIZE
READ_WRITE, NONE = 3, 0
PRIVATE = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS
NORESERVE = 0x4000

new = LIBC.mmap
new.restype = ctypes.c_void_p
new.argtypes = [ctypes.c_void_p, ctypes.c_size_t] + [ctypes.c_int] * 3 + [ctypes.c_long]
drop = LIBC.munmap
protect = LIBC.mprotect
advise = LIBC.madvise
drop.argtypes = [ctypes.c_void_p, ctypes.c_size_t]
protect.argtypes = advise.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]


def work() -> None:
    block = new(None, 100 * PAGE, READ_WRITE, PRIVATE, -1, 0)  #: keeps ~ 100 * PAGE
    drop(block + 10 * PAGE, 20 * PAGE)  #: keeps ~ -20 * PAGE
    ctypes.memset(block, 1, 5 * PAGE)
    advise(block, 10 * PAGE, 4)  #: keeps ~ 0
    drop(block, 100 * PAGE)  #: keeps ~ -80 * PAGE
    space = new(None, 10_000 * PAGE, NONE, PRIVATE | NORESERVE, -1, 0)  #: keeps ~ 0
    protect(space, 50 * PAGE, READ_WRITE)  #: keeps ~ 50 * PAGE
    drop(space, 10_000 * PAGE)  #: keeps ~ -50 * PAGE
    del block, space
