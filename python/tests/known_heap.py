# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""What blocks take in the heap, and the tables of functions by the ledger."""

from __future__ import annotations

import ctypes
import mmap
import sys
from typing import Any

import pytest
from known_lines import Table, tables

from peakline import _heap
from peakline._backends import HEAP

if _heap.available() is not None:
    pytest.skip(str(_heap.available()), allow_module_level=True)

MIB = 1 << 20
PAGE = mmap.PAGESIZE
LARGE = 33 * MIB
"""Larger than any block that glibc keeps in its heap: a mapping of its own."""

BYTEARRAY = 64
"""Bytes of the object beside its block: 56, in steps of 16."""

METHOD_CALL = 80 if sys.version_info < (3, 12) else 0
"""What CPython 3.10 and 3.11 allocate, for as long, to call a method written in C from a frame that
is traced: the method as an object."""


def mapped(size: int) -> int:
    """The usable bytes of a large block of malloc: whole pages, less a header of 16 bytes."""
    return -(-(size + 16) // PAGE) * PAGE - 16


LARGE_ARRAY = mapped(LARGE + 1) + BYTEARRAY
"""What `bytearray(LARGE)` costs: its block has a byte more, for the end of the text."""


class Libc:
    """Looked up once counting has begun: what was looked up before passes the ledger by."""

    def __init__(self) -> None:
        _heap.start()
        libc = ctypes.CDLL(None)
        word, number = ctypes.c_size_t, ctypes.c_int
        self.mmap: Any = libc.mmap
        self.mmap.argtypes = [word, word, number, number, number, ctypes.c_long]
        self.munmap: Any = libc.munmap
        self.munmap.argtypes = [word, word]
        self.mprotect: Any = libc.mprotect
        self.mprotect.argtypes = [word, word, number]
        self.malloc: Any = libc.malloc
        self.malloc.argtypes = [word]
        self.realloc: Any = libc.realloc
        self.realloc.argtypes = [word, word]
        self.free: Any = libc.free
        self.free.argtypes, self.free.restype = [word], None
        self.usable: Any = libc.malloc_usable_size
        self.usable.argtypes, self.usable.restype = [word], word
        self.mmap.restype = self.malloc.restype = self.realloc.restype = word


def block_of(array: bytearray) -> int:
    """Where the bytes of a bytearray stand, from whose start none was ever deleted."""
    return ctypes.addressof(ctypes.c_char.from_buffer(array))


def heap(run: Any, *functions: Any, all_threads: bool = False) -> Any:
    """The tables of the functions while `run()` ran, by the ledger."""
    return tables(run, *functions, backend=HEAP, all_threads=all_threads)


def changes(table: Table) -> dict[str, int]:
    """The lines that changed the heap, and by how many bytes."""
    return {tag: row.increment for tag, row in table.rows.items() if row.increment}
