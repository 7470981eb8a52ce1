# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""The ledger beside what the allocators say themselves: glibc's mallinfo2 and the interpreter's own
count of its small objects. Run in a process that has GLIBC_TUNABLES as below; then both are exact.

    heap_truth.py PROGRAM      runs it with `check(name)` in its globals; prints the drifts as JSON
"""

from __future__ import annotations

import ctypes
import gc
import json
import os
import re
import sys
import threading
import time
from typing import NamedTuple

TUNABLES = "glibc.malloc.tcache_count=0:glibc.malloc.arena_max=1"
"""glibc keeps no free blocks for each thread, and one arena: chunks in use are the program's."""


class Drift(NamedTuple):
    """Bytes by which the ledger says more than the truth."""

    malloc: int
    pools: int


_info = (ctypes.c_size_t * 10)()
_libc = ctypes.PyDLL(None)
# It returns a structure, which is to say that it fills one whose address is its first argument.
_libc.mallinfo2.argtypes = [ctypes.c_void_p]
_libc.mallinfo2.restype = None
_report = os.memfd_create("pools")
_text = bytearray(20_000)
_place = ctypes.addressof(_info)


_get_allocator = ctypes.pythonapi.PyMem_GetAllocator
_set_allocator = ctypes.pythonapi.PyMem_SetAllocator
_get_allocator.argtypes = _set_allocator.argtypes = [ctypes.c_int, ctypes.c_void_p]
_first, _present = (ctypes.c_void_p * 5)(), (ctypes.c_void_p * 5)()
_first_place, _present_place = ctypes.addressof(_first), ctypes.addressof(_present)
OBJECTS = 2
_get_allocator(OBJECTS, _first_place)


def _pool_bytes() -> int:
    """What the interpreter says of its small objects; it writes that to standard error only.

    And only while its allocator is its own, so that is put back for as long. The two calls make and
    drop the same objects, so that what the one hides from the ledger, the other gives back.
    """
    kept = os.dup(2)
    os.ftruncate(_report, 0)
    os.lseek(_report, 0, os.SEEK_SET)
    os.dup2(_report, 2)
    _get_allocator(OBJECTS, _present_place)
    try:
        _set_allocator(OBJECTS, _first_place)
        sys._debugmallocstats()
        _set_allocator(OBJECTS, _present_place)
    finally:
        os.dup2(kept, 2)
        os.close(kept)
    length = os.preadv(_report, [_text], 0)
    found = re.search(rb"# bytes in allocated blocks\s+=\s+([\d,]+)", _text[:length])
    return int(found[1].replace(b",", b"")) if found else 0


def reading() -> Drift:
    """The ledger less the truth, as a number that means something as a difference only."""
    from peakline import _heap

    gc.collect()
    # Python calls a thread joined a moment before the system does, which then frees some more.
    while len(os.listdir("/proc/self/task")) > threading.active_count():
        time.sleep(0.001)
    before = _heap.totals()
    _libc.mallinfo2(_place)
    pools = _pool_bytes()
    # mapped chunks: number 3; bytes in them: 4; bytes in chunks of the arena: 7.
    chunks = _info[7] + _info[4]
    overhead = 8 * before.malloc_blocks + 8 * _info[3]
    return Drift(before.malloc_live + overhead - chunks, before.python_live - pools)


def main(program: str) -> None:
    """Runs the program and prints where the ledger stood at its checks."""
    from peakline import _heap

    assert _heap.available() is None, _heap.available()
    _heap.start()
    for _ in range(3):  # the first readings fill caches
        zero = reading()
    drifts: dict[str, tuple[int, int]] = {}

    def check(name: str) -> None:
        now = reading()
        drifts[name] = (now.malloc - zero.malloc, now.pools - zero.pools)

    exec(compile(program, "<program>", "exec"), {"check": check, "__name__": "__main__"})
    check("end")
    print(json.dumps(drifts))


if __name__ == "__main__":
    main(sys.argv[1])
