# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""A profiler made anew for every call of a function, as PySpark makes one for every row.

What one of them was made of is used again for the next, so each must see its own call alone.
"""

from __future__ import annotations

import gc
import os
import signal
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from known_lines import undisturbed
from known_memory import PAGES_PER_MIB, Pages

from memory_profiler import CodeMap, LineProfiler
from peakline import _engine

Lines = dict[int, tuple[float, float, int]]


def takes(mib: int) -> int:
    taken = Pages(mib * PAGES_PER_MIB) if mib else None
    if taken is not None:
        taken.close()
    return mib


def other(number: int) -> int:
    return number


def steps(count: int) -> Iterator[int]:
    for number in range(count):
        taken = Pages(2 * PAGES_PER_MIB)
        taken.close()
        yield number


def lines_of(code_map: CodeMap, function: Callable[..., Any]) -> Lines:
    """The figures, by the line's distance from the function's first."""
    first = function.__code__.co_firstlineno
    return {line - first: figures for line, figures in code_map[function.__code__].items()}


def measured(function: Callable[..., Any], argument: int) -> Lines:
    """One row: a new profiler around one call."""
    profiler = LineProfiler()
    profiler.add_function(function)
    profiler.enable_by_count()
    try:
        function(argument)
    finally:
        profiler.disable_by_count()
    return lines_of(profiler.code_map, function)


def test_each_sees_its_own_call_alone() -> None:
    for row in range(_engine._OFTEN + 10):
        mib = row % 3 * 4
        lines = measured(takes, mib)
        expected = [0, 1, 2, 3, 4] if mib else [0, 1, 2, 4]
        assert list(lines) == expected
        assert [figures[2] for figures in lines.values()] == [1] * len(expected)
        assert lines[1][0] == pytest.approx(mib, abs=0.3)
        assert lines[0][0] == lines[0][1] > 1
        assert max(figures[1] for figures in lines.values()) == pytest.approx(
            lines[0][1] + mib, abs=0.5
        )
    if _engine.start() != "trace":
        assert (id(takes.__code__), 0) in _engine._spares


def test_few_are_not_kept_for_a_watched_function_is_slower() -> None:
    def takes_its_time(_: int) -> None:
        pass

    for row in range(5):
        measured(takes_its_time, row)
    assert (id(takes_its_time.__code__), 0) not in _engine._spares


def test_functions_in_turn_do_not_mix() -> None:
    for row in range(20):
        assert measured(takes, 0)[0][2] == 1
        assert [figures[2] for figures in measured(other, row).values()] == [1, 1]


def test_a_map_that_outlives_its_profiler_keeps_its_figures() -> None:
    maps = []
    for _ in range(5):
        profiler = LineProfiler()
        profiler.add_function(takes)
        with profiler:
            takes(4)
        maps.append(profiler.code_map)
        del profiler
    assert [lines_of(each, takes)[1][2] for each in maps] == [1] * 5
    assert lines_of(maps[0], takes)[1][0] == pytest.approx(4, abs=0.3)


def test_a_code_object_that_was_measured_once_is_watched_no_more() -> None:
    def once() -> int:
        return 1

    profiler = LineProfiler()
    profiler(once)()
    code = once.__code__
    if _engine.start() == "trace":
        pytest.skip("nothing is watched where the plain trace function measures")
    assert _engine.natives().is_watched(id(code))
    del profiler
    gc.collect()
    assert not _engine.natives().is_watched(id(code))


def test_only_a_few_are_kept() -> None:
    for number in range(60):
        namespace: dict[str, Any] = {}
        exec(f"def made(x):\n    return x + {number}\n", namespace)
        for _ in range(3):
            assert measured(namespace["made"], 1)[1][2] == 1
    assert len(_engine._spares) <= _engine._SPARES
    assert len(_engine._dropped) <= _engine._DROPPED


def test_a_function_is_measured_with_what_is_defined_in_it() -> None:
    def around(mib: int) -> int:
        def inner() -> int:
            return takes(mib)

        return inner()

    for _ in range(5):
        lines = measured(around, 4)
        assert [lines[line][2] for line in (0, 1, 2, 4)] == [1] * 4
        assert lines[2][0] == pytest.approx(0, abs=0.3)


def test_what_was_added_to_one_later_is_not_measured_by_the_next() -> None:
    def calls(number: int) -> int:
        return other(number)

    for _ in range(3):
        profiler = LineProfiler()
        profiler(calls)(1)
        profiler(other)(1)
    del profiler
    profiler = LineProfiler()
    profiler(calls)(1)
    assert profiler._session.codes() == [calls.__code__]


def test_one_whose_function_still_runs_is_not_used_again() -> None:
    for _ in range(3):
        measured(takes, 0)
    kept: list[LineProfiler] = []
    found: list[Lines] = []

    def drops() -> None:
        kept[0].disable()
        kept.clear()
        gc.collect()
        found.append(measured(takes, 4))

    for _ in range(4):
        profiler = LineProfiler()
        profiler.add_function(drops)
        kept.append(profiler)
        del profiler
        kept[0].enable()
        drops()
        again = LineProfiler()
        again.add_function(drops)
        assert not again.code_map[drops.__code__]
    assert [lines[1][2] for lines in found] == [1] * 4


def test_one_that_was_dropped_while_it_was_on_is_not_used_again() -> None:
    for _ in range(3):
        measured(other, 1)
    for _ in range(4):
        profiler = LineProfiler()
        profiler.add_function(other)
        profiler.enable()
        other(1)
        del profiler
        other(2)
        assert [figures[2] for figures in measured(other, 1).values()] == [1, 1]


def test_threads_do_not_share_one() -> None:
    wrong: list[Lines] = []

    def rows() -> None:
        for _ in range(200):
            lines = measured(takes, 0)
            if [figures[2] for figures in lines.values()] != [1] * 4:
                wrong.append(lines)

    threads = [threading.Thread(target=rows) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_a_signal_handler_may_make_one_anywhere() -> None:
    wrong: list[Lines] = []
    came = [0]
    inside = [False]

    def row() -> None:
        lines = measured(other, 1)
        if [figures[2] for figures in lines.values()] != [1, 1]:
            wrong.append(lines)

    def handler(*_: object) -> None:
        # On a slow machine it interrupts itself: then the outer call rightly counts the inner one.
        if inside[0]:
            return
        inside[0] = True
        came[0] += 1
        row()
        inside[0] = False

    before = signal.signal(signal.SIGALRM, handler)
    signal.setitimer(signal.ITIMER_REAL, 0.0005, 0.0005)
    try:
        for _ in range(20_000):
            lines = measured(takes, 0)
            if [figures[2] for figures in lines.values()] != [1] * 4:
                wrong.append(lines)
            if came[0] > 50:
                break
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert came[0] > 0
    assert wrong == []


def test_a_forked_child_goes_on_with_those_of_its_parent() -> None:
    for _ in range(3):
        measured(takes, 0)
    pid = os.fork()
    if not pid:
        status = 1
        try:
            signal.alarm(20)
            rows = [measured(takes, 8) for _ in range(3)]
            right = all(abs(lines[1][0] - 8) < 0.3 and lines[1][2] == 1 for lines in rows)
            status = 0 if right else 2
        finally:
            os._exit(status)
    assert os.waitpid(pid, 0)[1] == 0
    assert measured(takes, 4)[1][0] == pytest.approx(4, abs=0.3)


@pytest.mark.parametrize("backend", ["psutil_pss", "psutil_uss", "tracemalloc"])
def test_backends_do_not_mix(backend: str) -> None:
    def check() -> None:
        profiler = LineProfiler(backend=backend)
        profiler.add_function(takes)
        with profiler:
            takes(8)
        lines = lines_of(profiler.code_map, takes)
        # tracemalloc knows nothing of mapped memory.
        mib = 0 if backend == "tracemalloc" else 8
        assert lines[1][0] == pytest.approx(mib, abs=0.5)
        assert measured(takes, 4)[1][0] == pytest.approx(4, abs=0.3)

    for _ in range(3):
        undisturbed(check)


def test_each_step_of_a_generator_by_a_profiler_of_its_own() -> None:
    for _ in range(3):
        generator = steps(4)
        found: list[Lines] = []
        while True:
            profiler = LineProfiler()
            profiler.code_map.add(generator.gi_code)  # type: ignore[attr-defined]
            with profiler:
                value = next(generator, None)
            found.append(lines_of(profiler.code_map, steps))
            if value is None:
                break
        assert len(found) == 5
        assert found[0][0][0] == found[0][0][1] > 1  # what was in use at the call
        assert [step[2][0] for step in found[:4]] == pytest.approx([2] * 4, abs=0.2)
        assert [step[3][0] for step in found[:4]] == pytest.approx([-2] * 4, abs=0.2)
        # Resumed, not called: nothing is charged with what was in use before.
        for step in found[1:]:
            assert 0 not in step
            assert sum(figures[0] for figures in step.values()) == pytest.approx(0, abs=0.3)
