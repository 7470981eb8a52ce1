# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""What memory_profiler's table gets wrong, and through its interface is right."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from known_memory import PAGES_PER_MIB, Pages

from memory_profiler import LineProfiler

Figures = dict[int, tuple[float, float, int]]


def lines_of(function: Callable[..., Any], *others: Callable[..., Any], **options: Any) -> Figures:
    """The figures of a function that is called once, by lines below its `def`.

    The others are measured besides.
    """
    profiler = LineProfiler(**options)
    for each in (function, *others):
        profiler.add_function(each)
    with profiler:
        function()
    code = function.__code__
    return {line - code.co_firstlineno: row for line, row in profiler.code_map[code].items()}


def test_calls_between_measured_functions_add_nothing() -> None:
    def inner() -> int:
        return 1

    def outer() -> int:
        first = inner()
        second = inner()
        return first + second

    for function, others in ((outer, (inner,)), (inner, (outer,))):
        baseline, *increments = [row[0] for row in lines_of(function, *others).values()]
        assert increments == pytest.approx([0] * len(increments), abs=0.1)
    profiler = LineProfiler()
    profiler.add_function(outer)
    profiler.add_function(inner)
    with profiler:
        outer()
    baseline, *increments = [row[0] for row in profiler.code_map[inner.__code__].values()]
    assert baseline == pytest.approx(profiler.code_map[outer.__code__][_first(outer)][1], abs=0.5)
    assert increments == pytest.approx([0], abs=0.1)


def _first(function: Callable[..., Any]) -> int:
    return function.__code__.co_firstlineno


def test_a_generator_that_takes_turns_with_its_consumer_adds_nothing() -> None:
    def numbers() -> Iterator[int]:
        for number in range(4):
            yield 2 * number

    def consumer() -> int:
        total = 0
        for number in numbers():
            total += number
        return total

    increments = [row[0] for row in lines_of(consumer, numbers).values()]
    assert increments[1:] == pytest.approx([0] * 4, abs=0.1)


def test_after_memory_fell_no_pass_of_a_loop_shows_a_loss() -> None:
    def falls() -> int:
        kept = Pages(32 * PAGES_PER_MIB)
        total = 0
        for step in range(4):
            if step == 0:
                kept.close()
            total += 1
        return total

    lines = lines_of(falls)
    assert lines[5][0] == pytest.approx(-32, abs=0.3)
    assert [lines[line][0] for line in (3, 4, 6, 7)] == pytest.approx([0] * 4, abs=0.1)


def test_increments_add_up_over_the_passes_of_a_loop() -> None:
    def passes() -> None:
        for _ in range(5):
            kept = Pages(8 * PAGES_PER_MIB)
            kept.close()

    lines = lines_of(passes)
    assert [lines[2][0], lines[3][0]] == pytest.approx([40, -40], abs=0.5)


def test_usage_is_the_highest_after_the_line() -> None:
    def passes() -> None:
        for size in (2, 16, 4):
            kept = Pages(size * PAGES_PER_MIB)
            kept.close()

    lines = lines_of(passes)
    assert lines[2][1] - lines[0][1] == pytest.approx(16, abs=0.5)


def test_what_happens_between_two_calls_is_on_no_line() -> None:
    def work() -> int:
        return 1

    profiler = LineProfiler()
    wrapped = profiler(work)
    wrapped()
    with Pages(32 * PAGES_PER_MIB):
        wrapped()
    header, body = profiler.code_map[work.__code__].values()
    assert header[0] == pytest.approx(header[1] - 32, abs=0.5)
    assert body[0] == pytest.approx(0, abs=0.1)


def test_a_statement_of_several_lines_is_one_row() -> None:
    def work() -> int:
        found = [
            Pages(8 * PAGES_PER_MIB),
            Pages(4 * PAGES_PER_MIB),
        ]
        for each in found:
            each.close()
        return 1

    lines = lines_of(work)
    assert list(lines) == [0, 1, 5, 6, 7]
    assert lines[1][0] == pytest.approx(12, abs=0.3)
    assert lines[1][2] == 1


def test_occurrences_are_those_of_statements_on_every_version() -> None:
    def work() -> str:
        squares = [number**2 for number in range(99)]
        text = "".join(str(number) for number in range(1000))
        twice = (lambda value: 2 * value)(len(squares))
        if (twice and
                text):  # fmt: skip
            text = ""
        return text

    assert [row[2] for row in lines_of(work).values()] == [1] * 7


def test_recursion_is_counted_once() -> None:
    kept: list[Pages] = []

    def deep(level: int = 3) -> int:
        kept.append(Pages(4 * PAGES_PER_MIB))
        if level:
            return deep(level - 1)
        return 0

    lines = lines_of(deep)
    for each in kept:
        each.close()
    assert [lines[line][2] for line in range(5)] == [4, 4, 4, 3, 1]
    assert lines[1][0] == pytest.approx(16, abs=0.3)
    assert lines[3][0] == pytest.approx(12, abs=0.3)


def test_the_peak_and_the_reuse_that_the_resident_set_hides_are_in_the_heap() -> None:
    def work() -> int:
        first = len(bytearray(16 * 2**20))
        second = bytearray(8 * 2**20)
        third = bytearray(8 * 2**20)
        return first + len(second) + len(third)

    lines = lines_of(work, backend="heap")
    assert [lines[line][0] for line in (1, 2, 3)] == pytest.approx([0, 8, 8], abs=0.1)


def test_the_heap_of_other_threads_is_not_the_lines_own() -> None:
    go, done = threading.Event(), threading.Event()
    kept = []

    def other() -> None:
        go.wait()
        kept.append(bytearray(16 * 2**20))
        done.set()

    def work() -> None:
        go.set()
        done.wait()

    thread = threading.Thread(target=other)
    thread.start()
    lines = lines_of(work, backend="heap")
    thread.join()
    assert [lines[1][0], lines[2][0]] == pytest.approx([0, 0], abs=0.1)


def test_it_may_be_disabled_before_it_was_enabled() -> None:
    profiler = LineProfiler()
    profiler.disable()
    profiler.disable_by_count()
    assert (profiler.enable_count, sys.gettrace()) == (0, None)


def test_profilers_that_end_in_another_order_leave_no_trace_function() -> None:
    def work() -> int:
        return 1

    one, two = LineProfiler(), LineProfiler()
    for profiler in (one, two):
        profiler.add_function(work)
        profiler.enable_by_count()
    one.disable_by_count()
    two.disable_by_count()
    assert sys.gettrace() is None
