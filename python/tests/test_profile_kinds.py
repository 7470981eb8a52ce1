# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""What `@profile` can stand above: every kind of function, classes, descriptors, other objects."""

from __future__ import annotations

import asyncio
import functools
import inspect
import sys
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from programs import tables_of

from memory_profiler import profile


@pytest.mark.parametrize("decorate", [profile, profile(), lambda f: profile(f, None, 1, "rss")])
def test_every_way_of_decorating_works(decorate: Any) -> None:
    def work() -> int:
        return 3

    decorated = decorate(work)
    assert len(tables_of(lambda: decorated())) == 1


def test_a_function_that_raises_prints_its_table_and_the_exception_passes() -> None:
    @profile
    def fails() -> None:
        raise KeyError("told")

    def action() -> None:
        with pytest.raises(KeyError, match="told"):
            fails()

    (table,) = tables_of(action)
    assert table.row("raise").occurrences == 1


# ---- Kinds


def test_a_generator_prints_when_it_ends() -> None:
    @profile
    def steps() -> Iterator[int]:
        for number in range(3):
            yield number * 2

    assert inspect.isgeneratorfunction(steps)
    (table,) = tables_of(lambda: list(steps()))
    assert [row.occurrences for row in table.rows.values()] == [1, 4, 3]

    def abandon() -> None:
        generator = steps()
        next(generator)
        generator.close()

    (table,) = tables_of(abandon)
    assert table.row("yield").occurrences == 1


def test_a_coroutine_prints_when_it_ends_and_is_still_one() -> None:
    @profile
    async def work() -> int:
        await asyncio.sleep(0)
        return 3

    assert inspect.iscoroutinefunction(work)

    async def together() -> list[int]:
        return await asyncio.gather(work(), asyncio.create_task(work()))

    results: list[int] = []
    found = tables_of(lambda: results.extend(asyncio.run(together())))
    assert results == [3, 3]
    assert [table.row("await").occurrences for table in found] == [1, 1]
    assert sys.gettrace() is None or "peakline" not in repr(sys.gettrace())


def test_an_asynchronous_generator_prints_when_it_ends() -> None:
    @profile
    async def steps() -> AsyncIterator[int]:
        for number in range(3):
            yield number

    assert inspect.isasyncgenfunction(steps)

    async def consume() -> None:
        assert [number async for number in steps()] == [0, 1, 2]

    (table,) = tables_of(lambda: asyncio.run(consume()))
    assert table.row("yield").occurrences == 3


@profile
class Kind:
    """A class."""

    def method(self) -> str:
        return "method"

    @staticmethod
    def static() -> str:
        return "static"

    @classmethod
    def of_class(cls) -> str:
        return "class"

    @property
    def attribute(self) -> str:
        return "property"


class Each:
    @profile
    @staticmethod
    def outer_static() -> int:
        return 1

    @staticmethod
    @profile
    def inner_static() -> int:
        return 2

    @profile
    @classmethod
    def outer_class(cls) -> type:
        return cls

    @classmethod
    @profile
    def inner_class(cls) -> type:
        return cls

    @profile
    @property
    def outer_property(self) -> int:
        return 3

    @property
    @profile
    def inner_property(self) -> int:
        return 4


def test_a_class_stays_a_class_and_its_methods_print() -> None:
    assert isinstance(Kind, type)
    assert Kind.__doc__ == "A class."
    assert Kind.method.__qualname__ == "Kind.method"
    thing = Kind()
    results: list[str] = []
    found = tables_of(
        lambda: results.extend([thing.method(), thing.static(), Kind.of_class(), thing.attribute])
    )
    assert results == ["method", "static", "class", "property"]
    assert len(found) == 4


def test_descriptors_may_stand_below_the_decorator_or_above_it() -> None:
    each = Each()
    results: list[Any] = []

    def action() -> None:
        results.extend([each.outer_static(), Each.inner_static()])
        results.extend([Each.outer_class(), each.inner_class()])
        results.extend([each.outer_property, each.inner_property])

    assert len(tables_of(action)) == 6
    assert results == [1, 2, Each, Each, 3, 4]


class Callable_:
    def __call__(self, number: int) -> int:
        return number + 1


def test_partials_bound_methods_and_callable_objects_print() -> None:
    def add(a: int, b: int) -> int:
        return a + b

    for decorated, argument in [
        (profile(functools.partial(add, 1)), 2),
        (profile(Callable_()), 2),
        (profile(Callable_().__call__), 2),
        (profile(lambda number: number + 1), 2),
    ]:
        results: list[int] = []
        assert len(tables_of(lambda d=decorated, a=argument, r=results: r.append(d(a)))) == 1
        assert results == [3]


def test_a_builtin_is_warned_of_and_still_works() -> None:
    with pytest.warns(UserWarning, match="Profile the Python function that calls it") as caught:
        length = profile(len)
    assert caught[0].filename == __file__
    assert length([1, 2]) == 2


@pytest.mark.parametrize("thing", [3, "text", [len]])
def test_what_cannot_be_called_is_refused_at_once(thing: object) -> None:
    with pytest.raises(TypeError, match="that can be called is needed"):
        profile(thing)
