# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""`peakline.watch()`: the figures of a block, against sizes that are known."""

from __future__ import annotations

import copy
import pickle
import random
import sys
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from watching import MEGABYTE, figures, size_of

import peakline

pytestmark = pytest.mark.usefixtures("no_collection")

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
