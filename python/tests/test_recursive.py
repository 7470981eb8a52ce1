# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Whether a function called itself: told from what ran, whichever driver delivers the events."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from known_lines import measuring

from peakline import _drivers, _engine, _results


@pytest.fixture(autouse=True, params=["native", "plain"])
def driver(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The driver of this interpreter, or the plain trace function."""
    _engine.start()
    if request.param == "plain":
        plain, why = _drivers.plain(_drivers.Unsupported("a test wants it"))
        monkeypatch.setattr(_engine, "_driver", plain)
        monkeypatch.setattr(_engine, "_why_slow", why)


def recursive(run: Callable[[], Any], *functions: Any, all_threads: bool = False) -> list[bool]:
    """Whether each function called itself while `run()` ran."""
    with measuring(*functions, all_threads=all_threads) as session:
        run()
    found = [session.measured(function.__code__).recursive for function in functions]
    session.close()
    return found


def down(depth: int) -> int:
    if not depth:
        return 0
    return down(depth - 1) + 1


@pytest.mark.parametrize("depth", [1, 2, 500])
def test_a_function_that_calls_itself(depth: int) -> None:
    assert recursive(lambda: down(depth), down) == [True]


def test_a_function_that_could_call_itself_but_does_not() -> None:
    assert recursive(lambda: [down(0) for _ in range(9)], down) == [False]


def even(number: int) -> bool:
    return not number or odd(number - 1)


def odd(number: int) -> bool:
    return bool(number) and even(number - 1)


def test_functions_that_call_each_other() -> None:
    assert recursive(lambda: even(1), even, odd) == [False, False]
    assert recursive(lambda: even(2), even, odd) == [True, False]
    assert recursive(lambda: even(3), even, odd) == [True, True]


def test_by_way_of_a_function_that_is_not_measured() -> None:
    assert recursive(lambda: even(2), even) == [True]


def test_by_way_of_c_code() -> None:
    def sort(items: list[Any]) -> list[Any]:
        return sorted(items, key=lambda item: sort(item) if isinstance(item, list) else [])

    assert recursive(lambda: sort([1, 2]), sort) == [False]
    assert recursive(lambda: sort([[2], [1]]), sort) == [True]


class Leaf:
    def size(self) -> int:
        return 1


class Branch:
    def __init__(self, *children: Any) -> None:
        self.children = children

    def size(self) -> int:
        return sum(child.size() for child in self.children)


def test_a_method_of_the_same_name_is_another_function() -> None:
    assert recursive(Branch(Leaf(), Leaf()).size, Branch.size, Leaf.size) == [False, False]
    deep = Branch(Branch(Leaf()), Leaf())
    assert recursive(deep.size, Branch.size, Leaf.size) == [True, False]


def leaves(tree: Any) -> Iterator[int]:
    for part in tree:
        if isinstance(part, int):
            yield part
        else:
            yield from leaves(part)


def test_a_generator_that_is_its_own_consumer() -> None:
    assert recursive(lambda: list(leaves([1, 2])), leaves) == [False]
    assert recursive(lambda: list(leaves([1, [2, [3]], 4])), leaves) == [True]


def test_generators_of_one_function_that_take_turns() -> None:
    def turns() -> list[tuple[int, int]]:
        return list(zip(leaves([1, 2]), leaves([3, 4]), strict=True))

    assert recursive(turns, leaves) == [False]


def test_threads_that_run_one_function_at_once() -> None:
    meeting = threading.Barrier(2)

    def together() -> None:
        meeting.wait(30)

    def run() -> None:
        threads = [threading.Thread(target=together) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert recursive(run, together, all_threads=True) == [False]


def test_a_call_that_began_before_the_session_does_not_count() -> None:
    found = []

    def early(depth: int) -> None:
        if depth:
            found.extend(recursive(lambda: early(depth - 1), early))

    early(1)
    assert found == [False]


def test_an_exception_that_leaves_the_function_leaves_nothing_behind() -> None:
    def fail() -> None:
        raise ValueError("no")

    def run() -> None:
        for _ in range(3):
            with pytest.raises(ValueError, match="no"):
                fail()

    assert recursive(run, fail) == [False]


def test_the_result_and_its_table_say_it() -> None:
    result = _results.lines(down, 2)
    assert result.functions[0].recursive is True
    assert "It calls itself" in result.to_table()
    once = _results.lines(down, 0)
    assert once.functions[0].recursive is False
    assert "It calls itself" not in once.to_table()
