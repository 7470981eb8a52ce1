# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""What the tests of `peakline.watch()` share."""

from __future__ import annotations

import ctypes
import sys

import peakline

NAMES = (
    *("peak", "increment", "allocated", "freed"),
    *("allocations", "requested", "python_increment", "other_threads"),
)
MEGABYTE = 1_000_000

usable_size = ctypes.CDLL(None).malloc_usable_size
usable_size.restype = ctypes.c_size_t
usable_size.argtypes = [ctypes.c_void_p]


def figures(watch: peakline.Watch) -> tuple[int, ...]:
    return tuple(getattr(watch, name) for name in NAMES)


def size_of(data: bytearray) -> tuple[int, int]:
    """The bytes that a byte array takes: its small object's, and those of its content."""
    address = ctypes.addressof(ctypes.c_char.from_buffer(data))
    return -(-sys.getsizeof(bytearray()) // 16) * 16, usable_size(address)
