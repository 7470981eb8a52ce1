# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""State is per thread, sums are over threads, and a forked child measures itself."""

from __future__ import annotations

import os
import pickle
import threading
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from known_lines import grow, measuring, reset, table_of
from known_memory import rollup, unique_bytes

from peakline import _engine
from peakline._backends import RSS, USS


def in_thread(target: Callable[[], Any]) -> None:
    failed: list[BaseException] = []

    def run() -> None:
        try:
            target()
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert not failed, failed


def work(turns: int) -> None:
    for _ in range(turns):  # for
        grow(1)  # grow


def test_a_session_for_all_threads_counts_every_thread_once() -> None:
    with measuring(work, all_threads=True) as session:
        barrier = threading.Barrier(4)

        def run() -> None:
            barrier.wait()
            counted(50)

        threads = [threading.Thread(target=run) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        in_thread(lambda: work(3))
    assert table_of(session, work).times["grow"] == 3
    assert table_of(session, work).pages["grow"] == 3
    reset()


def test_a_session_for_new_threads_counts_those_that_started_since_and_the_one_that_began_it() -> (
    None
):
    go, done = threading.Event(), threading.Event()

    def later() -> None:
        go.wait()
        counted(2)
        in_thread(lambda: counted(1))
        done.set()

    old = threading.Thread(target=later)
    old.start()
    session = _engine.session(new_threads=True)
    session.add(counted.__code__)
    session.begin()
    try:
        go.set()
        done.wait()
        counted(10)
        in_thread(lambda: counted(20))
    finally:
        session.end()
    old.join()
    in_thread(lambda: counted(5))
    # One that an old thread starts is new.
    assert table_of(session, counted).times["for"] == 2 + 11 + 21
    assert session.calls_elsewhere() == 1
    session.close()


def counted(turns: int) -> None:
    for number in range(turns):  # for
        number += 1  # add


def test_occurrences_of_threads_at_once_add_up() -> None:
    barrier = threading.Barrier(6)

    def run() -> None:
        barrier.wait()
        for _ in range(10):
            counted(2000)

    with measuring(counted, all_threads=True) as session:
        threads = [threading.Thread(target=run) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    times = table_of(session, counted).times
    assert times["add"] == 6 * 10 * 2000
    assert times["for"] == 6 * 10 * 2001


def test_a_session_of_one_thread_does_not_see_another() -> None:
    with measuring(work) as session:
        in_thread(lambda: work(5))
        assert table_of(session, work).rows == {}
        work(2)
    assert table_of(session, work).pages == {"grow": 2}
    reset()


def test_a_line_that_waits_for_a_thread_shows_what_the_thread_took() -> None:
    def waits() -> None:
        thread = threading.Thread(target=lambda: grow(400))
        thread.start()  # start
        thread.join()  # join
        grow(1)  # own

    for _ in range(2):
        reset()
        with measuring(waits) as session:
            waits()
    table = table_of(session, waits)
    reset()
    assert table.pages["own"] == 1
    # The thread's stack comes and goes as well.
    assert abs(sum(table.pages.get(tag, 0) for tag in ("start", "join")) - 400) < 60


def endless() -> Iterator[int]:
    while True:
        grow(1)  # grow
        yield 1  # yield


def test_threads_that_end_with_generators_suspended_leave_nothing() -> None:
    kept: list[Any] = []

    def run() -> None:
        generator = endless()
        next(generator)
        kept.append(generator)

    with measuring(endless, work, all_threads=True) as session:
        for _ in range(50):
            in_thread(run)
        for generator in kept:
            next(generator)
        kept.clear()
        work(1)
    table = table_of(session, endless)
    assert table.pages == {"grow": 100}
    assert table.times["yield"] == 100
    assert table_of(session, work).pages == {"grow": 1}
    reset()


def test_a_generator_that_moves_between_threads_keeps_its_line() -> None:
    generator = endless()
    with measuring(endless, all_threads=True) as session:
        for _ in range(20):
            in_thread(lambda: next(generator))
            next(generator)
    table = table_of(session, endless)
    reset()
    assert table.pages == {"grow": 40}
    assert table.times["yield"] == 40
    assert table.times["def endless() -> Iterator[int]:"] == 1


def test_a_session_left_on_by_a_thread_that_ended_is_not_on_for_the_next() -> None:
    for _ in range(3):
        with measuring(work) as session:
            session.end()
            in_thread(session.begin)
            in_thread(lambda: work(5))
            seen = table_of(session, work).rows
            session.begin()
        assert seen == {}
        session.close()
    reset()


def forking(results: int) -> None:
    grow(100)  # before
    child = os.fork()  # fork
    if not child:
        grow(5000)  # child
        os.write(results, b"x")  # said
        return
    grow(20)  # parent
    os.waitpid(child, 0)  # wait


@pytest.mark.parametrize("backend", [RSS, USS])
def test_after_fork_the_child_measures_itself(backend: int) -> None:
    # A reading of the unique set takes milliseconds in a process as large as this.
    turns = 5000 if backend == RSS else 300
    reading, writing = os.pipe()
    with measuring(forking, work, backend=backend) as session:
        parent = os.getpid()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            forking(writing)
        if os.getpid() != parent:
            try:
                work(turns)
                in_thread(lambda: None)
                found = (table_of(session, forking).pages, table_of(session, work).pages)
                usage = table_of(session, work).rows["grow"].usage
                os.write(
                    writing,
                    pickle.dumps(
                        (*found, usage, rollup()["Rss"] if backend == RSS else unique_bytes())
                    ),
                )
            finally:
                os._exit(0)
    os.close(writing)
    with open(reading, "rb") as answers:
        assert answers.read(1) == b"x"
        pages, worked, usage, truth = pickle.loads(answers.read())
    # The kernel counts in batches.
    assert pages["before"] == pytest.approx(100, abs=4)
    # A child faults in anew what it runs and what it writes to: program code, heap, stack.
    assert pages["child"] == pytest.approx(5000, abs=400)
    assert "parent" not in pages
    assert worked["grow"] == pytest.approx(turns, abs=100)
    # What the child says is what it uses, not its parent.
    assert usage == pytest.approx(truth, abs=2**21)
    mine = table_of(session, forking).pages
    assert mine["before"] == pytest.approx(100, abs=4)
    assert "child" not in mine
    if backend == RSS:
        assert mine["parent"] == 20
        assert abs(mine.get("wait", 0)) < 50
    else:
        # What was the parent's alone is shared as long as the child lives.
        assert mine["fork"] < 0 < mine["wait"]
    reset()
