# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""The functions that stand around a profiled function, one per kind, each of that kind itself.

A wrapper must not change what it measures: it lets go of the arguments, of what is sent and of what
is yielded as soon as the function itself would, leaves nothing of its own on a suspended frame, and
makes no cycle through an exception's traceback. `begin()` comes right before the user's code and
`end()` right after it, at every step.

`target` is what is called, `function` the Python function that runs then (they differ for a cached
function, say).
"""

from __future__ import annotations

import functools
import sys
import types

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Protocol

    class Recording(Protocol):
        """One call of a function."""

        def begin(self) -> object:
            """The user's code runs from here on."""

        def end(self) -> object:
            """It has stopped, for now or for good."""

        def finish(self) -> object:
            """The call is over: returned, raised, closed or abandoned; comes once, last."""

    OpenCall = Callable[[Any], Recording]

GENERATOR, COROUTINE, ITERABLE_COROUTINE, ASYNC_GENERATOR = 0x20, 0x80, 0x100, 0x200
"""The flags of code objects that tell the kind of a function."""


def around(
    target: Callable[..., Any], function: types.FunctionType, open_call: OpenCall
) -> types.FunctionType:
    """A function of the kind of `function` that records each call of `target`."""
    flags = function.__code__.co_flags
    make = _around_function
    if flags & ASYNC_GENERATOR:
        make = _around_async_generator
    elif flags & COROUTINE:
        make = _around_coroutine
    elif flags & GENERATOR:
        make = _around_generator
    wrapper = make(target, function, open_call)
    if flags & ITERABLE_COROUTINE and flags & GENERATOR:
        types.coroutine(wrapper)
    functools.update_wrapper(wrapper, target)
    if TYPE_CHECKING:
        assert isinstance(wrapper, types.FunctionType)
    return wrapper


def is_wrapper(function: object) -> bool:
    """Whether `function` is one of ours (`__wrapped__` is what it stands for)."""
    if not isinstance(function, types.FunctionType) or not hasattr(function, "__wrapped__"):
        return False
    code = function.__code__
    return code.co_name == "wrapper" and code.co_filename == around.__code__.co_filename


def _around_function(
    target: Callable[..., Any], function: types.FunctionType, open_call: OpenCall
) -> Callable[..., Any]:
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        recording = open_call(function)
        recording.begin()
        try:
            # Names let go before the call: where CPython hands the arguments over, the function
            # alone holds them, and what it drops is freed while it runs.
            return target(
                *(args, args := None)[0],  # type: ignore[assignment]
                **(kwargs, kwargs := None)[0],  # type: ignore[assignment]
            )
        finally:
            recording.end()
            recording.finish()

    return wrapper


def _around_generator(
    target: Callable[..., Any], function: types.FunctionType, open_call: OpenCall
) -> Callable[..., Any]:
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        generator = target(*args, **kwargs)
        del args, kwargs
        recording = open_call(function)
        begin, end = recording.begin, recording.end
        transit: list[Any] = [None]  # What goes in or out next; never kept while either side runs.
        resume = generator.send
        try:
            while True:
                begin()
                try:
                    transit.append(resume(transit.pop()))
                except StopIteration as stop:
                    return stop.value
                finally:
                    end()
                try:
                    transit.append((yield transit.pop()))
                    resume = generator.send
                except BaseException as error:
                    # GeneratorExit too: a generator may answer it, and close() looks at the answer.
                    transit.append(error)
                    resume = generator.throw
        finally:
            recording.finish()

    return wrapper


def _around_coroutine(
    target: Callable[..., Any], function: types.FunctionType, open_call: OpenCall
) -> Callable[..., Any]:
    async def wrapper(*args: Any, **kwargs: Any) -> Any:
        coroutine = target(*args, **kwargs)
        del args, kwargs
        recording = open_call(function)
        try:
            return await _steps(coroutine, recording)
        finally:
            recording.finish()

    return wrapper


def _around_async_generator(
    target: Callable[..., Any], function: types.FunctionType, open_call: OpenCall
) -> Callable[..., Any]:
    async def wrapper(*args: Any, **kwargs: Any) -> Any:
        generator = target(*args, **kwargs)
        del args, kwargs
        recording = open_call(function)
        transit: list[Any] = [_first_step(generator)]
        try:
            while True:
                try:
                    transit.append(await _steps(transit.pop(), recording))
                except StopAsyncIteration:
                    return
                try:
                    transit.append((yield transit.pop()))
                    transit.append(generator.asend(transit.pop()))
                except BaseException as error:
                    transit.append(generator.athrow(error))
        finally:
            recording.finish()

    return wrapper


def _first_step(generator: Any) -> Any:
    """The first step of an asynchronous generator, hidden from the event loop.

    The loop closes the generators it knows when it ends, all at once. It knows the wrapper, which
    closes this one.
    """
    hooks = sys.get_asyncgen_hooks()
    sys.set_asyncgen_hooks(None, None)
    try:
        return generator.asend(None)
    finally:
        sys.set_asyncgen_hooks(*hooks)


@types.coroutine
def _steps(awaitable: Any, recording: Recording) -> Any:
    """Awaits, with the recording on only while the awaited code runs."""
    begin, end = recording.begin, recording.end
    transit: list[Any] = [None]
    resume = awaitable.send
    while True:
        begin()
        try:
            transit.append(resume(transit.pop()))
        except StopIteration as stop:
            return stop.value
        finally:
            end()
        try:
            transit.append((yield transit.pop()))
            resume = awaitable.send
        except BaseException as error:
            transit.append(error)
            resume = awaitable.throw
