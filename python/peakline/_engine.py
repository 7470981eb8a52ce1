# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Sessions: which code objects are counted, line by line, and when.

`Session` is the same whoever delivers the events; `start()` picks the driver once for the process:

- `monitoring`: `sys.monitoring` with the agent's callbacks (CPython 3.12 and later);
- `hook`: the frame evaluation hook and a C trace function of the agent (CPython 3.10 and 3.11);
- `trace`: a plain trace function in Python, slow but of public parts only, where the other two
  cannot be used.

The first two share one engine in the agent. A code object is *watched* while any session counts it;
it is known by its address, which cannot be another's as long as the reference kept here lives.
"""

from __future__ import annotations

import ctypes
import struct
import sys
import threading
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from peakline._natives import natives
from peakline._source import take_source

if TYPE_CHECKING:
    from types import CodeType

    from peakline._natives import Natives
    from peakline._source import Source

NEVER = -(1 << 63)
"""The baseline of a table whose code was never entered."""

TRACED_MEMORY = 3
"""The agent's number of the backend tracemalloc."""

_SUSPENDS = 0x20 | 0x80 | 0x200  # CO_GENERATOR | CO_COROUTINE | CO_ASYNC_GENERATOR

_ROW = struct.Struct("6qd")


class Row(NamedTuple):
    """What was measured of one unit: a statement, or the header of a compound one."""

    line: int
    """Its first line."""
    order: int
    """Rank among the function's rows by when it was first measured.

    0 while it runs for the first time.
    """
    occurrences: int
    """How often control came to it from another unit of the same frame."""
    usage: int
    """The highest figure when control left it, in bytes."""
    increment: int
    """What it added, callees included, summed over its executions, in bytes."""
    rss_increment: int
    """The same of the resident set size, in bytes."""
    seconds: float
    """Time spent in it, callees included; suspended time is not."""


class Measured(NamedTuple):
    """A session's figures of one code object."""

    baseline: int
    """The backend's figure when it was first entered, in bytes; `NEVER` if it was not."""
    rows: list[Row]
    """In the order of the lines. The first is the `def` header: one occurrence per call."""


class Driver(Protocol):
    """What delivers the events of frames to the agent's engine."""

    name: str

    def prove(self) -> None:
        """Raises Unsupported if what it takes for granted does not hold here."""

    def watch(self, code: CodeType) -> None:
        """Events of this code are wanted."""

    def unwatch(self, code: CodeType) -> None:
        """Events of this code are no longer wanted."""


class _Watch:
    """A watched code object, shared by all sessions that count it."""

    __slots__ = ("code", "handle", "source", "users")

    def __init__(self, code: CodeType, source: Source, handle: int) -> None:
        self.code = code
        self.source = source
        self.handle = handle
        self.users = 0


_lock = threading.RLock()
_watches: dict[int, _Watch] = {}
_driver: Driver | None = None
_why_slow: str | None = None


def start() -> str:
    """Picks the driver, the first time; its name."""
    global _driver, _why_slow
    with _lock:
        if _driver is None:
            from peakline import _drivers

            _driver, _why_slow = _drivers.choose()
            try:
                _driver.prove()
            except _drivers.Unsupported as error:
                _driver, _why_slow = _drivers.plain(error)
        return _driver.name


def why_slow() -> str | None:
    """Why the plain trace function is used, as a sentence; None when it is not."""
    start()
    return _why_slow


def session(backend: int = 0, *, all_threads: bool = False) -> Session | Any:
    """A new session over a backend (the agent's number).

    It is on for the threads that begin it; with `all_threads`, one `begin` is for all.
    """
    if start() == "trace":
        from peakline._trace import TraceSession

        return TraceSession(backend, all_threads=all_threads)
    kind = TracedMemorySession if backend == TRACED_MEMORY else Session
    return kind(backend, all_threads=all_threads)


class Session:
    """Counts the lines of chosen code objects while it is on.

    Sessions may nest and overlap; each has its own figures. `begin` and `end` must pair up on each
    thread.
    """

    __slots__ = ("__weakref__", "_all_threads", "_handle", "_native", "_tables", "_times_on")

    def __init__(self, backend: int, *, all_threads: bool) -> None:
        self._native = natives()
        self._all_threads = int(all_threads)
        self._tables: dict[int, tuple[_Watch, int]] = {}
        self._times_on = 0
        self._handle: int = self._native.session_make(backend)
        if not self._handle:
            raise MemoryError("no memory for a profiling session")

    def add(self, code: CodeType, source: Source | None = None) -> Source:
        """Counts `code` from now on; what is known of its source."""
        key = id(code)
        if key in self._tables:
            return self._tables[key][0].source
        with _lock:
            watch = _watches.get(key) or _watch(code, source or take_source(code), self._native)
            watch.users += 1
            self._tables[key] = (watch, self._native.session_attach(self._handle, watch.handle))
        return watch.source

    def begin(self) -> None:
        """On, for this thread (or all), until `end` was called as often."""
        self._times_on += 1
        self._native.session_begin(self._handle, self._all_threads)

    def end(self) -> None:
        """Ends one `begin` of this thread."""
        self._native.session_end(self._handle, self._all_threads)
        self._times_on -= 1

    @property
    def is_on(self) -> bool:
        """Whether its figures may still change."""
        return self._times_on > 0

    def codes(self) -> list[CodeType]:
        """What it counts, in the order in which it was added."""
        return [watch.code for watch, _ in self._tables.values()]

    def source(self, code: CodeType) -> Source:
        """What is known of the source of a code object that it counts."""
        return self._tables[id(code)][0].source

    def measured(self, code: CodeType) -> Measured:
        """The figures so far of a code object that it counts."""
        watch, table = self._tables[id(code)]
        lines = watch.source.units.lines
        buffer = ctypes.create_string_buffer(_ROW.size + _ROW.size * len(lines))
        count = self._native.table_read(table, buffer, len(lines))
        rows = [
            Row(lines[unit], *figures)
            for unit, *figures in _ROW.iter_unpack(buffer.raw[: count * _ROW.size])
        ]
        return Measured(self._native.table_baseline(table), rows)

    def close(self) -> None:
        """Gives everything back; the session must not be used any more."""
        handle, self._handle = self._handle, 0
        if not handle:
            return
        self._native.session_destroy(handle)
        with _lock:
            for watch, _ in self._tables.values():
                watch.users -= 1
                if not watch.users:
                    _unwatch(watch, self._native)
        self._tables.clear()

    def __del__(self) -> None:
        # At interpreter exit the modules may be gone; the process gives the memory back then.
        if not sys.is_finalizing():
            self.close()


class TracedMemorySession(Session):
    """A session over tracemalloc, which runs while one is on: it slows the whole program."""

    __slots__ = ()

    _users = 0
    _is_ours = False

    def begin(self) -> None:
        """On, and tracemalloc with it."""
        import tracemalloc

        with _lock:
            if not TracedMemorySession._users:
                # The agent keeps its address; the module, which is never unloaded, keeps it alive.
                self._native.use_traced_memory(tracemalloc.get_traced_memory)
                TracedMemorySession._is_ours = not tracemalloc.is_tracing()
                if TracedMemorySession._is_ours:
                    tracemalloc.start()
            TracedMemorySession._users += 1
        super().begin()

    def end(self) -> None:
        """Ends one `begin`, and tracemalloc with the last, if it was not on before."""
        super().end()
        with _lock:
            TracedMemorySession._users -= 1
            if not TracedMemorySession._users and TracedMemorySession._is_ours:
                import tracemalloc

                tracemalloc.stop()


def _watch(code: CodeType, source: Source, native: Natives) -> _Watch:
    units = source.units
    index = (ctypes.c_int32 * len(units.index))(*units.index)
    handle = native.watch(
        id(code),
        units.first_line,
        index,
        len(units.index),
        len(units.lines),
        int(bool(code.co_flags & _SUSPENDS)),
        _start_offset(code),
    )
    if not handle:
        raise MemoryError("no memory to watch another function")
    watch = _Watch(code, source, handle)
    _watches[id(code)] = watch
    assert _driver is not None
    _driver.watch(code)
    return watch


def _unwatch(watch: _Watch, native: Natives) -> None:
    assert _driver is not None
    _driver.unwatch(watch.code)
    native.unwatch(watch.handle)
    del _watches[id(watch.code)]


def _start_offset(code: CodeType) -> int:
    """Up to this instruction, in bytes, a frame has not begun.

    Before 3.11 none, then the first RESUME (opcode 151 of 3.11).
    """
    if sys.version_info[:2] != (3, 11):
        return -1
    instructions = code.co_code
    return next((i for i in range(0, len(instructions), 2) if instructions[i] == 151), -1)


def caveats() -> list[str]:
    """What a report must say about its figures, as sentences; empty when there is nothing."""
    reason = why_slow()
    if reason:
        return [reason]
    native = natives()
    found = []
    if not native.exact_to_the_page():
        found.append(
            "This kernel counts resident pages in batches: a line of few pages is approximate, "
            "sums over many executions are right."
        )
    if native.dropped():
        found.append(f"{native.dropped()} events were lost for want of memory.")
    if native.too_deep():
        found.append(
            "Calls that were nested too deep for the C stack were not counted, at least "
            f"{native.too_deep()} of them."
        )
    return found
