# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Wrapping keeps the kind, the behaviour and the memory of what is wrapped."""

from __future__ import annotations

import asyncio
import contextlib
import copy
import functools
import gc
import inspect
import pickle
import sys
import types
import warnings
import weakref
from typing import Any

import pytest

from peakline._wrap import codes_of, wrap


class Log:
    """Stands for the engine: notes what it is told, in order."""

    def __init__(self) -> None:
        self.events: list[str] = []
        self.functions: list[Any] = []

    def open_call(self, function: Any) -> Log:
        self.functions.append(function)
        self.events.append("open")
        return self

    def begin(self) -> None:
        self.events.append("begin")

    def end(self) -> None:
        self.events.append("end")

    def finish(self) -> None:
        self.events.append("finish")

    def steps(self) -> int:
        """The number of steps; each must have ended, and each call have been finished once."""
        assert self.events.count("begin") == self.events.count("end")
        assert self.events.count("open") == self.events.count("finish")
        assert self.events[-1:] == ["finish"]
        return self.events.count("begin")


@pytest.fixture
def log() -> Log:
    return Log()


class Thing:
    """Something that can be watched as it dies."""


def module_level(x: int, *, y: int = 2) -> int:
    """Adds."""
    return x + y


pickled = wrap(module_level, Log().open_call)
original, module_level = module_level, pickled


# MARK: Functions


def test_a_function_keeps_its_name_signature_and_attributes(log: Log) -> None:
    def function(a: int, b: int = 1, *c: int, d: int) -> int:
        """Doc."""
        return a + b + sum(c) + d

    function.extra = 5  # type: ignore[attr-defined]
    wrapped = wrap(function, log.open_call)
    assert wrapped(1, 2, 3, d=4) == 10
    assert log.events == ["open", "begin", "end", "finish"]
    assert log.functions == [function]
    assert (wrapped.__name__, wrapped.__doc__, wrapped.extra) == ("function", "Doc.", 5)
    assert wrapped.__qualname__ == function.__qualname__
    assert wrapped.__wrapped__ is function
    assert inspect.signature(wrapped) == inspect.signature(function)
    assert codes_of(wrapped) == codes_of(function) == [function.__code__]


def test_a_wrapper_at_module_level_can_be_pickled_and_copied() -> None:
    assert pickle.loads(pickle.dumps(pickled)) is pickled
    assert copy.deepcopy(pickled) is pickled
    assert pickled(1) == 3


def test_any_keyword_reaches_the_function(log: Log) -> None:
    wrapped = wrap(lambda **k: k, log.open_call)
    names = {"self": 1, "target": 2, "args": 3, "kwargs": 4, "function": 5, "recording": 6}
    assert wrapped(**names) == names


def test_an_exception_passes_as_the_same_object_and_leaves_nothing_behind(log: Log) -> None:
    error = StopIteration("mine")

    def function(thing: Thing) -> None:
        raise error

    wrapped = wrap(function, log.open_call)
    thing = Thing()
    gone = weakref.ref(thing)
    with pytest.raises(StopIteration) as caught:
        wrapped(thing)
    assert caught.value is error
    assert log.steps() == 1
    gc.disable()
    try:
        error.__traceback__ = None
        del caught, thing
        assert gone() is None
    finally:
        gc.enable()


def test_wrong_arguments_are_the_function_s_own_error(log: Log) -> None:
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'x'"):
        wrap(lambda x: x, log.open_call)()
    assert log.steps() == 1


@pytest.mark.skipif(sys.version_info < (3, 12), reason="the caller holds the arguments there")
def test_what_a_function_drops_is_freed_while_it_runs(log: Log) -> None:
    def function(thing: Any, other: Any = None) -> bool:
        gone = weakref.ref(thing or other)
        del thing, other
        return gone() is None

    wrapped = wrap(function, log.open_call)
    # No call stands in an assert, which would hold the argument.
    freed = [function(Thing()), wrapped(Thing()), wrapped(None, other=Thing())]
    assert freed == [True, True, True]


# MARK: Generators


def test_a_generator_function_stays_one(log: Log) -> None:
    def numbers(n: int) -> Any:
        got = []
        for i in range(n):
            got.append((yield i))
        return got

    wrapped = wrap(numbers, log.open_call)
    assert inspect.isgeneratorfunction(wrapped)
    generator = wrapped(3)
    assert log.events == []
    assert [next(generator), generator.send("a"), generator.send("b")] == [0, 1, 2]
    assert log.events == ["open"] + ["begin", "end"] * 3
    with pytest.raises(StopIteration) as stop:
        generator.send("c")
    assert stop.value.value == ["a", "b", "c"]
    assert log.steps() == 4
    assert generator.__name__ == "numbers"


def test_exceptions_thrown_into_a_generator_arrive_and_return(log: Log) -> None:
    def talk() -> Any:
        try:
            yield 1
        except ValueError as error:
            yield error
        raise KeyError("out")

    generator = wrap(talk, log.open_call)()
    error = ValueError()
    assert next(generator) == 1
    assert generator.throw(error) is error
    with pytest.raises(KeyError, match="out"):
        next(generator)
    assert log.steps() == 3


def test_closing_a_generator_is_what_it_was(log: Log) -> None:
    def polite() -> Any:
        try:
            yield 1
        except GeneratorExit:
            return "bye"

    def stubborn() -> Any:
        try:
            yield 1
        except GeneratorExit:
            yield 2

    for function in (polite, stubborn):
        results = []
        for each in (function, wrap(function, log.open_call)):
            generator = each()
            next(generator)
            try:
                results.append(repr(generator.close()))
            except RuntimeError as error:
                results.append(str(error))
            thrown = each()
            next(thrown)
            try:
                results.append(thrown.throw(GeneratorExit()))
            except StopIteration as stop:
                results.append(stop.value)
            thrown.close() if function is polite else next(thrown, None)
            del thrown, generator
        assert results[:2] == results[2:]
    gc.collect()
    assert log.steps() >= 8


def test_an_abandoned_generator_is_finished_and_runs_its_finally(log: Log) -> None:
    done = []

    def numbers() -> Any:
        try:
            yield 1
        finally:
            done.append(len(log.events))

    generator = wrap(numbers, log.open_call)()
    next(generator)
    del generator
    gc.collect()
    assert log.events == ["open", "begin", "end", "begin", "end", "finish"]
    assert done == [4]


def test_a_generator_that_never_starts_opens_no_call(log: Log) -> None:
    def numbers() -> Any:
        yield 1

    wrap(numbers, log.open_call)().close()
    assert log.events == []


def test_stop_iteration_inside_a_generator_is_still_a_runtime_error(log: Log) -> None:
    def wrong() -> Any:
        raise StopIteration
        yield

    with pytest.raises(RuntimeError, match="generator raised StopIteration"):
        next(wrap(wrong, log.open_call)())
    assert log.steps() == 1


def test_a_suspended_generator_holds_neither_arguments_nor_what_it_yielded_or_was_sent(
    log: Log,
) -> None:
    def exchange(thing: Any) -> Any:
        del thing
        got = yield Thing()
        del got
        yield None

    argument, sent = Thing(), Thing()
    generator = wrap(exchange, log.open_call)(argument)
    yielded = next(generator)
    gone = [weakref.ref(argument), weakref.ref(yielded)]
    del argument, yielded
    assert [ref() for ref in gone] == [None, None]
    gone = [weakref.ref(sent)]
    generator.send(sent)
    del sent
    assert gone[0]() is None

    class Failure(Exception):
        pass

    error = Failure()
    gone = [weakref.ref(error)]
    gc.disable()
    try:
        with contextlib.suppress(Failure):
            generator.throw(error)
        del error
        assert gone[0]() is None
    finally:
        gc.enable()


def test_yield_from_goes_through_a_wrapped_generator(log: Log) -> None:
    def inner() -> Any:
        return (yield 1) + (yield 2)

    wrapped = wrap(inner, log.open_call)

    def outer() -> Any:
        return (yield from wrapped()) * 2

    generator = outer()
    assert [next(generator), generator.send(10)] == [1, 2]
    with pytest.raises(StopIteration) as stop:
        generator.send(5)
    assert stop.value.value == 30


# MARK: Coroutines


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


# MARK: Asynchronous generators


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


# MARK: Methods and classes


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


# MARK: Other callables


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
        wrap(original, log.open_call)(1)
