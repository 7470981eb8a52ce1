# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""`@profile`: each call of a function prints the table of its lines."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FunctionType
    from typing import Any

    from peakline._engine import Session
    from peakline._text import Stream


def profile(
    func: Any = None, stream: Stream | None = None, precision: int = 1, backend: str = "psutil"
) -> Any:
    """Prints, after each call of the decorated function, what memory each of its lines cost.

    Works on functions of every kind (also generators and coroutines: the table comes when they
    end), methods, properties, partials, callable objects, and on classes: all the functions that
    the class defines. The table comes also when the call raises.

    `stream`: where to print; None is `sys.stdout` at that time. `precision`: decimals of the MiB
    figures. `backend`: `rss` (`psutil`), `pss`, `uss`, or `tracemalloc`; an unknown one raises
    UnknownBackend, a ValueError and KeyError.

    Only the calling thread is measured. With `PEAKLINE=0` in the environment the function itself
    comes back.
    """
    from peakline._backends import number_of

    number = number_of(backend)
    if os.environ.get("PEAKLINE") == "0":
        return _itself if func is None else func
    calls = _Calls(stream, precision, number, backend)
    if func is None:
        return calls.wrap
    return calls.wrap(func)


def _itself(func: Any) -> Any:
    return func


class _Calls:
    """What the calls of a decorated function have in common."""

    def __init__(self, stream: Stream | None, precision: int, number: int, backend: str) -> None:
        self.stream = stream
        self.precision = precision
        self.number = number
        self.backend = backend
        # Never on; it keeps the function watched between calls, so that a call need not ask for
        # its events anew.
        self._keeper: Session | None = None

    def wrap(self, func: Any) -> Any:
        from peakline._source import take_source
        from peakline._wrap import codes_of, wrap

        for code in codes_of(func):
            take_source(code)
        return wrap(func, self.open)

    def open(self, function: FunctionType) -> _Call | _NoCall:
        """Begins the recording of a call. What fails in it must not be the program's trouble."""
        try:
            if self._keeper is None:
                from peakline import _engine

                self._keeper = _engine.session(self.number)
            self._keeper.add(function.__code__)
            return _Call(self, function)
        except Exception as error:
            _say(f"{function.__qualname__} is not measured: {error}")
            return _NoCall()


class _Call:
    """One call: a session of its own, on while the function runs."""

    __slots__ = ("_calls", "_name", "_session", "begin", "end")

    def __init__(self, calls: _Calls, function: FunctionType) -> None:
        from peakline import _engine

        self._calls = calls
        self._name = {id(function.__code__): function.__qualname__}
        self._session = _engine.session(calls.number)
        self._session.add(function.__code__)
        self.begin = self._session.begin
        self.end = self._session.end

    def finish(self) -> None:
        """Prints the table."""
        from peakline._text import guarded

        try:
            guarded(self._print)
        except Exception as error:
            _say(f"could not make the table: {error!r}")
        finally:
            self._session.close()

    def _print(self) -> None:
        from peakline._results import profile_of

        stream = sys.stdout if self._calls.stream is None else self._calls.stream
        if stream is not None:
            result = profile_of(self._session, self._calls.backend, self._name)
            result.write_text(stream, self._calls.precision)


class _NoCall:
    """A call that cannot be measured."""

    __slots__ = ()

    def begin(self) -> None:
        """Nothing."""

    def end(self) -> None:
        """Nothing."""

    def finish(self) -> None:
        """Nothing."""


def _say(sentence: str) -> None:
    try:
        if sys.__stderr__ is not None:
            sys.__stderr__.write(f"peakline: {sentence}\n")
    except (OSError, ValueError):
        pass
