# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""`peakline.watch()`: the figures of a block, against sizes that are known."""

from __future__ import annotations

import asyncio
import copy
import ctypes
import gc
import os
import pickle
import random
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest
from programs import run

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


@pytest.fixture(autouse=True)
def _no_collection() -> Iterator[None]:
    """A collection in the middle of a block would be in it, rightly."""
    with peakline.watch():
        pass
    gc.collect()
    gc.disable()
    yield
    gc.enable()


# MARK: an empty block

EMPTY = """
import asyncio, peakline
NAMES = {names!r}
seen = []
def note(*watches):
    seen.extend(tuple(getattr(w, name) for name in NAMES) for w in watches)
with peakline.watch() as first:
    pass
note(first)
for _ in range(100):
    with peakline.watch() as a:
        pass
    with peakline.watch() as b:
        pass
    note(a, b)
def function():
    for _ in range(3):
        with peakline.watch() as w:
            pass
        note(w)
    with peakline.watch() as bound_for_the_first_time:
        pass
    return bound_for_the_first_time
for _ in range(3):
    note(function())
def deep(depth):
    with peakline.watch() as w:
        pass
    note(w)
    if depth:
        deep(depth - 1)
deep(50)
class Holder:
    pass
holder = Holder()
holder.watch = None
for turn in range(3):
    with peakline.watch() as holder.watch:
        pass
    # The first look for the attribute may drive a name out of the interpreter's cache.
    if turn:
        note(holder.watch)
again = peakline.watch()
for _ in range(3):
    with again:
        pass
    note(again)
async def coroutine():
    for turn in range(4):
        async with peakline.watch() as w:
            pass
        # As with the attribute.
        if turn:
            note(w)
        with peakline.watch() as w:
            pass
        if turn:
            note(w)
asyncio.run(coroutine())
asyncio.run(coroutine(), debug=True)
kept = [peakline.watch() for _ in range(100)]
for w in kept:
    with w:
        pass
note(*kept)
# Malloc may give 16 bytes more than usual rather than leave so small a piece over.
odd = [(0, -16, 0, 16, 0, 0, 0, 0)] if {is_malloc} else []
print(len(seen), [(n, f) for n, f in enumerate(seen) if any(f) and f not in odd])
"""


@pytest.mark.parametrize("allocator", ["default", "debug", "malloc", "malloc_debug"])
@pytest.mark.parametrize("options", [(), ("-X", "dev"), ("-O",)], ids=["plain", "dev", "optimized"])
def test_an_empty_block_shows_zeros(
    tmp_path: Path, allocator: str, options: tuple[str, ...]
) -> None:
    program = EMPTY.format(names=NAMES, is_malloc=allocator.startswith("malloc"))
    answer = run(tmp_path, *options, "-c", program, PYTHONMALLOC=allocator)
    assert answer.stdout == "381 []\n", answer.stderr


def test_a_thread_that_is_new_to_it_sees_an_empty_block_as_well() -> None:
    found = []

    def work() -> None:
        for _ in range(3):
            with peakline.watch() as w:
                pass
            found.append(figures(w)[:7])

    for _ in range(3):
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    assert set(found) == {(0,) * 7}


# MARK: known sizes


def test_what_is_allocated_and_kept_is_exact() -> None:
    with peakline.watch() as w:
        data = bytearray(MEGABYTE)
    small, large = size_of(data)
    expected = (small + large, small + large, small + large, 0, 2)
    assert figures(w)[:5] == expected
    assert w.requested == sys.getsizeof(bytearray()) + MEGABYTE + 1
    assert w.python_increment == small
    assert w.other_threads == 0


def test_what_was_there_before_and_is_freed_is_exact() -> None:
    data = bytearray(MEGABYTE)
    small, large = size_of(data)
    with peakline.watch() as w:
        del data
    assert figures(w) == (0, -small - large, 0, small + large, 0, 0, -small, 0)


def test_what_dies_within_is_in_the_peak_alone() -> None:
    with peakline.watch() as w:
        data = bytearray(MEGABYTE)
        size = sum(size_of(data))
        del data
    # Asking for the size makes objects too.
    assert size <= w.peak < size + 2000
    assert abs(w.increment) < 2000
    assert w.allocated - w.freed == w.increment


def test_the_peak_is_above_the_beginning_not_above_the_lowest() -> None:
    data = bytearray(3 * MEGABYTE)
    with peakline.watch() as w:
        del data
        other = bytearray(MEGABYTE)
    assert w.peak == 0
    assert other
    assert -2_010_000 < w.increment < -1_990_000


def test_small_objects_are_counted_by_their_blocks() -> None:
    kept = [None] * 1000
    make = object
    with peakline.watch() as w:
        for index in range(1000):
            kept[index] = make()  # type: ignore[call-overload]
    # Beside the objects there is the last number of the range and, at most, its iterator.
    assert 0 <= w.python_increment - 1000 * 16 <= 128
    assert w.increment == w.python_increment


def test_figures_may_be_read_within_the_block_and_stay_after_it() -> None:
    with peakline.watch() as w:
        data = bytearray(MEGABYTE)
        during = w.increment
        more = bytearray(2 * MEGABYTE)
        later = w.increment
    after = figures(w)
    assert abs(during - sum(size_of(data))) < 300
    assert 0 <= later - during - sum(size_of(more)) < 300
    del data, more
    assert figures(w) == after


# MARK: more than one


def test_watches_nest() -> None:
    with peakline.watch() as outer:
        before = bytearray(MEGABYTE)
        with peakline.watch() as inner:
            within = bytearray(2 * MEGABYTE)
            size = sum(size_of(within))
            del within
        after = bytearray(100_000)
    kept = sum(size_of(before)) + sum(size_of(after))
    assert size <= inner.peak < size + 2000
    assert abs(outer.increment - kept) < 4000
    assert abs(outer.peak - sum(size_of(before)) - size) < 4000
    assert before
    assert after


def test_recursion_nests_watches() -> None:
    peaks = []

    def work(depth: int) -> None:
        with peakline.watch() as w:
            data = bytearray(MEGABYTE)
            if depth:
                work(depth - 1)
            del data
        peaks.append(w.peak)

    work(50)
    assert [round(peak / MEGABYTE, 1) for peak in peaks] == [float(n) for n in range(1, 52)]


def test_overlapping_watches_agree_with_a_simple_model() -> None:
    seed = random.randrange(1 << 32)
    print("seed", seed)
    chance = random.Random(seed)
    for _ in range(30):
        overlap(chance)


class Model:
    """What a watch should show: the level when it began, and the highest since."""

    def __init__(self, level: int) -> None:
        self.watch = peakline.watch()
        self.start = self.highest = level
        self.allocated = self.freed = 0


def overlap(chance: random.Random) -> None:
    """Opens, reads and closes watches in any order, and allocates and frees meanwhile."""
    noise = 200_000  # What this test's own objects may add to any figure.
    watched: list[Model] = []
    blocks: list[bytearray] = [bytearray(chance.randrange(4, 40) * 100_000) for _ in range(5)]
    level = 0

    def check(model: Model) -> None:
        w = model.watch
        assert abs(w.peak - (model.highest - model.start)) < noise
        assert abs(w.increment - (level - model.start)) < noise
        assert abs(w.allocated - model.allocated) < noise
        assert abs(w.freed - model.freed) < noise

    for _ in range(150):
        step = chance.random()
        if step < 0.25 and len(watched) < 12:
            model = Model(level)
            watched.append(model)
            model.watch.__enter__()
        elif step < 0.45 and watched:
            model = watched.pop(chance.randrange(len(watched)))
            model.watch.__exit__()
            check(model)
        elif step < 0.55 and watched:
            check(chance.choice(watched))
        elif step < 0.8:
            blocks.append(bytearray(chance.randrange(4, 40) * 100_000))
            size = sum(size_of(blocks[-1]))
            level += size
            for model in watched:
                model.highest = max(model.highest, level)
                model.allocated += size
        elif blocks:
            gone = blocks.pop(chance.randrange(len(blocks)))
            size = sum(size_of(gone))
            del gone
            level -= size
            for model in watched:
                model.freed += size
    for model in watched:
        model.watch.__exit__()
        check(model)


def test_every_order_of_ending_three_watches_gives_each_its_own_peak() -> None:
    from itertools import permutations

    sizes = 5, 1, 3
    for order in permutations(range(3)):
        watches = []
        for size in sizes:
            watches.append(peakline.watch().__enter__())
            data = bytearray(size * MEGABYTE)
            del data
        for index in order:
            watches[index].__exit__()
        peaks = [round(w.peak / MEGABYTE) for w in watches]
        assert peaks == [5, 3, 3], order


def test_many_watches_at_once_are_all_different() -> None:
    with ExitStack() as stack:
        watches = [stack.enter_context(peakline.watch()) for _ in range(200)]
        data = bytearray(MEGABYTE)
    assert len({id(w) for w in watches}) == 200
    assert all(w.increment >= sum(size_of(data)) for w in watches)


def test_a_watch_that_was_dropped_in_its_block_does_no_harm() -> None:
    for _ in range(100):
        peakline.watch().__enter__()
    with peakline.watch() as w:
        data = bytearray(MEGABYTE)
    assert w.increment == sum(size_of(data))


def test_an_inner_watch_leaves_next_to_nothing_in_the_outer() -> None:
    def work() -> int:
        with peakline.watch() as w:
            pass
        return w.increment

    for _ in range(300):
        work()
    with peakline.watch() as outer:
        for _ in range(1000):
            work()
    assert abs(outer.increment) < 1000
    assert outer.peak < 2000


# MARK: its life


def test_an_exception_passes_and_the_figures_stay() -> None:
    w = peakline.watch()

    def work() -> None:
        with w:
            kept.append(bytearray(MEGABYTE))
            _ = 1 // 0

    kept: list[bytearray] = []
    with pytest.raises(ZeroDivisionError):
        work()
    before = figures(w)
    assert w.increment >= sum(size_of(kept[0]))
    kept.clear()
    assert figures(w) == before


def test_a_watch_that_is_used_again_begins_anew() -> None:
    w = peakline.watch()
    with w:
        data = bytearray(MEGABYTE)
    assert w.increment == sum(size_of(data))
    with w:
        pass
    assert figures(w) == (0,) * 8


def test_a_watch_cannot_be_begun_within_its_own_block() -> None:
    w = peakline.watch()
    with w:
        with pytest.raises(RuntimeError, match="has begun already"), w:
            pass
        data = bytearray(MEGABYTE)
    assert w.increment >= sum(size_of(data))


def test_a_watch_that_never_began_has_no_figures() -> None:
    w = peakline.watch()
    with pytest.raises(RuntimeError, match="no figures yet"):
        _ = w.peak
    assert repr(w) == "<Watch, not begun>"
    assert w.__exit__() is None


def test_a_watch_can_be_made_from_its_class() -> None:
    w = peakline.Watch()
    with w:
        pass
    assert figures(w) == (0,) * 8


def test_a_watch_shows_its_figures() -> None:
    with peakline.watch() as w:
        data = bytearray(3 << 20)
        text = repr(w)
    assert text.startswith("<Watch until now: peak 3.0")
    text = repr(w)
    assert text.startswith("<Watch: peak 3.0")
    assert "MiB, increment 3.00" in text
    assert text.endswith(" allocations>")
    assert data


def test_a_watch_cannot_be_copied() -> None:
    for how in (copy.copy, copy.deepcopy, pickle.dumps):
        with pytest.raises(TypeError, match="cannot be copied"):
            how(peakline.watch())


def test_a_generator_has_in_its_block_what_its_consumer_does() -> None:
    watches = []

    def numbers() -> Iterator[int]:
        with peakline.watch() as w:
            watches.append(w)
            yield 1
            yield 2

    kept = [bytearray(MEGABYTE) for _ in numbers()]
    assert watches[0].increment >= sum(sum(size_of(data)) for data in kept)
    steps = numbers()
    next(steps)
    del steps  # Closed in the middle.
    fixed = watches[1].increment
    kept.append(bytearray(MEGABYTE))
    assert watches[1].increment == fixed


# MARK: threads, tasks, processes


def in_thread(work: Callable[[], None]) -> None:
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


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


def test_a_watch_goes_on_in_a_forked_child_and_in_its_parent() -> None:
    with peakline.watch() as w:
        before = bytearray(MEGABYTE)

        def work() -> str:
            within = bytearray(2 * MEGABYTE)
            w.__exit__()
            return f"{w.increment - sum(size_of(before)) - sum(size_of(within))}"

        said = in_child(work)
        after = bytearray(4 * MEGABYTE)
    assert 0 <= int(said) < 10_000
    assert 0 <= w.increment - sum(size_of(before)) - sum(size_of(after)) < 20_000


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
