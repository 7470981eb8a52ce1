# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Each frame's memory is on its own lines, however frames call, raise and recurse.

Generators, coroutines and threads are in test_lines_suspended.py and test_lines_threads.py.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from known_lines import grow, measuring, reset, shrink, table_of, tables


def recursive(depth: int) -> None:
    grow(1)  # own
    if depth:
        recursive(depth - 1)  # deeper
    shrink(1)  # back
    grow(2)  # left


def test_recursion_is_counted_once() -> None:
    table = tables(lambda: recursive(4), recursive)
    assert table.pages == {"own": 5, "deeper": 8, "back": -5, "left": 10}
    assert table.times["deeper"] == 4
    assert table.times["def recursive(depth: int) -> None:"] == 5


def test_recursion_through_one_line_shows_what_the_whole_tree_cost() -> None:
    def tree(depth: int) -> None:
        grow(1) if not depth else [tree(depth - 1) for _ in range(2)]  # all

    assert tables(lambda: tree(5), tree).pages == {"all": 32}


def ping(depth: int) -> None:
    grow(1)  # ping own
    if depth:
        pong(depth - 1)  # to pong


def pong(depth: int) -> None:
    grow(10)  # pong own
    if depth:
        ping(depth - 1)  # to ping


def test_mutual_recursion_of_two_measured_functions() -> None:
    first, second = tables(lambda: ping(5), ping, pong)
    assert first.pages == {"ping own": 3, "to pong": 32}
    assert second.pages == {"pong own": 30, "to ping": 22}


def test_a_function_measured_at_its_second_level_only_counts_what_it_saw() -> None:
    # The outer activation began before the session: none of its lines count.
    def early() -> None:
        grow(1)  # before
        with measuring(early) as session:
            grow(10)  # unseen
            nested(session)
        grow(100)  # after

    def nested(session: Any) -> None:
        if not kept:
            kept.append(session)
            early_again()

    def early_again() -> None:
        grow(5)

    kept: list[Any] = []
    early()
    assert table_of(kept[0], early).rows == {}
    reset()


def failing() -> None:
    grow(3)  # taken
    raise_after(5)  # raising
    grow(1000)  # never


def raise_after(pages: int) -> None:
    grow(pages)  # before
    raise ValueError(pages)  # raise


def passing_on() -> None:
    try:
        grow(1)  # tried
        failing()  # failing call
    finally:
        grow(20)  # finally


def catching() -> None:
    try:
        passing_on()  # call
    except KeyError:
        grow(1000)  # wrong handler
    except ValueError:
        grow(100)  # handler
    else:
        grow(1000)  # else
    grow(2)  # after


def test_an_exception_is_charged_to_every_line_it_passes_through() -> None:
    found = tables(catching, catching, passing_on, failing, raise_after)
    assert [table.pages for table in found] == [
        {"call": 29, "handler": 100, "after": 2},
        {"tried": 1, "failing call": 8, "finally": 20},
        {"taken": 3, "raising": 5},
        {"before": 5},
    ]
    assert found[0].times == {
        "def catching() -> None:": 1,
        "try:": 1,
        "call": 1,
        "except KeyError:": 1,
        "except ValueError:": 1,
        "handler": 1,
        "after": 1,
    }
    assert found[1].times["finally"] == 1
    assert "never" not in found[2].rows


def test_the_very_first_call_may_raise() -> None:
    def fresh() -> None:
        grow(4)  # kept
        raise LookupError

    def caller() -> None:
        with contextlib.suppress(LookupError):  # with
            fresh()  # call
        grow(1)  # after

    with measuring(fresh, caller) as session:
        caller()
    assert table_of(session, fresh).pages == {"kept": 4}
    table = table_of(session, caller)
    assert table.rows["after"].increment == 4096
    assert table.rows["call"].increment + table.rows["with"].increment >= 4 * 4096
    reset()


@contextlib.contextmanager
def holding(pages: int) -> Iterator[int]:
    grow(pages)
    try:
        yield pages
    finally:
        shrink(pages - 1)


def uses_with() -> int:
    with holding(10) as a, holding(20) as b:  # with
        grow(a + b)  # body
    try:
        return grow(1)  # return
    finally:
        grow(3)  # finally


def test_with_and_finally() -> None:
    table = tables(uses_with, uses_with)
    assert table.pages == {"with": 2, "body": 30, "return": 1, "finally": 3}
    assert table.times["with"] == 2
    assert table.times["finally"] == 1


# fmt: off
def comprehends() -> int:
    kept = [grow(2) for _ in range(50)]  # list
    table = {number: grow(1) for number in range(10)}  # dict
    total = sum(1 for _ in range(100) if grow(1) is None)  # generator
    nested = [
        [grow(1) for _ in range(3)]
        for _ in range(4)
    ]
    return len(kept) + len(table) + total + len(nested)  # end
# fmt: on


def test_a_comprehension_is_one_occurrence_inlined_or_not() -> None:
    table = tables(comprehends, comprehends)
    assert table.pages == {"list": 100, "dict": 10, "generator": 100, "nested = [": 12}
    assert all(times == 1 for times in table.times.values())


# fmt: off
def multiline() -> dict[str, Any]:
    found = dict(  # noqa: C408 # call
        a=grow(3),
        b=grow(
            5
        ),
    )
    if (
        grow(1) is None
        and grow(1) is None
    ):
        found["c"] = [
            grow(7),
        ]
    for value in (
        grow(1),
        grow(1),
    ):
        found["d"] = value
    return found
# fmt: on


def test_a_statement_of_several_lines_is_one_row() -> None:
    table = tables(multiline, multiline)
    assert table.pages == {
        "noqa: C408 # call": 8,
        "if (": 2,
        'found["c"] = [': 7,
        "for value in (": 2,
    }
    assert table.times == {
        "def multiline() -> dict[str, Any]:": 1,
        "noqa: C408 # call": 1,
        "if (": 1,
        'found["c"] = [': 1,
        "for value in (": 3,
        'found["d"] = value': 2,
        "return found": 1,
    }


def keeping(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def around(*args: Any) -> Any:
        grow(50)
        return function(*args)

    return around


@keeping
@keeping
def decorated(pages: int) -> None:
    grow(pages)  # own


def test_a_decorated_function_shows_its_own_lines_only() -> None:
    code = decorated.__wrapped__.__wrapped__.__code__  # type: ignore[attr-defined]
    table = tables(lambda: decorated(6), code)
    assert table.pages == {"own": 6}
    assert table.times == {"@keeping": 1, "own": 1}


def builds() -> Any:
    class Local:
        grow(4)

        def method(self) -> None:
            grow(1)

    @keeping
    def inside() -> None:
        grow(9)

    made = (lambda: grow(2))()  # lambda
    Local().method()  # method
    inside()  # call
    return made


def test_nested_definitions_are_not_the_functions_own_lines() -> None:
    table = tables(builds, builds)
    assert table.pages == {"class Local:": 4, "lambda": 2, "method": 1, "call": 59}
    assert table.times == {
        "def builds() -> Any:": 1,
        "class Local:": 1,
        "def inside() -> None:": 1,
        "lambda": 1,
        "method": 1,
        "call": 1,
        "return made": 1,
    }


def test_nested_sessions_of_one_function_count_each_for_itself() -> None:
    with measuring(recursive) as first:
        recursive(1)
        with measuring(recursive, ping) as second:
            recursive(2)
            ping(0)
        recursive(0)
        with measuring(recursive) as third:
            recursive(0)
    reset()
    own = [table_of(session, recursive).pages["own"] for session in (first, second, third)]
    assert own == [2 + 3 + 1 + 1, 3, 1]
    assert table_of(second, ping).pages == {"ping own": 1}


def test_a_session_begun_inside_a_running_function_counts_its_calls_not_it() -> None:
    def middle() -> None:
        grow(1)  # before
        with measuring(middle, ping) as session:
            grow(2)  # unseen
            ping(0)  # pinged
            sessions.append(session)

    sessions: list[Any] = []
    middle()
    reset()
    assert table_of(sessions[0], middle).rows == {}
    assert table_of(sessions[0], ping).pages == {"ping own": 1}


def stops(session: Any, again: bool) -> None:
    grow(1)  # counted
    session.end()
    if again:
        stops_again(session)  # call
    grow(100)  # last
    session.begin()


def stops_again(session: Any) -> None:
    session.begin()
    stops(session, False)
    session.end()


@pytest.mark.parametrize("again", [False, True])
def test_a_session_ended_inside_a_running_function_mixes_nothing_up(again: bool) -> None:
    with measuring(stops) as session:
        stops(session, again)
    table = table_of(session, stops)
    reset()
    assert table.times["counted"] == 1 + again
    assert table.pages["counted"] == 1 + again


def silent(session: Any, depth: int) -> None:
    grow(1)  # counted
    if depth:
        session.end()
        silent(session, 0)  # uncounted call
        session.begin()
    grow(10)  # last


def test_a_call_made_while_the_session_is_off_is_not_taken_for_its_caller() -> None:
    with measuring(silent) as session:
        silent(session, 1)
        reset()
        silent(session, 0)
    table = table_of(session, silent)
    reset()
    assert table.times["counted"] == 2
    assert table.pages["counted"] == 2
    assert table.times["last"] == 2
    assert table.pages["last"] == 20
    assert table.times["def silent(session: Any, depth: int) -> None:"] == 2


def inner_job() -> int:
    return 1
