# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""One run of an alternative that is compared, within the process that was made for it.

That process is a fork of the caller's (`forked`) or a new interpreter (`main`). Either way it runs
the alternative once, and writes what was measured, or why nothing was, into a pipe: its memory, or
its time, which is taken where nothing is counted. The imports of an alternative count, so that we
bring as few modules as can be before it runs.
"""

from __future__ import annotations

import os
import sys
from time import perf_counter
from types import AsyncGeneratorType, CoroutineType, GeneratorType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, NoReturn

    Outcome = dict[str, Any]

COMMAND = "import sys; from peakline._trial import main; main(*sys.argv[1:])"
"""What a new interpreter is given to run: `python -c COMMAND PIPE KIND PLACE FUNCTION`.

KIND is MEMORY or TIME.
"""

MEMORY, TIME = "memory", "time"

_LONGEST = 1000
"""Letters of a sentence; all must fit into a pipe that nobody reads yet."""

_RUNS = frozenset({AsyncGeneratorType, CoroutineType, GeneratorType})
_WAITS = 0x80 | 0x200  # CO_COROUTINE | CO_ASYNC_GENERATOR


def forked(function: Callable[[], Any], pipe: int, kind: str, *, is_silent: bool) -> NoReturn:
    """The whole life of a forked child."""
    status = 70
    try:
        _redirect(is_silent)
        _run(function, pipe, kind)
        status = 0
    finally:
        # Not the caller's exit handlers, buffers and threads.
        os._exit(status)


def main(pipe: str, kind: str, place: str, name: str) -> None:
    """The whole life of a new interpreter, but for its end, which is that of any program."""
    os.set_inheritable(int(pipe), False)
    try:
        function = _load(place, name)
    except BaseException as error:
        _send(int(pipe), _failure(error, _print))
    else:
        _run(function, int(pipe), kind)


def _run(function: Callable[[], Any], pipe: int, kind: str) -> None:
    if getattr(getattr(function, "__code__", None), "co_flags", 0) & _WAITS:
        import asyncio  # noqa: F401
    process = os.getpid()
    try:
        outcome = _memory(function) if kind == MEMORY else _time(function)
    except BaseException as error:
        if os.getpid() == process:
            outcome = _failure(error, getattr(function, "_peakline_print_error", _print))
    if os.getpid() != process:
        # A child that the alternative forked has come this far.
        _flush()
        os._exit(0)
    _send(pipe, outcome)


def _memory(function: Callable[[], Any]) -> Outcome:
    from peakline import _heap
    from peakline._stretch import Watch

    try:
        block = Watch()
    except _heap.HeapUnavailable as error:
        return {"unavailable": str(error)}
    with block:
        value = function()
        if type(value) in _RUNS:
            value = _to_its_end(value)
    return {
        "figures": (block.peak, block.increment, block.allocated, block.allocations),
        "has_threads": block.other_threads != 0,
        "caveats": _heap.caveats(),
    }


def _time(function: Callable[[], Any]) -> Outcome:
    heap = sys.modules.get("peakline._heap")
    begin = perf_counter()
    value = function()
    if type(value) in _RUNS:
        value = _to_its_end(value)
    end = perf_counter()
    return {"figures": (end - begin,), "counts": heap is not None and heap.is_on()}


def _to_its_end(value: Any) -> Any:
    """What a generator or coroutine returns; what a generator yields is dropped."""
    if isinstance(value, GeneratorType):
        while True:
            try:
                next(value)
            except StopIteration as stop:
                return stop.value
    import asyncio

    kept: list[Any] = [None]
    asyncio.run(_awaited(value, kept))
    return kept


async def _awaited(value: Any, kept: list[Any]) -> None:
    """Returns nothing: `asyncio.run` of 3.11 and later makes the text of what a task returns."""
    if isinstance(value, AsyncGeneratorType):
        async for _ in value:
            pass
    else:
        kept[0] = await value


# MARK: the function of a new interpreter


def _load(place: str, name: str) -> Callable[[], Any]:
    """Imports a module, or a file as one, as if it were what Python had been started with."""
    is_file = is_path(place)
    sys.argv = [place]
    if not getattr(sys.flags, "safe_path", sys.flags.isolated):
        sys.path[0] = os.path.dirname(os.path.realpath(place)) if is_file else os.getcwd()
    found: Any = _module_of_file(place) if is_file else _module(place)
    for part in name.split("."):
        found = getattr(found, part)
    if not callable(found):
        raise TypeError(f"{name} in {place} cannot be called")
    return found  # type: ignore[no-any-return]


def is_path(place: str) -> bool:
    """Whether this is a file's path, not the name of a module."""
    return place.endswith(".py") or os.sep in place


def _module(name: str) -> Any:
    __import__(name)
    return sys.modules[name]


def _module_of_file(path: str) -> Any:
    from importlib.util import module_from_spec, spec_from_file_location

    name = os.path.basename(path).partition(".")[0]
    spec = spec_from_file_location(name, os.path.abspath(path))
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is no Python file")
    module = module_from_spec(spec)
    # Its classes are found by this name when they are pickled.
    sys.modules.setdefault(name, module)
    spec.loader.exec_module(module)
    return module


# MARK: what goes in and out


def _redirect(is_silent: bool) -> None:
    """The run reads nothing, and prints nothing; it may complain, unless it is silent."""
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    sys.stdin = open(0, closefd=False)  # noqa: SIM115
    sys.stdout = open(1, "w", closefd=False)  # noqa: SIM115
    if is_silent:
        os.dup2(nothing, 2)
        sys.stderr = open(2, "w", closefd=False)  # noqa: SIM115
    if nothing > 2:
        os.close(nothing)


def _send(pipe: int, outcome: Outcome) -> None:
    import marshal
    from contextlib import suppress

    _flush()
    # The program may have closed what it did not know; its parent says that nothing came.
    with suppress(OSError):
        os.write(pipe, marshal.dumps(outcome))


def _flush() -> None:
    from contextlib import suppress

    for stream in (sys.stdout, sys.stderr):
        with suppress(Exception):
            stream.flush()


def _failure(error: BaseException, print_error: Callable[[BaseException], None]) -> Outcome:
    from contextlib import suppress

    if isinstance(error, SystemExit):
        code = "" if error.code is None else repr(error.code)
        return {"error": _sentence(f"It called sys.exit({code})")}
    with suppress(Exception):
        print_error(error)
    kind = type(error)
    name = kind.__qualname__
    if kind.__module__ != "builtins":
        name = f"{kind.__module__}.{name}"
    try:
        text = str(error).strip().partition("\n")[0]
    except Exception:
        text = ""
    return {
        "error": _sentence(f"It ended with {name}: {text}" if text else f"It ended with {name}")
    }


def _sentence(text: str) -> str:
    if len(text) > _LONGEST:
        text = text[:_LONGEST] + "…"
    return text.rstrip(".") + "."


def _print(error: BaseException) -> None:
    """The traceback on stderr, without our frames, which are all at its start."""
    ours = (__file__, "<string>", "<frozen importlib")
    trace = error.__traceback__
    while trace is not None and trace.tb_frame.f_code.co_filename.startswith(ours):
        trace = trace.tb_next
    from traceback import print_exception

    print_exception(type(error), error, trace)
