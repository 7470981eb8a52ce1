# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Wrapped functions and generators keep their kind, their behaviour and their memory."""

from __future__ import annotations

import contextlib
import copy
import gc
import inspect
import pickle
import sys
import weakref
from typing import Any

import pytest
from wrap_log import Log, Thing

from peakline._wrap import codes_of, wrap


@pytest.fixture
def log() -> Log:
    return Log()


def module_level(x: int, *, y: int = 2) -> int:
    """Adds."""
    return x + y


pickled = wrap(module_level, Log().open_call)
original, module_level = module_level, pickled


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
