# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""`TimeStamper`: when functions and blocks ran, and the memory at their start and end."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

Stamp = tuple[float, float]
"""Memory in MiB, time in seconds since the epoch."""


class _TimeStamperCM:
    """The context manager of a block: its stamps come in pairs into `timestamps`."""

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

    def _stamp(self) -> None:
        from memory_profiler._compat import _get_memory

        self.timestamps.append(
            _get_memory(
                -1,
                self.backend,
                timestamps=True,
                include_children=self.include_children,
                filename=self.filename,
            )
        )

    def __enter__(self) -> None:
        if self.ts is not None:
            self.ts.current_stack_level += 1
            self.ts.stack[self.func].append(self.ts.current_stack_level)
        self._stamp()

    def __exit__(self, *exc_info: object) -> None:
        self._stamp()
        if self.ts is not None:
            self.ts.current_stack_level -= 1


class TimeStamper:
    """Stamps the start and the end of the functions it decorates, and of `with` blocks, for mprof's
    plots.
    """

    def __init__(self, backend: str, include_children: bool = False) -> None:
        self.functions: dict[Any, list[list[Stamp]]] = {}
        self.stack: dict[Any, list[int]] = {}
        self.current_stack_level = -1
        self.backend = backend
        self.include_children = include_children

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
        timestamps: list[Stamp] = []
        self.functions[func].append(timestamps)
        return _TimeStamperCM(timestamps, filename, self.backend, self, func, self.include_children)

    def add_function(self, func: Any) -> None:
        """Makes room for the stamps of a function."""
        if func not in self.functions:
            self.functions[func] = []
            self.stack[func] = []

    def wrap_function(self, func: Any) -> Any:
        """A function like `func` whose calls are stamped."""
        from peakline._wrap import wrap

        return wrap(func, lambda function: _StampedCall(self, function))

    @contextmanager
    def call_on_stack(self, func: Any, *args: Any, **kwds: Any) -> Iterator[None]:
        """Stamps a stretch as a call of `func`."""
        with self._block(func, func.__code__.co_filename):
            yield

    def show_results(self, stream: IO[str] | None = None) -> None:
        """Prints a FUNC line for each call: name, memory and time at its start and end, level on
        the stack.

        A call that is still running ends now.
        """
        stream = stream or sys.stdout
        now = time.time()
        for func, calls in self.functions.items():
            name = f"{func.__module__}.{func.__name__}".replace(" ", "_")
            for stamps, level in zip(calls, self.stack[func], strict=False):
                if not stamps:
                    continue
                (memory, began), (after, ended) = stamps[0], (*stamps, (stamps[0][0], now))[1]
                stream.write(
                    f"FUNC {name} {memory:.4f} {began:.4f} {after:.4f} {ended:.4f} {level}\n"
                )


class _StampedCall:
    """One call of a function: stamped at its first step and after its last."""

    __slots__ = ("_block", "_is_open")

    def __init__(self, stamper: TimeStamper, function: Any) -> None:
        self._block = stamper._block(function, function.__code__.co_filename)
        self._is_open = False

    def begin(self) -> None:
        """A step of the function."""
        if not self._is_open:
            self._is_open = True
            self._block.__enter__()

    def end(self) -> None:
        """The step is over; the call may not be."""

    def finish(self) -> None:
        """The call is over."""
        if self._is_open:
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
