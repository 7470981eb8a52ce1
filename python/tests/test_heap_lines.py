# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""The lines of functions by the ledger: figures exact to the byte, in every kind of frame.

A line is named by the comment at its end, as in known_lines. What a block takes is asked from
malloc itself (`malloc_usable_size`), or known: a large block of glibc's is whole pages.
"""

from __future__ import annotations

import ctypes
import mmap
import tempfile
from typing import Any

import pytest
from known_heap import (
    BYTEARRAY,
    LARGE,
    LARGE_ARRAY,
    MIB,
    Libc,
    block_of,
    heap,
    mapped,
)
from known_lines import Table

from peakline import _heap


@pytest.fixture(scope="module")
def libc() -> Libc:
    return Libc()


# ---- What a line costs


def test_an_array_costs_its_block_and_its_object(libc: Libc) -> None:
    kept: list[bytearray] = []

    def work(size: int) -> None:
        array = bytearray(size)  # made
        kept.append(array)

    for size in (1000, 5000, 100_000, MIB, LARGE):
        kept.clear()
        kept.append(bytearray())
        made = heap(lambda size=size: work(size), work).rows["made"]
        block = libc.usable(block_of(kept[-1]))
        assert (made.increment, made.own_peak, made.allocated, made.freed, made.allocations) == (
            *(block + BYTEARRAY,) * 3,
            *(0, 2),
        ), size
        assert made.python_increment == BYTEARRAY
        assert made.requested == size + 1 + 56
        if size == LARGE:
            assert block == mapped(LARGE + 1)


def test_small_objects_cost_their_size_in_steps_of_16_bytes() -> None:
    def work(kept: list[bytes]) -> None:
        kept[0] = bytes(100)  # 133 bytes with the header
        kept[1] = bytes(479)  # 512
        kept[2] = bytes(0)  # shared

    found = heap(lambda: work([b""] * 3), work).rows
    assert found["133 bytes with the header"].increment == 144
    assert found["133 bytes with the header"].python_increment == 144
    assert found["512"].increment == found["512"].python_increment == 512
    assert found["shared"].increment == found["shared"].allocations == 0


def test_a_list_costs_its_places(libc: Libc) -> None:
    kept: list[list[None]] = [[]]

    def work(places: int) -> None:
        kept[0] = [None] * places  # made

    found = heap(lambda: work(LARGE // 8), work).rows["made"]
    block = libc.usable(ctypes.c_size_t.from_address(id(kept[0]) + 24).value)
    assert block == mapped(LARGE)
    # It took the place of the one before. The lists themselves come from the interpreter's store of
    # lists, or are objects more; `[None]` has a place of its own.
    assert found.increment in (-64, 0, 64)
    assert found.allocated - block in (16, 80, 144)
    assert found.freed - block in (16, 80, 144)
    assert found.own_peak - block in (16, 80, 144)


def test_a_block_that_grows_is_freed_and_allocated(libc: Libc) -> None:
    def work() -> int:
        block = libc.malloc(1000)
        before = libc.usable(block)
        block = libc.realloc(block, LARGE)  # grown
        after = libc.usable(block)
        sizes.append((before, after))
        block = libc.realloc(block, 100_000)  # shrunk
        sizes.append((after, libc.usable(block)))
        libc.free(block)  # given back
        return 0

    sizes: list[tuple[int, int]] = []
    found = heap(work, work).rows
    for tag, (before, after) in zip(("grown", "shrunk"), sizes[-2:], strict=True):
        row = found[tag]
        assert row.increment - row.python_increment == after - before
        # Beside it there are small objects of ctypes' own, which come and go.
        assert 0 <= row.allocated - after <= 1024
        assert 0 <= row.freed - before <= 1024
    assert found["given back"].increment - found["given back"].python_increment == -sizes[-1][1]


def test_what_was_allocated_before_is_negative_where_it_is_freed() -> None:
    def work(kept: list[Any]) -> None:
        kept[0] = None  # first
        del kept[1]  # second

    def run() -> None:
        work([bytearray(LARGE), bytearray(LARGE)])

    found = heap(run, work).rows
    for tag in ("first", "second"):
        row = found[tag]
        assert (row.increment, row.freed) == (-LARGE_ARRAY, LARGE_ARRAY)
        assert row.own_peak == row.allocated == row.allocations == row.requested == 0
        assert row.python_increment == -BYTEARRAY


def test_a_line_that_gives_back_all_shows_its_volume_and_its_peak() -> None:
    def work() -> None:
        for _ in range(5):
            bytearray(LARGE)  # temporary

    row = heap(work, work).rows["temporary"]
    assert (row.increment, row.own_peak) == (0, LARGE_ARRAY)
    assert row.allocated == row.freed == 5 * LARGE_ARRAY
    assert (row.occurrences, row.allocations) == (5, 10)


# ---- Mapped memory


def test_private_memory_is_heap_and_shared_memory_and_files_are_not() -> None:
    anonymous = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS

    def work(file: int) -> None:
        private = mmap.mmap(-1, 5 * MIB, flags=anonymous)  # private
        shared = mmap.mmap(-1, 7 * MIB)  # shared
        of_file = mmap.mmap(file, 9 * MIB, prot=mmap.PROT_READ)  # of a file
        copied = mmap.mmap(file, 9 * MIB, flags=mmap.MAP_PRIVATE)  # copied on writing
        private.close()  # closed
        shared.close()
        of_file.close()
        copied.close()

    with tempfile.TemporaryFile() as file:
        file.truncate(9 * MIB)
        found = heap(lambda: work(file.fileno()), work).rows
    assert found["private"].increment - found["private"].python_increment == 5 * MIB
    assert 5 * MIB <= found["private"].own_peak < 5 * MIB + 1024
    assert found["closed"].increment == -5 * MIB
    for tag in ("shared", "of a file", "copied on writing", "shared.close()", "of_file.close()"):
        assert abs(found[tag].increment) < 1024, tag
        assert found[tag].own_peak < 1024, tag


def test_memory_that_is_only_reserved_is_heap_once_it_may_be_written(libc: Libc) -> None:
    kind = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS

    def work() -> None:
        start = libc.mmap(0, 100 * MIB, 0, kind, -1, 0)  # reserved
        libc.mprotect(start + MIB, 3 * MIB, mmap.PROT_READ | mmap.PROT_WRITE)  # opened
        libc.mprotect(start + 2 * MIB, MIB, 0)  # closed again
        libc.munmap(start, 100 * MIB)  # unmapped

    def large(table: Table) -> dict[str, int]:
        found = {t: r.increment - r.python_increment for t, r in table.rows.items()}
        return {tag: size for tag, size in found.items() if size}

    before = _heap.totals()
    assert large(heap(work, work)) == {
        "opened": 3 * MIB,
        "closed again": -MIB,
        "unmapped": -2 * MIB,
    }
    assert _heap.totals().reserved == before.reserved
