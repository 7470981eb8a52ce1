# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""The lines of functions by the ledger: figures exact to the byte, in every kind of frame.

A line is named by the comment at its end, as in known_lines. What a block takes is asked from
malloc itself (`malloc_usable_size`), or known: a large block of glibc's is whole pages.
"""

from __future__ import annotations

import ctypes
import mmap
import sys
import tempfile
import threading
from collections.abc import Iterator
from types import FrameType
from typing import Any

import pytest
from known_lines import Table, measuring, table_of, tables

from peakline import _heap
from peakline._backends import HEAP, RSS

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


@pytest.fixture(scope="module")
def libc() -> Libc:
    return Libc()


def block_of(array: bytearray) -> int:
    """Where the bytes of a bytearray stand, from whose start none was ever deleted."""
    return ctypes.addressof(ctypes.c_char.from_buffer(array))


def heap(run: Any, *functions: Any, all_threads: bool = False) -> Any:
    """The tables of the functions while `run()` ran, by the ledger."""
    return tables(run, *functions, backend=HEAP, all_threads=all_threads)


def changes(table: Table) -> dict[str, int]:
    """The lines that changed the heap, and by how many bytes."""
    return {tag: row.increment for tag, row in table.rows.items() if row.increment}


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


# ---- Threads


def test_who_frees_a_block_of_another_thread_has_it_on_his_own_account() -> None:
    kept: list[Any] = []

    def take() -> None:
        kept.append(bytearray(LARGE))  # taken

    def give() -> None:
        kept.clear()  # given

    def run() -> None:
        kept.append(None)
        kept.clear()
        for function in (take, give):
            thread = threading.Thread(target=function)
            thread.start()
            thread.join()

    taken, given = heap(run, take, give, all_threads=True)
    assert taken.rows["taken"].increment - LARGE_ARRAY in range(128)  # the list's places
    assert given.rows["given"].increment == -taken.rows["taken"].increment
    assert given.rows["given"].own_peak == METHOD_CALL


def test_what_other_threads_do_meanwhile_is_not_the_lines_own() -> None:
    kept: list[Any] = []
    begin, done = threading.Lock(), threading.Lock()

    def other() -> None:
        with begin:
            kept.append(bytearray(LARGE))
        done.release()

    def work() -> None:
        begin.release()  # let go
        done.acquire()  # waits

    def run() -> None:
        kept.clear()
        begin.acquire()
        done.acquire()
        thread = threading.Thread(target=other)
        thread.start()
        work()
        done.release()
        thread.join()

    table = heap(run, work)
    found = table.rows
    waits = found["waits"]
    assert waits.increment == 0
    assert waits.own_peak == waits.allocated == waits.freed == METHOD_CALL
    together = sum(row.other_threads for row in found.values())
    assert abs(together - LARGE_ARRAY) < 64 * 1024
    assert abs(waits.other_threads + found["let go"].other_threads - together) < 64 * 1024
    # What is in use is the process's.
    assert abs(waits.usage - table.baseline - LARGE_ARRAY) < 64 * 1024


# ---- Calls


def test_the_peak_of_a_line_holds_those_of_the_functions_it_calls() -> None:
    def inner() -> bytearray:
        kept = bytearray(LARGE)  # kept
        bytearray(LARGE)  # temporary
        return kept

    def outer() -> None:
        both = [inner(), inner()]  # calls
        del both[:]

    inside, outside = heap(outer, inner, outer)
    assert outside.rows["calls"].own_peak - 3 * LARGE_ARRAY in range(256)
    assert outside.rows["calls"].increment - 2 * LARGE_ARRAY in range(256)
    assert inside.rows["kept"].own_peak == LARGE_ARRAY
    assert inside.rows["kept"].increment == 2 * LARGE_ARRAY
    assert inside.rows["temporary"].own_peak == LARGE_ARRAY
    assert inside.rows["temporary"].increment == 0


def test_recursion_is_counted_once_and_its_peak_is_that_of_the_deepest_call() -> None:
    def work(depth: int) -> None:
        held = bytearray(LARGE)  # held
        if depth:
            work(depth - 1)  # deeper
        bytearray(LARGE)  # temporary
        del held  # dropped

    found = heap(lambda: work(4), work).rows
    assert found["held"].increment == 5 * LARGE_ARRAY
    assert found["held"].own_peak == LARGE_ARRAY
    # Four more are held at the bottom, and one is temporary.
    assert found["deeper"].own_peak - 5 * LARGE_ARRAY in range(2048)
    assert found["deeper"].increment == 0
    assert found["temporary"].own_peak == LARGE_ARRAY
    assert found["dropped"].increment == -5 * LARGE_ARRAY


def test_a_generator_is_charged_for_what_it_does_and_not_while_it_waits() -> None:
    def numbers() -> Iterator[bytearray]:
        first = bytearray(LARGE)  # first
        yield first  # waits
        del first  # dropped
        yield bytearray(LARGE)  # second

    def work() -> None:
        stepped = numbers()  # made
        next(stepped)  # one
        held = bytearray(LARGE)  # held
        next(stepped)  # two
        del held  # dropped
        next(stepped, None)  # ended

    inside, outside = heap(work, numbers, work)
    assert changes(inside) == {
        "first": LARGE_ARRAY,
        "dropped": -LARGE_ARRAY,
        "second": LARGE_ARRAY,
    }
    assert inside.rows["waits"].own_peak == 0
    assert outside.rows["one"].increment == LARGE_ARRAY
    assert outside.rows["two"].increment == -LARGE_ARRAY
    assert outside.rows["held"].increment == LARGE_ARRAY


def test_what_an_exception_leaves_behind_is_freed_where_it_is_caught() -> None:
    def fails() -> None:
        held = bytearray(LARGE)  # held
        raise ValueError(len(held))  # raised

    def work() -> None:
        try:
            fails()  # calls
        except ValueError:
            len("")  # caught
        len("")  # after

    inside, outside = heap(work, fails, work)
    assert inside.rows["held"].increment == LARGE_ARRAY
    # The frame object of `work`, which the traceback asked for, goes with the frame.
    assert sum(row.increment for row in outside.rows.values()) in range(512)
    assert outside.rows["caught"].increment - -LARGE_ARRAY in range(-2048, 1)
    assert outside.rows["calls"].own_peak - LARGE_ARRAY in range(2048)


# ---- Beside each other


def test_sessions_of_the_resident_set_and_of_the_heap_measure_the_same_call() -> None:
    def work() -> None:
        held = mmap.mmap(-1, LARGE, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)  # untouched
        held[:] = ones  # touched
        held.close()  # dropped

    ones = b"\1" * LARGE

    work()
    with measuring(work, backend=RSS) as resident, measuring(work, backend=HEAP) as ledger:
        work()
    by_pages, by_blocks = table_of(resident, work), table_of(ledger, work)
    resident.close()
    ledger.close()
    assert by_blocks.rows["untouched"].increment - LARGE in range(1024)
    assert by_blocks.rows["dropped"].increment == -LARGE
    assert by_blocks.rows["touched"].increment == 0
    assert abs(by_pages.rows["touched"].increment - LARGE) < MIB
    for tag, row in by_pages.rows.items():
        assert abs(row.increment - by_blocks.rows[tag].rss_increment) < MIB
    assert by_pages.rows["untouched"].own_peak == 0


def test_a_session_within_another_on_the_same_function_has_its_own_figures() -> None:
    def work(session: Any) -> None:
        held = bytearray(LARGE)  # held
        if session:
            session.begin()  # begun
            work(None)  # again
            session.end()
        del held  # dropped

    work(None)
    with measuring(work, backend=HEAP) as outer, measuring(work, backend=HEAP) as inner:
        inner.end()
        work(inner)
        inner.begin()
    whole, part = table_of(outer, work), table_of(inner, work)
    outer.close()
    inner.close()
    assert whole.rows["held"].increment == 2 * LARGE_ARRAY
    assert whole.rows["again"].own_peak - LARGE_ARRAY in range(1024)
    assert changes(part) == {"held": LARGE_ARRAY, "dropped": -LARGE_ARRAY}


def test_a_tracer_of_the_program_changes_nothing() -> None:
    seen: list[str] = []

    def tracer(frame: FrameType, event: str, argument: object) -> Any:
        seen.append(event)
        return tracer

    def inner() -> bytearray:
        kept = bytearray(LARGE)  # kept
        bytearray(LARGE)  # temporary
        return kept

    def work() -> None:
        kept = inner()  # calls
        del kept  # dropped

    def traced() -> None:
        before = sys.gettrace()
        sys.settrace(tracer)
        try:
            work()
        finally:
            sys.settrace(before)

    inside, outside = heap(traced, inner, work)
    assert "line" in seen
    # The list of events grows now and then, on whose line it happens to.
    for table, tag, expected in (
        (inside, "kept", LARGE_ARRAY),
        (inside, "temporary", 0),
        (outside, "calls", LARGE_ARRAY),
        (outside, "dropped", -LARGE_ARRAY),
    ):
        assert abs(table.rows[tag].increment - expected) < 4096, tag
    assert abs(inside.rows["temporary"].own_peak - LARGE_ARRAY) < 4096
