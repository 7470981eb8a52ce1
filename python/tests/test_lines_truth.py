# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""What a line cost is known to the page, and the table says that and nothing else."""

from __future__ import annotations

import ctypes
import time
import tracemalloc

import pytest
from known_lines import (
    BYTES,
    PAGE,
    Table,
    grow,
    measuring,
    reset,
    shrink,
    table_of,
    tables,
    undisturbed,
)
from known_memory import rollup, unique_bytes

from peakline import _engine
from peakline._backends import PSS, RSS, TRACEMALLOC, USS


def idle(count: int) -> int:
    total = 0
    for number in range(count):
        total += number
    return total


def test_a_function_that_maps_nothing_shows_zero_on_every_line() -> None:
    # A reading of the proportional set takes up to a millisecond, and other processes change it.
    for backend, count in ((RSS, 2000), (PSS, 10), (USS, 10)):

        def check(backend: int = backend, count: int = count) -> None:
            assert tables(lambda: idle(count), idle, backend=backend).pages == {}

        undisturbed(check)
        assert tables(lambda: idle(count), idle, backend=backend).times == {  # noqa: B023
            "def idle(count: int) -> int:": 1,
            "total = 0": 1,
            "for number in range(count):": count + 1,
            "total += number": count,
            "return total": 1,
        }


def up_and_down() -> None:
    grow(1)  # one
    grow(2)  # two
    grow(1000)  # thousand
    shrink(500)  # half
    shrink(3)  # three
    idle(1)  # nothing


EXACT = {"one": 1, "two": 2, "thousand": 1000, "half": -500, "three": -3}


@pytest.mark.parametrize("backend", [RSS, PSS, USS])
def test_each_line_shows_exactly_the_pages_it_took_or_gave_back(backend: int) -> None:
    def check() -> None:
        table = tables(up_and_down, up_and_down, backend=backend)
        assert table.pages == EXACT
        assert [table.usage(tag) for tag in (*EXACT, "nothing")] == [1, 3, 1003, 503, 500, 500]

    if backend == RSS:
        check()
    else:
        undisturbed(check)


def test_the_resident_increment_stands_beside_any_backend() -> None:
    for backend in (PSS, USS, TRACEMALLOC):
        table = tables(up_and_down, up_and_down, backend=backend)
        resident = {tag: row.rss_increment / PAGE for tag, row in table.rows.items()}
        assert {tag: pages for tag, pages in resident.items() if pages} == EXACT


def test_the_increments_add_up_to_what_the_kernel_says_the_call_cost() -> None:
    def call() -> tuple[int, int]:
        before = rollup()["Rss"], unique_bytes()
        up_and_down()
        return rollup()["Rss"] - before[0], unique_bytes() - before[1]

    call()
    reset()

    def check() -> None:
        for backend, which in ((RSS, 0), (USS, 1)):
            with measuring(up_and_down, backend=backend) as session:
                truth = call()[which]
            reset()
            table = table_of(session, up_and_down)
            assert sum(row.increment for row in table.rows.values()) == truth == 500 * PAGE

    undisturbed(check)


def test_the_baseline_is_the_usage_when_the_function_was_first_entered() -> None:
    with measuring(up_and_down) as session:
        grow(77)
        before = rollup()["Rss"]
        up_and_down()
    table = table_of(session, up_and_down)
    reset()
    # The agent's own pages are not in it.
    assert before - 2**20 <= table.baseline <= before
    assert table.rows["def up_and_down() -> None:"].usage == table.baseline
    assert table.rows["def up_and_down() -> None:"].order == 1


def hot_and_cold(steps: int, spin: int) -> None:
    for step in range(steps):  # loop
        BYTES[step * PAGE] = b"x"  # touch
        sum(range(spin))  # spin
    return  # end


def spin_of(nanoseconds: int) -> int:
    """How many numbers take so long to add here."""
    best = 1 << 60
    for _ in range(20):
        began = time.perf_counter_ns()
        sum(range(2000))
        best = min(best, time.perf_counter_ns() - began)
    return max(1, nanoseconds * 2000 // best)


def test_a_line_that_touches_a_page_gets_the_growth_beside_a_line_that_spins() -> None:
    spin = spin_of(3000)
    table = tables(lambda: hot_and_cold(20_000, spin), hot_and_cold)
    increments = {tag: row.increment / PAGE for tag, row in table.rows.items()}
    total = sum(increments.values())
    assert total == pytest.approx(20_000, abs=64)
    assert increments["touch"] >= 0.99 * total
    assert abs(increments["spin"]) <= 0.01 * total
    assert table.times["touch"] == 20_000


def rare(steps: int, pages: int) -> None:
    for step in range(steps):  # loop
        cheap = step * PAGE  # cheap
        if step % 100 == 0:  # test
            BYTES[cheap // 100] = b"x"  # touch
        cheap = 0  # cheaper


def test_a_rare_page_among_cheap_lines_lands_on_its_own_line() -> None:
    table = tables(lambda: rare(100_000, 1000), rare)
    total = sum(table.pages.values())
    assert total == pytest.approx(1000, abs=8)
    assert table.rows["touch"].increment / PAGE >= 990


def tidal(steps: int) -> None:
    for _ in range(steps):
        grow(3)  # take
        shrink(3)  # give


def test_a_line_that_takes_and_a_line_that_gives_back_mirror_each_other() -> None:
    table = tables(lambda: tidal(2000), tidal)
    assert table.pages == {"take": 6000, "give": -6000}
    assert table.usage("take") == 3
    assert table.usage("give") == 0


def freed_once() -> None:
    grow(2000)  # large
    for turn in range(4):
        if turn == 0:
            shrink(2000)  # freed
        x = 1
        y = x + 1
    assert y


def test_after_memory_fell_once_no_later_pass_shows_a_loss_again() -> None:
    assert tables(freed_once, freed_once).pages == {"large": 2000, "freed": -2000}


def inner() -> None:
    grow(7)  # grown
    shrink(4)  # shrunk


def outer() -> None:
    inner()  # first
    x = 1
    inner()  # second
    assert x


def test_moving_between_two_measured_functions_adds_nothing_of_its_own() -> None:
    calls, callee = tables(outer, outer, inner)
    assert calls.pages == {"first": 3, "second": 3}
    assert callee.pages == {"grown": 14, "shrunk": -8}
    assert callee.times["def inner() -> None:"] == 2


def test_what_happens_between_two_calls_is_on_no_line() -> None:
    def run() -> None:
        inner()
        grow(500)
        inner()

    assert tables(run, inner).pages == {"grown": 14, "shrunk": -8}


def peaks(values: list[int]) -> None:
    for value in values:
        grow(value)  # high
        shrink(value)  # low


def test_usage_is_the_highest_after_the_line_not_the_last() -> None:
    table = tables(lambda: peaks([5, 900, 30]), peaks)
    assert table.usage("high") == 900
    assert table.usage("low") == 0


def traced() -> list[bytearray]:
    a = bytearray(1_000_000)  # a
    b = bytearray(250_000)  # b
    del a  # freed
    c = [bytearray(10_000) for _ in range(20)]  # c
    return [b, *c]


def test_tracemalloc_shows_the_bytes_of_each_line() -> None:
    was_tracing = tracemalloc.is_tracing()
    table = tables(traced, traced, backend=TRACEMALLOC)
    found = {tag: row.increment for tag, row in table.rows.items()}
    assert found["a"] == pytest.approx(1_000_000, abs=150)
    assert found["b"] == pytest.approx(250_000, abs=150)
    assert found["freed"] == pytest.approx(-1_000_000, abs=150)
    assert found["c"] == pytest.approx(20 * 10_000, abs=20 * 100 + 400)
    # A trace function, before 3.12, makes the interpreter build a frame object.
    assert abs(found["def traced() -> list[bytearray]:"]) <= 400
    assert tracemalloc.is_tracing() == was_tracing


def elsewhere() -> bytearray:
    return ctypes and bytearray(500_000)


def calls_elsewhere() -> int:
    kept = elsewhere()  # call
    return len(kept)


def test_tracemalloc_counts_what_another_file_allocated() -> None:
    namespace: dict[str, object] = {}
    exec(compile("def elsewhere(): return bytearray(500_000)", "another.py", "exec"), namespace)
    code = calls_elsewhere.__globals__
    kept, code["elsewhere"] = code["elsewhere"], namespace["elsewhere"]
    try:
        table = tables(calls_elsewhere, calls_elsewhere, backend=TRACEMALLOC)
    finally:
        code["elsewhere"] = kept
    assert table.rows["call"].increment == pytest.approx(500_000, abs=150)


def sessions_made() -> None:
    for _ in range(3000):
        session = _engine.session(0)
        session.add(idle.__code__)
        session.begin()
        idle(1)
        session.end()
        session.close()


def sessions_kept(kept: list[object]) -> None:
    kept.extend(_engine.session(0) for _ in range(20_000))  # made


def test_the_agents_own_pages_are_on_no_line() -> None:
    idle(1)
    assert tables(sessions_made, sessions_made).pages == {}
    with measuring(sessions_kept) as session:
        kept: list[object] = []
        before = rollup()["Rss"]
        sessions_kept(kept)
        grown = rollup()["Rss"] - before
    table = table_of(session, sessions_kept)
    # 20,000 records of 64 bytes are the agent's; Python's own objects remain.
    assert grown - table.rows["made"].increment >= 20_000 * 64 * 0.8
    kept.clear()


_spent = {"short": 0.0, "long": 0.0}


def spend(tag: str, spin: int) -> None:
    """Takes a while, and keeps the books itself."""
    began = time.perf_counter()
    sum(range(spin))
    _spent[tag] += time.perf_counter() - began


def short_and_long(turns: int, spin: int) -> None:
    for _ in range(turns):  # loop
        spend("short", spin)  # short
        spend("long", 4 * spin)  # long


def test_seconds_are_the_time_spent_and_never_more() -> None:
    spin = spin_of(20_000)

    def run() -> None:
        nonlocal elapsed
        _spent.update(short=0.0, long=0.0)
        began = time.perf_counter()
        short_and_long(200, spin)
        elapsed = time.perf_counter() - began

    elapsed = 0.0
    table = tables(run, short_and_long)
    seconds = {tag: row.seconds for tag, row in table.rows.items()}
    # However busy the machine is, each line encloses what it spent, and all are within the run. The
    # two clocks agree to 1e-3.
    assert seconds["short"] >= _spent["short"] * 0.998
    assert seconds["long"] >= _spent["long"] * 0.998
    assert sum(seconds.values()) <= elapsed * 1.002
    assert all(value >= 0 for value in seconds.values())


def test_two_sessions_with_different_backends_each_have_their_own_figures() -> None:
    def run() -> None:
        with measuring(up_and_down, backend=TRACEMALLOC) as traced_session:
            up_and_down()
        found.append(table_of(traced_session, up_and_down))

    def check() -> None:
        found.clear()
        with measuring(up_and_down, backend=USS) as unique:
            run()
            reset()
            run()
        reset()
        assert table_of(unique, up_and_down).pages == {tag: 2 * n for tag, n in EXACT.items()}

    found: list[Table] = []
    undisturbed(check)
    for table in found:
        assert abs(table.rows["thousand"].increment) < 1000
