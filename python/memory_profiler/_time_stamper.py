# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""`TimeStamper`: when functions and blocks ran, and the memory at their start and end."""

from __future__ import annotations

import re
import sys
import time
from contextlib import contextmanager
from contextvars import ContextVar
from types import FunctionType
from typing import IO, TYPE_CHECKING, Any

from peakline import _memory, _text
from peakline._backends import number_of

if TYPE_CHECKING:
    from collections.abc import Iterator

Stamp = tuple[float, float]
"""Memory in MiB, time in seconds since the epoch."""


class _Stamps(list):  # type: ignore[type-arg]
    """The stamps of one call: of its start and, once it is over, of its end."""

    __slots__ = ("level",)

    def __init__(self, level: int) -> None:
        super().__init__()
        self.level = level
        """How many stamped calls it was made inside of."""


class _TimeStamperCM:
    """The context manager of a block: its stamps come in pairs into `timestamps`.

    It may be entered again and again.
    """

    def __init__(
        self,
        timestamps: list[Stamp],
        filename: str,
        backend: str,
        timestamper: TimeStamper | None = None,
        func: Any = None,
        include_children: bool = False,
    ) -> None:
        self.timestamps = timestamps
        self.filename = filename
        self.backend = backend
        self.ts = timestamper
        self.func = func
        self.include_children = include_children
        self._open: list[_Stamps] = []

    def _stamp(self) -> Stamp:
        from memory_profiler._compat import _get_memory

        found: Stamp = _get_memory(
            -1,
            self.backend,
            timestamps=True,
            include_children=self.include_children,
            filename=self.filename,
        )
        self.timestamps.append(found)
        return found

    def __enter__(self) -> None:
        if self.ts is None:
            self._stamp()
            return
        self.ts.current_stack_level += 1
        call = self.ts._called(self.func)
        self._open.append(call)
        call.append(self._stamp())

    def __exit__(self, *exc_info: object) -> None:
        if self.ts is None:
            self._stamp()
            return
        try:
            self._open.pop().append(self._stamp())
        finally:
            self.ts.current_stack_level -= 1


class TimeStamper:
    """Stamps the start and the end of the functions it decorates, and of `with` blocks, for mprof's
    plots.

    Raises UnknownBackend; ValueError for a backend that cannot count children and is asked to.
    """

    def __init__(self, backend: str, include_children: bool = False) -> None:
        if include_children:
            _memory.refuse_children(number_of(backend))
        self.functions: dict[Any, list[list[Stamp]]] = {}
        self.stack: dict[Any, list[int]] = {}
        # Of each thread and of each task by itself: what runs meanwhile is not inside of it.
        self._level: ContextVar[int] = ContextVar("stack level", default=-1)
        self.backend = backend
        self.include_children = include_children

    @property
    def current_stack_level(self) -> int:
        """How many stamped calls this thread, or this task, is inside of, less one."""
        return self._level.get()

    @current_stack_level.setter
    def current_stack_level(self, level: int) -> None:
        self._level.set(level)

    def __call__(self, func: Any = None, precision: int | None = None) -> Any:
        """Stamps every call of `func`. `precision` is ignored. Raises ValueError for what cannot be
        called.
        """
        if func is None:
            return self
        if not callable(func) and not hasattr(func, "__get__"):
            raise ValueError("Value must be callable")
        return self.wrap_function(func)

    def timestamp(self, name: str = "<block>") -> _TimeStamperCM:
        """A context manager that stamps a block under a name."""
        return self._block(_Named(name), "")

    def _block(self, func: Any, filename: str) -> _TimeStamperCM:
        self.add_function(func)
        return _TimeStamperCM([], filename, self.backend, self, func, self.include_children)

    def add_function(self, func: Any) -> None:
        """Makes room for the stamps of a function."""
        self.functions.setdefault(func, [])
        self.stack.setdefault(func, [])

    def wrap_function(self, func: Any) -> Any:
        """A function like `func` whose calls are stamped."""
        from peakline._wrap import wrap

        if isinstance(func, FunctionType):
            self.add_function(func)  # Lines come in the order of decoration.
        return wrap(func, self._stamp_call)

    def _stamp_call(self, function: Any) -> _StampedCall:
        """The recording of one call; the imported `@profile` asks for it too."""
        return _StampedCall(self, function)

    @contextmanager
    def call_on_stack(self, func: Any, *args: Any, **kwds: Any) -> Iterator[None]:
        """Stamps a stretch as a call of `func`."""
        with self._block(func, func.__code__.co_filename):
            yield

    def show_results(self, stream: IO[str] | None = None) -> None:
        """Prints a FUNC line for each call: name, memory and time at its start and end, level on
        the stack.

        A call that is still running ends now. Words of a name are joined by underscores: what reads
        the lines splits them at blanks. Functions that would have one name have qualified ones.
        """
        stream = sys.stdout if stream is None else stream
        names = _names(self.functions)
        now: list[Stamp] = []
        for func, name in names.items():
            for place, stamps in enumerate(list(self.functions[func])):
                if not stamps:
                    continue
                if len(stamps) < 2 and not now:
                    now.append(self._now(stamps[0][0]))
                (memory, began), (after, ended) = (*stamps, *now)[:2]
                level = getattr(stamps, "level", None)
                level = self.stack[func][place] if level is None else level
                figures = f"{memory:.4f} {began:.4f} {after:.4f} {ended:.4f} {level}"
                _text.write(stream, f"FUNC {name} {figures}\n")

    def _now(self, otherwise: float) -> Stamp:
        """The memory at this time; `otherwise` where it can no longer be read."""
        from memory_profiler._compat import _get_memory

        try:
            found: Stamp = _get_memory(
                -1, self.backend, timestamps=True, include_children=self.include_children
            )
        except (OSError, RuntimeError):
            return otherwise, time.time()
        return found

    def _called(self, func: Any) -> _Stamps:
        """Where the stamps of a call that begins now go."""
        call = _Stamps(self.current_stack_level)
        self.add_function(func)
        self.stack[func].append(call.level)
        self.functions[func].append(call)
        return call


class _StampedCall:
    """One call of a function: stamped at its first step and after its last.

    While it is suspended between its steps, others are not inside of it.
    """

    __slots__ = ("_block", "_is_open", "_level", "_outer", "_stamper")

    def __init__(self, stamper: TimeStamper, function: Any) -> None:
        self._stamper = stamper
        self._block = stamper._block(function, function.__code__.co_filename)
        self._is_open = False
        self._level = self._outer = 0

    def begin(self) -> None:
        """A step of the function."""
        self._outer = self._stamper.current_stack_level
        if self._is_open:
            self._stamper.current_stack_level = self._level
        else:
            self._block.__enter__()
            self._is_open = True

    def end(self) -> None:
        """The step is over; the call may not be."""
        self._level = self._stamper.current_stack_level
        self._stamper.current_stack_level = self._outer

    def finish(self) -> None:
        """The call is over."""
        if self._is_open:
            # The block leaves the level one lower, and this is of no step.
            self._stamper.current_stack_level += 1
            self._block.__exit__()


class _Named:
    """Stands for a block among the functions."""

    __module__ = ""

    def __init__(self, name: str) -> None:
        self.__name__ = name

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Named) and other.__name__ == self.__name__

    def __hash__(self) -> int:
        return hash(self.__name__)


def _names(functions: dict[Any, Any]) -> dict[Any, str]:
    """What each function that was called is called in its lines: the qualified name where another
    has the same plain one.
    """
    plain = {func: _name(func, func.__name__) for func, calls in functions.items() if calls}
    full = {func: _name(func, getattr(func, "__qualname__", func.__name__)) for func in plain}
    users: dict[str, set[str]] = {}
    for func, name in plain.items():
        users.setdefault(name, set()).add(full[func])
    return {func: name if len(users[name]) == 1 else full[func] for func, name in plain.items()}


def _name(func: Any, name: str) -> str:
    return re.sub(r"\s", "_", f"{func.__module__}.{name}")
