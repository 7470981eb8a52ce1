# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""`@profile`: each call of a function prints the table of its lines."""

from __future__ import annotations

import builtins
import os
import sys

from peakline._errors import is_ours, say

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import CodeType, FunctionType
    from typing import Any
    from weakref import WeakValueDictionary

    from peakline._engine import Session
    from peakline._text import Stream
    from peakline._wrappers import Recording


def profile(
    func: Any = None,
    stream: Stream | None = None,
    precision: int = 1,
    backend: str = "psutil",
    columns: str | Iterable[str] | None = None,
    include_children: bool = False,
) -> Any:
    """Prints, after each call of the decorated function, what memory each of its lines cost.

    Works on functions of every kind (also generators and coroutines: the table comes when they
    end), methods, properties, partials, callable objects, and on classes: all the functions that
    the class defines. The table comes also when the call raises.

    `stream`: where to print; None is `sys.stdout` at that time. `precision`: decimals of the MiB
    figures. `backend`: `rss` (`psutil`), `pss`, `uss`, `tracemalloc`, or `heap`; an unknown one
    raises UnknownBackend, a ValueError and KeyError; HeapUnavailable where the heap cannot be
    counted. `columns`: None prints memory_profiler's four columns; 'default', or names as `peakline
    report --help` explains them, the extended table (a heap's own peaks, volumes, counts). Its
    sizes are in the unit that suits each, unless `precision` differs; it takes some milliseconds.
    `include_children`: add the memory of all child processes, which takes some 70 µs for a line;
    ValueError with a backend that sees only this process.

    Under `python -m memory_profiler --timestamp` the calls are stamped besides.

    Only the calling thread is measured. With `PEAKLINE=0` in the environment the function itself
    comes back.
    """
    from peakline._backends import HEAP, number_of

    number = number_of(backend)
    wanted = _columns(columns, backend)
    if include_children:
        from peakline._memory import refuse_children

        refuse_children(number)
    if os.environ.get("PEAKLINE") == "0":
        return _itself if func is None else func
    if number == HEAP:
        from peakline import _heap

        _heap.start()
    calls = _Calls(stream, precision, number, backend, wanted, include_children)
    if func is None:
        return calls.wrap
    return calls.wrap(func)


def _columns(columns: str | Iterable[str] | None, backend: str) -> str | None:
    """The columns as the executable knows them; '' for its usual ones, None for no table of its."""
    if columns is None:
        return None
    if columns == "default":
        return ""
    from peakline._backends import canonical_name
    from peakline._render import chosen

    return chosen(columns, canonical_name(backend))


def _itself(func: Any) -> Any:
    return func


class _Calls:
    """What the calls of a decorated function have in common."""

    def __init__(
        self,
        stream: Stream | None,
        precision: int,
        number: int,
        backend: str,
        columns: str | None,
        include_children: bool,
    ) -> None:
        self.stream = stream
        self.precision = precision
        self.number = number
        self.backend = backend
        self.columns = columns
        self.include_children = include_children
        self._keepers: dict[int, Session] = {}
        # The builtin of a run that stamps calls.
        self._stamp = getattr(getattr(builtins, "profile", None), "_stamp_call", None)

    def wrap(self, func: Any) -> Any:
        # The engine and the reports too: see _engine on why they are not left for the first call.
        import weakref  # noqa: F401

        from peakline import _engine, _results, _text  # noqa: F401
        from peakline._nested import nested_in
        from peakline._source import take_source
        from peakline._wrap import codes_of, wrap

        for code in codes_of(func):
            take_source(code)
            if self.columns is None:
                nested_in(code)
        return wrap(func, self.open)

    def nested(self, function: FunctionType) -> list[CodeType]:
        """The code inside of a function whose lines its table shows too: that of four columns."""
        from peakline._nested import nested_in

        return (
            [] if self.columns is not None else [code for code, _ in nested_in(function.__code__)]
        )

    def open(self, function: FunctionType) -> Recording:
        """Begins the recording of a call."""
        call = self._open(function)
        return call if self._stamp is None else _Both(self._stamp(function), call)

    def _open(self, function: FunctionType) -> _Call | _NoCall:
        """What fails in it must not be the program's trouble."""
        try:
            key = id(function.__code__)
            if key not in self._keepers:
                self._keepers[key] = _keeper(function.__code__)
                for nested in self.nested(function):
                    self._keepers[key].add(nested)
            return _Call(self, function)
        except Exception as error:
            if not is_ours(error):
                raise
            say(f"{function.__qualname__} is not measured: {error}")
            return _NoCall()


def _keeper(code: CodeType) -> Session:
    """A session that is never on, and keeps a function watched between its calls.

    So a call need not ask for the function's events anew. All decorators of a code share it.
    """
    global _all_keepers
    from peakline import _engine

    if _all_keepers is None:
        from weakref import WeakValueDictionary

        _all_keepers = WeakValueDictionary()
    keeper = _all_keepers.get(id(code))
    if keeper is None:
        keeper = _engine.session()
        keeper.add(code)
        _all_keepers[id(code)] = keeper
    return keeper


_all_keepers: WeakValueDictionary[int, Session] | None = None


class _Call:
    """One call: a session of its own, on while the function runs."""

    __slots__ = ("_calls", "_code", "_name", "_session", "begin", "end")

    def __init__(self, calls: _Calls, function: FunctionType) -> None:
        from peakline import _engine

        self._calls = calls
        self._code = function.__code__
        self._name = {id(function.__code__): function.__qualname__}
        if calls.include_children:
            from peakline._trace import TraceSession

            self._session: Any = TraceSession(
                calls.number, all_threads=False, include_children=True
            )
        else:
            self._session = _engine.session(calls.number)
        self._session.add(function.__code__)
        for nested in calls.nested(function):
            self._session.add(nested)
        self.begin = self._session.begin
        self.end = self._session.end

    def finish(self) -> None:
        """Prints the table."""
        from peakline._engine import say_caveats
        from peakline._text import guarded

        try:
            guarded(self._print)
            say_caveats()
            if self._saw_no_lines():
                say(
                    f"{self._name[id(self._code)]} was called where Python tells nobody of lines, "
                    "as at a debugger's prompt: they were not measured."
                )
        except Exception as error:
            if not is_ours(error):
                raise
            say(f"could not make the table: {error!r}")
        finally:
            self._session.close()

    def _saw_no_lines(self) -> bool:
        """Whether the function has lines below its header, and none was come to."""
        units = self._session.source(self._code).units
        header = units.lines[0]
        if any(row.line != header for row in self._session.measured(self._code).rows):
            return False
        return any(line and units.unit_at(line) for _, _, line in self._code.co_lines())

    def _print(self) -> None:
        from peakline._backends import canonical_name
        from peakline._results import profile_of
        from peakline._text import write

        stream = sys.stdout if self._calls.stream is None else self._calls.stream
        if stream is not None:
            calls = self._calls
            result = profile_of(
                self._session,
                canonical_name(calls.backend),
                self._name,
                folds_nested=calls.columns is None,
            )
            if calls.columns is None:
                result.write_text(stream, calls.precision)
            else:
                # 1 is what it is when nobody has said anything.
                decimals = calls.precision if calls.precision != 1 else None
                write(stream, result.to_table(calls.columns or None, precision=decimals))


class _Both:
    """One call that is recorded in two ways, one around the other."""

    __slots__ = ("_inner", "_outer")

    def __init__(self, outer: Recording, inner: Recording) -> None:
        self._outer = outer
        self._inner = inner

    def begin(self) -> None:
        """The outer first."""
        self._outer.begin()
        self._inner.begin()

    def end(self) -> None:
        """The inner first."""
        self._inner.end()
        self._outer.end()

    def finish(self) -> None:
        """The outer first: the inner may print."""
        try:
            self._outer.finish()
        finally:
            self._inner.finish()


class _NoCall:
    """A call that cannot be measured."""

    __slots__ = ()

    def begin(self) -> None:
        """Nothing."""

    def end(self) -> None:
        """Nothing."""

    def finish(self) -> None:
        """Nothing."""
