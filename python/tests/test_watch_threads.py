# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""`peakline.watch()`: threads, tasks and processes; and where it cannot be."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from programs import run
from watching import MEGABYTE, figures, size_of

import peakline

pytestmark = pytest.mark.usefixtures("no_collection")

# MARK: threads, tasks, processes


def in_thread(work: Callable[[], None]) -> None:
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    wait_for_the_end(thread)


def wait_for_the_end(thread: threading.Thread) -> None:
    """`join` returns when Python is done with the thread, which has a few steps left to its end."""
    task = Path(f"/proc/self/task/{thread.native_id}")
    while task.exists():
        os.sched_yield()


def test_what_other_threads_do_is_no_part_of_the_block() -> None:
    kept = []
    with peakline.watch() as w:
        in_thread(lambda: kept.append(bytearray(5 * MEGABYTE)))
    size = sum(size_of(kept[0]))
    assert w.peak < 100_000
    assert abs(w.other_threads - size) < 100_000


def test_what_another_thread_allocated_is_freed_where_it_is_freed() -> None:
    kept: list[bytearray] = []
    in_thread(lambda: kept.append(bytearray(5 * MEGABYTE)))
    size = sum(size_of(kept[0]))
    with peakline.watch() as w:
        kept.clear()
    assert 0 <= w.freed - size < 500
    assert w.increment == -w.freed


def test_threads_have_watches_of_their_own() -> None:
    ready = threading.Barrier(4)
    peaks = {}

    def work(size: int) -> None:
        for _ in range(5):
            ready.wait()
            with peakline.watch() as w:
                data = bytearray(size * MEGABYTE)
                ready.wait()
                del data
            peaks.setdefault(size, set()).add(round(w.peak / MEGABYTE, 1))

    threads = [threading.Thread(target=work, args=(size,)) for size in (1, 2, 3, 4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert peaks == {size: {float(size)} for size in (1, 2, 3, 4)}


def test_a_watch_that_another_thread_ends_is_of_the_thread_that_began_it() -> None:
    w = peakline.watch()
    begun, ended = threading.Event(), threading.Event()

    def work() -> None:
        with suppress(RuntimeError):
            w.__enter__()
        kept.append(bytearray(2 * MEGABYTE))
        begun.set()
        ended.wait()

    kept: list[bytearray] = []
    thread = threading.Thread(target=work)
    thread.start()
    begun.wait()
    mine = bytearray(MEGABYTE)
    w.__exit__()
    ended.set()
    thread.join()
    assert 0 <= w.increment - sum(size_of(kept[0])) < 10_000
    assert abs(w.other_threads - sum(size_of(mine))) < 100_000


def test_a_watch_of_a_thread_that_has_ended_gives_no_figures_of_another_thread() -> None:
    w = peakline.watch()
    in_thread(lambda: ignore(w.__enter__()))
    kept: list[bytearray] = []
    in_thread(lambda: kept.append(bytearray(5 * MEGABYTE)))  # Takes the ended thread's record.
    for _ in range(2):
        with pytest.raises(RuntimeError, match="the thread that began this watch has ended"):
            _ = w.increment
        assert repr(w) == "<Watch of a thread that has ended>"
        w.__exit__()


def ignore(_: object) -> None:
    pass


def test_a_block_with_an_await_has_in_it_what_other_tasks_do() -> None:
    kept = {}

    async def other() -> None:
        kept[2] = bytearray(2 * MEGABYTE)

    async def main() -> tuple[peakline.Watch, peakline.Watch]:
        task = asyncio.create_task(other())
        async with peakline.watch() as whole:
            with peakline.watch() as before:
                kept[1] = bytearray(MEGABYTE)
            await task
        return whole, before

    whole, before = asyncio.run(main())
    assert abs(before.increment - sum(size_of(kept[1]))) < 300
    both = sum(sum(size_of(data)) for data in kept.values())
    assert abs(whole.increment - both) < 20_000


def test_an_exception_passes_through_an_async_block() -> None:
    async def failing(w: peakline.Watch) -> None:
        async with w as entered:
            assert entered is w
            _ = 1 // 0

    async def main() -> peakline.Watch:
        w = peakline.watch()
        with pytest.raises(ZeroDivisionError):
            await failing(w)
        with pytest.raises(RuntimeError, match="has begun already"):
            async with w, w:
                pass
        return w

    assert asyncio.run(main()).allocations > 0


def in_child(work: Callable[[], str]) -> str:
    """What the function returns in a forked child."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        with suppress(BaseException):
            os.write(write, work().encode())
        os._exit(0)
    os.close(write)
    os.waitpid(child, 0)
    with open(read, encoding="utf-8") as file:
        return file.read()


def test_a_forked_child_has_watches_of_its_own() -> None:
    def work() -> str:
        with peakline.watch() as empty:
            pass
        with peakline.watch() as w:
            data = bytearray(MEGABYTE)
        return f"{figures(empty)} {w.increment - sum(size_of(data))}"

    assert in_child(work) == f"{(0,) * 8} 0"


def test_a_watch_goes_on_in_a_forked_child_and_in_its_parent(tmp_path: Path) -> None:
    # In a process of its own: libraries that other tests have loaded free things when it forks.
    program = """
import os, sys
import peakline
with peakline.watch() as w:
    before = bytearray(1_000_000)
    child = os.fork()
    more = bytearray(2_000_000 if child == 0 else 4_000_000)
if child:
    os.waitpid(child, 0)
print(w.increment)
"""
    answer = run(tmp_path, "-c", program)
    assert (answer.returncode, answer.stderr) == (0, "")
    in_child, in_parent = map(int, answer.stdout.split())
    assert 0 <= in_child - 3_000_000 < 30_000
    assert 0 <= in_parent - 5_000_000 < 30_000


# MARK: where it cannot be


def test_where_the_heap_cannot_be_counted_it_says_so(tmp_path: Path) -> None:
    program = """
import peakline
from peakline import _heap
class Natives:
    def heap_obstacle(self): return 512
    def heap_start(self, *_): return 512
_heap.natives = Natives
for _ in range(2):
    try:
        peakline.watch()
    except peakline.HeapUnavailable as error:
        print(str(error) == _heap.available(), error)
"""
    answer = run(tmp_path, "-c", program)
    sentence, again = answer.stdout.splitlines()
    assert sentence == again
    assert sentence.startswith("True the heap cannot be counted under an AddressSanitizer")


def test_what_limits_the_figures_is_said_once(tmp_path: Path) -> None:
    program = """
import peakline
from peakline import _heap
_heap.caveats = lambda: ["Small objects are not in these figures."]
for _ in range(3):
    with peakline.watch() as w:
        pass
"""
    answer = run(tmp_path, "-c", program)
    assert answer.stderr == "peakline: Small objects are not in these figures.\n"


def test_a_profiler_that_is_on_when_the_first_watch_begins_does_not_spoil_the_later_ones(
    tmp_path: Path,
) -> None:
    program = """
import sys, peakline
sys.setprofile(lambda *_: None)
peakline.watch()
sys.setprofile(None)
for _ in range(5):
    with peakline.watch() as w:
        pass
print(w.increment, w.freed, w.peak)
"""
    answer = run(tmp_path, "-c", program)
    assert answer.stdout == "0 0 0\n", answer.stderr
