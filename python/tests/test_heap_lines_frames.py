# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""The lines of functions by the ledger in threads, calls, generators, and beside other sessions."""

from __future__ import annotations

import mmap
import sys
import threading
from collections.abc import Iterator
from types import FrameType
from typing import Any

import pytest
from known_heap import (
    LARGE,
    LARGE_ARRAY,
    METHOD_CALL,
    MIB,
    Libc,
    changes,
    heap,
)
from known_lines import measuring, table_of

from peakline._backends import HEAP, RSS


@pytest.fixture(scope="module")
def libc() -> Libc:
    return Libc()


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
