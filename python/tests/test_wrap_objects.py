# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Wrapped methods, classes and other callables keep their kind."""

from __future__ import annotations

import asyncio
import functools
import types
import warnings
from typing import Any

import pytest
from wrap_log import Log, Thing

from peakline._wrap import codes_of, wrap


@pytest.fixture
def log() -> Log:
    return Log()


def test_a_bound_method_stays_bound(log: Log) -> None:
    class C:
        def m(self, x: int) -> tuple[Any, int]:
            return self, x

    c = C()
    wrapped = wrap(c.m, log.open_call)
    assert isinstance(wrapped, types.MethodType)
    assert wrapped(1) == (c, 1)
    assert log.steps() == 1


@pytest.mark.parametrize("kind", [staticmethod, classmethod])
def test_static_and_class_methods_work_in_either_order(log: Log, kind: Any) -> None:
    def function(*args: Any) -> Any:
        return args[-1]

    class C:
        above = wrap(kind(function), log.open_call)
        below = kind(wrap(function, log.open_call))

    assert isinstance(vars(C)["above"], kind)
    assert [C.above(1), C().above(2), C.below(3), C().below(4)] == [1, 2, 3, 4]
    assert log.steps() == 4
    assert codes_of(vars(C)["above"]) == codes_of(vars(C)["below"]) == [function.__code__]


def test_properties_work_in_either_order(log: Log) -> None:
    def get(self: Any) -> int:
        """Gets."""
        return int(self.value)

    def put(self: Any, value: int) -> None:
        self.value = value

    class C:
        value = 0
        above = wrap(property(get, put), log.open_call)
        below = property(wrap(get, log.open_call), wrap(put, log.open_call))
        other = wrap(property(get, doc="Own."), log.open_call)

    c = C()
    c.above = 1
    assert (c.above, c.below) == (1, 1)
    c.below = 2
    assert (c.above, c.below) == (2, 2)
    assert (C.above.__doc__, C.other.__doc__) == ("Gets.", "Own.")
    assert log.steps() == 6
    assert codes_of(C.above) == [get.__code__, put.__code__]


def test_cached_properties_and_partial_and_dispatching_methods_are_kept(log: Log) -> None:
    class C:
        @functools.partial(wrap, open_call=log.open_call)
        @functools.cached_property
        def cached(self) -> list[int]:
            return [1]

        def add(self, a: int, b: int) -> int:
            return a + b

        inc = wrap(functools.partialmethod(add, 1), log.open_call)

        @functools.singledispatchmethod
        def kind(self, x: object) -> str:
            return "object"

        @kind.register
        def _(self, x: int) -> str:
            return "int"

        kind = wrap(kind, log.open_call)

    c = C()
    assert c.cached is c.cached
    assert log.steps() == 1
    assert c.inc(2) == 3
    assert [c.kind(1), c.kind("")] == ["int", "object"]
    assert log.steps() == 4
    assert len(codes_of(vars(C)["kind"])) == 2


def test_a_class_stays_itself_and_its_own_functions_are_wrapped(log: Log) -> None:
    class Base:
        def inherited(self) -> str:
            return "inherited"

    class C(Base):
        constant = len
        other = Thing

        class Nested:
            def deep(self) -> str:
                return "deep"

        def __init__(self) -> None:
            self.x = 1

        @staticmethod
        def static() -> str:
            return "static"

        @classmethod
        def of(cls) -> C:
            return cls()

        @property
        def p(self) -> int:
            return self.x

        @functools.lru_cache  # noqa: B019
        def cached(self) -> str:
            return "cached"

    assert wrap(C, log.open_call) is C
    c = C.of()
    assert isinstance(c, C)
    assert (c.p, C.static(), c.cached(), C.Nested().deep()) == (1, "static", "cached", "deep")
    assert log.steps() == 6
    assert c.inherited() == "inherited"
    assert log.steps() == 6
    assert C.other is Thing
    wrap(C, log.open_call)
    C.static()
    assert log.steps() == 7


def test_generated_methods_of_a_class_are_left_alone(log: Log) -> None:
    import dataclasses

    @dataclasses.dataclass
    class Point:
        x: int

        def double(self) -> int:
            return self.x * 2

    wrap(Point, log.open_call)
    assert Point(2).double() == 4
    assert log.steps() == 1
    assert len(codes_of(Point)) == 1


def test_a_partial_stays_a_partial(log: Log) -> None:
    def add(a: int, b: int) -> int:
        return a + b

    wrapped = wrap(functools.partial(add, b=2), log.open_call)
    assert isinstance(wrapped, functools.partial)
    assert (wrapped(1), wrapped.keywords) == (3, {"b": 2})
    assert log.steps() == 1
    assert codes_of(wrapped) == [add.__code__]


def test_a_cached_function_keeps_its_cache(log: Log) -> None:
    @functools.cache
    def square(x: int) -> int:
        return x * x

    wrapped = wrap(square, log.open_call)
    assert (wrapped(2), wrapped(2)) == (4, 4)
    assert wrapped.cache_info().hits == 1
    wrapped.cache_clear()
    assert wrapped.cache_info().hits == 0
    assert log.functions[0] is square.__wrapped__
    assert codes_of(wrapped) == codes_of(square) == [square.__wrapped__.__code__]


def test_a_dispatching_function_profiles_its_implementations(log: Log) -> None:
    @functools.singledispatch
    def kind(x: object) -> str:
        return "object"

    @kind.register
    def _(x: int) -> str:
        return "int"

    wrapped = wrap(kind, log.open_call)
    assert [wrapped(1), wrapped("")] == ["int", "object"]
    assert log.steps() == 2
    assert len(codes_of(wrapped)) == 2


def test_callable_objects_are_profiled_through_their_class(log: Log) -> None:
    class Adder:
        """Adds."""

        def __init__(self) -> None:
            self.n = 1

        def __call__(self, x: int) -> int:
            return x + self.n

    class Later:
        async def __call__(self, x: int) -> int:
            return x

    adder = Adder()
    wrapped = wrap(adder, log.open_call)
    assert wrapped(2) == 3
    assert (wrapped.__name__, wrapped.__wrapped__, wrapped.n) == ("Adder", adder, 1)
    assert codes_of(wrapped) == codes_of(adder) == [Adder.__call__.__code__]
    assert asyncio.run(wrap(Later(), log.open_call)(5)) == 5
    assert log.steps() == 2


@pytest.mark.parametrize("target", [len, [].append, str.upper, int, object(), 3, None, "f"])
def test_what_has_no_python_code_is_left_alone_or_refused(log: Log, target: Any) -> None:
    if not callable(target):
        with pytest.raises(TypeError, match="can be called is needed"):
            wrap(target, log.open_call)
        return
    with pytest.warns(UserWarning, match="Profile the") as caught:
        assert wrap(target, log.open_call) is target
    assert caught[0].filename == __file__
    assert codes_of(target) == []


def test_wrapping_twice_records_twice_and_still_finds_the_code(log: Log) -> None:
    def function() -> int:
        return 1

    wrapped = wrap(wrap(function, log.open_call), log.open_call)
    assert wrapped() == 1
    assert log.steps() == 2
    assert codes_of(wrapped) == [function.__code__]


def test_nothing_warns_for_ordinary_targets(log: Log) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        wrap(lambda number: number, log.open_call)(1)
