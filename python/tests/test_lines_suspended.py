# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Generators and coroutines: charged while they run, and nothing while they are suspended."""

from __future__ import annotations

import asyncio
import contextlib
import gc
from collections.abc import AsyncIterator, Generator, Iterator
from typing import Any

import pytest
from known_lines import grow, measuring, nearly, reset, shrink, table_of, tables


def steps(count: int) -> Iterator[int]:
    grow(1)  # start
    for number in range(count):  # for
        grow(10)  # grow
        yield number  # yield
    grow(5)  # end


def consumer() -> None:
    total = 0
    for number in steps(3):  # header
        grow(1000)  # body
        total += number
    assert total == 3


def test_a_generator_and_its_consumer_both_show_it() -> None:
    consumed, made = tables(consumer, consumer, steps)
    assert consumed.pages == {"header": 36, "body": 3000}
    assert consumed.times["header"] == 4
    assert made.pages == {"start": 1, "grow": 30, "end": 5}
    assert made.times == {
        "def steps(count: int) -> Iterator[int]:": 1,
        "start": 1,
        "for": 4,
        "grow": 3,
        "yield": 3,
        "end": 1,
    }


def by_hand() -> None:
    one, two = steps(2), steps(2)  # made
    next(one)  # one 1
    next(two)  # two 1
    grow(100)  # between
    next(two)  # two 2
    next(one)  # one 2
    next(two, None)  # two 3
    shrink(50)  # freed
    next(one, None)  # one 3


def test_two_generators_of_one_function_do_not_mix() -> None:
    hand, made = tables(by_hand, by_hand, steps)
    assert hand.pages == {
        "one 1": 11,
        "two 1": 11,
        "between": 100,
        "two 2": 10,
        "one 2": 10,
        "two 3": 5,
        "freed": -50,
        "one 3": 5,
    }
    assert made.pages == {"start": 2, "grow": 40, "end": 10}
    assert made.times["for"] == 6
    assert made.times["yield"] == 4


def guarded() -> Generator[int, Any, str]:
    try:
        grow(1)  # begun
        received = yield 1  # first
        grow(2)  # second
        yield received  # last
        grow(1000)  # never
    except ValueError:
        grow(30)  # handler
        yield 2  # answered
    finally:
        grow(4)  # finally
    return "done"  # return


def throws() -> None:
    generator = guarded()
    next(generator)  # next
    generator.send(5)  # send
    generator.throw(ValueError)  # throw
    with contextlib.suppress(StopIteration):
        next(generator)  # stop


def closes() -> None:
    generator = guarded()
    next(generator)  # next
    generator.close()  # close


def deletes() -> None:
    generator = guarded()
    next(generator)  # next
    del generator  # del


def test_thrown_into() -> None:
    caller, made = tables(throws, throws, guarded)
    assert caller.pages == {"next": 1, "send": 2, "throw": 30, "stop": 4}
    assert made.pages == {"begun": 1, "second": 2, "handler": 30, "finally": 4}
    assert made.times["first"] == made.times["last"] == made.times["answered"] == 1
    assert made.times["return"] == 1


@pytest.mark.parametrize("way", [closes, deletes])
def test_closed_and_deleted(way: Any) -> None:
    caller, made = tables(way, way, guarded)
    assert caller.pages == {"next": 1, "close" if way is closes else "del": 4}
    assert made.pages == {"begun": 1, "finally": 4}
    assert made.times["finally"] == 1


def test_abandoned_generators_leave_nothing_behind() -> None:
    def abandon() -> None:
        for _ in range(300):
            generator = steps(5)
            next(generator)
        kept.append(generator)

    kept: list[Any] = []
    with measuring(steps, consumer) as session:
        abandon()
        gc.collect()
        reset()
        consumer()
        kept.clear()
        consumer()
    table = table_of(session, consumer)
    reset()
    assert table.pages == {"header": 72, "body": 6000}
    made = table_of(session, steps)
    assert made.times["def steps(count: int) -> Iterator[int]:"] == 302
    assert made.pages == {"start": 302, "grow": 300 * 10 + 60, "end": 10}


def complain(count: int) -> None:
    for _ in range(count):
        with contextlib.suppress(LookupError):
            raise_lookup()


def raise_lookup() -> None:
    raise LookupError


def test_a_generator_thrown_into_after_a_thousand_exceptions_elsewhere() -> None:
    with measuring(guarded) as session:
        one, two = guarded(), guarded()
        next(one)
        next(two)
        complain(1000)
        one.throw(ValueError)
        complain(1000)
        two.close()
        one.close()
    table = table_of(session, guarded)
    reset()
    assert table.pages == {"begun": 2, "handler": 30, "finally": 8}
    assert table.times["handler"] == 1


def test_a_generator_begun_in_one_session_and_thrown_into_in_another() -> None:
    with measuring(guarded) as first:
        generator = guarded()
        next(generator)
    complain(1000)
    with measuring(guarded) as second:
        generator.throw(ValueError)
    generator.close()
    assert table_of(first, guarded).pages == {"begun": 1}
    table = table_of(second, guarded)
    assert table.pages == {"handler": 30}
    assert table.times["answered"] == 1
    reset()


def test_a_generator_resumed_under_a_later_session_is_counted_from_there() -> None:
    generator = steps(3)
    next(generator)
    with measuring(steps) as session:
        next(generator)
    list(generator)
    table = table_of(session, steps)
    reset()
    assert table.times == {"for": 1, "grow": 1, "yield": 1}
    assert table.pages == {"grow": 10}


def test_an_unstarted_generator_that_is_thrown_into_or_closed_costs_nothing() -> None:
    def never() -> None:
        guarded().close()
        with pytest.raises(ValueError):  # noqa: PT011
            guarded().throw(ValueError)

    with measuring(guarded) as session:
        never()
        next(guarded())
    table = table_of(session, guarded)
    reset()
    assert table.pages == {"begun": 1, "finally": 4}
    assert table.times["begun"] == 1


def delegating() -> Iterator[int]:
    grow(1)  # own
    yield from steps(3)  # from
    grow(2)  # after


def test_yield_from_charges_the_subtree_only() -> None:
    def run() -> None:
        for _ in delegating():
            grow(100)

    outer, inner = tables(run, delegating, steps)
    assert outer.pages == {"own": 1, "from": 36, "after": 2}
    assert outer.times["from"] == 1
    assert inner.pages == {"start": 1, "grow": 30, "end": 5}


async def sub(pages: int) -> int:
    grow(1)  # begin
    await asyncio.sleep(0)  # sleep
    grow(pages)  # own
    await asyncio.sleep(0)  # again
    return pages


async def task(pages: int) -> None:
    grow(7)  # task
    done = await sub(pages)  # await
    shrink(done)  # freed


async def cancelled() -> None:
    try:
        grow(3)  # grown
        await asyncio.sleep(60)  # long
        grow(1000)  # never
    finally:
        grow(20)  # cleaned


async def main() -> None:
    doomed = asyncio.ensure_future(cancelled())
    await asyncio.gather(task(10), task(1000), task(100))
    doomed.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await doomed


def test_coroutines_interleaved_on_one_loop_each_show_their_own() -> None:
    tasks, subs, doomed = tables(lambda: asyncio.run(main()), task, sub, cancelled)
    assert nearly(tasks.pages, {"task": 21, "await": 1113, "freed": -1110}), tasks.pages
    assert tasks.times["await"] == 3
    assert nearly(subs.pages, {"begin": 3, "own": 1110}), subs.pages
    assert subs.times["sleep"] == subs.times["again"] == 3
    assert nearly(doomed.pages, {"grown": 3, "cleaned": 20}), doomed.pages
    assert doomed.times["long"] == 1


async def produced(count: int) -> AsyncIterator[int]:
    for number in range(count):  # for
        grow(2)  # grow
        await asyncio.sleep(0)  # sleep
        yield number  # yield
    grow(1)  # end


class Entering:
    async def __aenter__(self) -> None:
        grow(50)

    async def __aexit__(self, *_: object) -> None:
        await asyncio.sleep(0)
        shrink(20)


async def uses_async() -> list[int]:
    found = []
    async with Entering():  # with
        async for number in produced(3):  # header
            found.append(number)
            grow(100)  # body
    rest = [number async for number in produced(2)]  # comprehension
    return found + rest


def test_asynchronous_generators_with_and_comprehensions() -> None:
    user, made = tables(lambda: asyncio.run(uses_async()), uses_async, produced)
    assert nearly(user.pages, {"with": 30, "header": 7, "body": 300, "comprehension": 5}), (
        user.pages
    )
    assert user.times["header"] == 4
    assert user.times["with"] == 2
    assert user.times["comprehension"] == 1
    assert nearly(made.pages, {"grow": 10, "end": 2}), made.pages
    assert made.times["yield"] == made.times["sleep"] == 5
