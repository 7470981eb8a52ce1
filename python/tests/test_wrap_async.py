# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Wrapped coroutines and asynchronous generators stay what they are."""

from __future__ import annotations

import asyncio
import gc
import inspect
import types
from typing import Any

import pytest
from wrap_log import Log

from peakline._wrap import wrap


@pytest.fixture
def log() -> Log:
    return Log()


def test_a_coroutine_function_stays_one_and_runs_as_a_task(log: Log) -> None:
    async def add(a: int, b: int) -> int:
        await asyncio.sleep(0)
        return a + b

    wrapped = wrap(add, log.open_call)
    assert inspect.iscoroutinefunction(wrapped)
    assert asyncio.run(wrapped(1, 2)) == 3

    async def main() -> list[int]:
        task = asyncio.create_task(wrapped(3, 4))
        return [*await asyncio.gather(wrapped(1, 1), wrapped(2, 2)), await task]

    assert asyncio.run(main()) == [2, 4, 7]
    assert log.steps() == 8


def test_a_recording_is_off_while_a_coroutine_waits(log: Log) -> None:
    seen = []

    async def wait() -> None:
        await asyncio.sleep(0)
        await asyncio.sleep(0)

    async def other() -> None:
        for _ in range(3):
            seen.append(log.events.count("begin") - log.events.count("end"))
            await asyncio.sleep(0)

    async def main() -> None:
        await asyncio.gather(wrap(wait, log.open_call)(), other())

    asyncio.run(main())
    assert seen == [0, 0, 0]
    assert log.steps() == 3


def test_a_cancelled_coroutine_is_cancelled_and_finished(log: Log) -> None:
    cleaned = []

    async def wait() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            await asyncio.sleep(0)
            cleaned.append(True)

    async def main() -> None:
        task = asyncio.create_task(wrap(wait, log.open_call)())
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert task.cancelled()

    asyncio.run(main())
    assert cleaned == [True]
    assert log.steps() == 3


def test_exceptions_of_a_coroutine_are_the_same_objects(log: Log) -> None:
    error = KeyError("x")

    async def fail() -> None:
        raise error

    with pytest.raises(KeyError) as caught:
        asyncio.run(wrap(fail, log.open_call)())
    assert caught.value is error
    assert log.steps() == 1


def test_an_abandoned_coroutine_is_finished(log: Log) -> None:
    @types.coroutine
    def pause() -> Any:
        yield

    async def wait() -> None:
        await pause()

    coroutine = wrap(wait, log.open_call)()
    coroutine.send(None)
    del coroutine
    gc.collect()
    assert log.steps() == 2


def test_a_generator_based_coroutine_can_still_be_awaited(log: Log) -> None:
    @types.coroutine
    def pause(value: int) -> Any:
        yield
        return value

    wrapped = wrap(pause, log.open_call)

    async def main() -> int:
        return int(await wrapped(5))

    assert asyncio.run(main()) == 5
    assert inspect.isawaitable(wrapped(1))
    assert log.steps() == 2


def test_an_asynchronous_generator_stays_one(log: Log) -> None:
    async def talk(n: int) -> Any:
        got = []
        try:
            for i in range(n):
                await asyncio.sleep(0)
                got.append((yield i))
        except ValueError as error:
            yield error
        finally:
            await asyncio.sleep(0)
            got.append("closed")
            closed.append(got)

    closed: list[Any] = []
    wrapped = wrap(talk, log.open_call)
    assert inspect.isasyncgenfunction(wrapped)

    async def main() -> None:
        assert [i async for i in wrapped(3)] == [0, 1, 2]
        generator = wrapped(5)
        assert await generator.asend(None) == 0
        assert await generator.asend("a") == 1
        error = ValueError()
        assert await generator.athrow(error) is error
        await generator.aclose()
        with pytest.raises(StopAsyncIteration):
            await generator.asend(None)
        await wrapped(1).aclose()

    asyncio.run(main())
    assert closed == [[None] * 3 + ["closed"], ["a", "closed"]]
    # Three items and the end, each with a pause before; then two, a throw, and a close with a pause
    # in it.
    assert log.steps() == (2 + 2 + 2 + 2) + (2 + 2 + 1 + 2)


def test_the_event_loop_closes_an_abandoned_asynchronous_generator_once(log: Log) -> None:
    closed: list[str] = []
    problems: list[Any] = []

    async def numbers() -> Any:
        try:
            yield 1
            yield 2
        finally:
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            closed.append("closed")

    kept = []

    async def main() -> None:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _, context: problems.append(context))
        generator = wrap(numbers, log.open_call)()
        kept.append(generator)
        assert await generator.asend(None) == 1

    asyncio.run(main())
    assert (closed, problems) == (["closed"], [])
    assert log.steps() == 4
