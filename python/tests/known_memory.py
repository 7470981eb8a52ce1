# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Memory whose size is known to the page: mapped, touched and unmapped through libc."""

from __future__ import annotations

import contextlib
import ctypes
import mmap
import os
import time
from collections.abc import Iterator

PAGE = mmap.PAGESIZE
MIB = 2**20
PAGES_PER_MIB = MIB // PAGE

_NO_HUGE_PAGES = 15

_libc = ctypes.CDLL(None, use_errno=True)
_libc.mmap.restype = ctypes.c_void_p
_libc.mmap.argtypes = [
    ctypes.c_void_p,
    ctypes.c_size_t,
    ctypes.c_int,
    ctypes.c_int,
    ctypes.c_int,
    ctypes.c_long,
]
_libc.munmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t]
_libc.madvise.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
_libc.memset.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_size_t]


class Pages:
    """A private anonymous mapping of so many pages, of which some are touched."""

    def __init__(self, count: int, touched: int | None = None) -> None:
        self.count = count
        self._address: int | None = _libc.mmap(
            None,
            count * PAGE,
            mmap.PROT_READ | mmap.PROT_WRITE,
            mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS,
            -1,
            0,
        )
        assert self._address not in (None, ctypes.c_void_p(-1).value), "mmap failed"
        _libc.madvise(self._address, count * PAGE, _NO_HUGE_PAGES)
        self.touch(count if touched is None else touched)

    def touch(self, count: int) -> None:
        """Write to the first so many pages."""
        _libc.memset(self._address, 1, count * PAGE)

    def close(self) -> None:
        """Unmap all of it."""
        if self._address is not None:
            _libc.munmap(self._address, self.count * PAGE)
            self._address = None

    def __enter__(self) -> Pages:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def spike(mib: int, seconds: float = 0.0) -> str:
    """Have so many MiB resident for a moment, and nothing of it afterwards."""
    with Pages(mib * PAGES_PER_MIB):
        if seconds:
            time.sleep(seconds)
    return "done"


def rollup(pid: int | str = "self") -> dict[str, int]:
    """The kernel's own exact account of a process, in bytes by name: the judge of every test."""
    result: dict[str, int] = {}
    with open(f"/proc/{pid}/smaps_rollup") as lines:
        for line in lines:
            name, *values = line.split()
            if values and values[-1] == "kB":
                result[name.rstrip(":")] = int(values[0]) * 1024
    return result


def unique_bytes(pid: int | str = "self") -> int:
    """The unique set of a process as psutil defines it."""
    found = rollup(pid)
    return sum(found.get(f"Private_{kind}", 0) for kind in ("Clean", "Dirty", "Hugetlb"))


@contextlib.contextmanager
def on_one_processor() -> Iterator[None]:
    """Keep this thread on one processor: what each holds back from the kernel's count adds up."""
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(allowed)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, allowed)


def unreported_bytes(processors: int | None = None) -> int:
    """How much of a peak that is over the kernel may not have noted: its counters' batches.

    Each processor reports 32 pages, or twice the number of processors if that is more, at a time.
    """
    count = os.cpu_count() or 1
    return max(32, 2 * count) * (processors or count) * PAGE
