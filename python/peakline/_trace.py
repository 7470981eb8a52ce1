# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""The plain trace function: the line engine in Python, for interpreters the agent cannot serve.

It follows the agent's rules (see `LineEngine` there) with nothing but `sys.settrace`, at some
hundred times the cost, and slows everything that measured functions call. Reports say when it is in
use. It allocates at every line, so it cannot tell what lines allocate: there is no heap here.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from peakline._backends import HEAP
from peakline._engine import NEVER, Measured, Row, start_offset
from peakline._heap import HeapUnavailable
from peakline._source import take_source

if TYPE_CHECKING:
    from types import CodeType, FrameType

    from peakline._source import Source


WHY_NO_HEAP = (
    "the heap cannot be counted line by line here, because lines are measured by a slow trace "
    "function, which allocates itself: use '--backend rss'"
)
WHY_NO_HEAP_OF_CHILDREN = (
    "the heap backend sees only this process, and not its children: use '--backend rss'"
)

_outer_of_threads: Any = None
"""What `threading.settrace` had before ours."""


class _Thread(threading.local):
    """What is on for a thread."""

    def __init__(self) -> None:
        self.sessions: list[TraceSession] = []
        self.outer: Any = _outer_of_threads
        """The trace function that was there before ours."""
        self.open: dict[tuple[TraceSession, int, int], int] = {}
        """For a session, code and line: how many activations stand in it."""


_thread = _Thread()
_for_all: list[TraceSession] = []


class TraceSession:
    """Counts the lines of chosen code objects while it is on; a `Session` without the agent.

    Raises HeapUnavailable for the backend heap. All threads are the one that begins it and those
    that start later: no other can be given a trace function.
    """

    def __init__(self, backend: int, *, all_threads: bool, include_children: bool = False) -> None:
        if backend == HEAP:
            raise HeapUnavailable(WHY_NO_HEAP_OF_CHILDREN if include_children else WHY_NO_HEAP)
        self._read = _reader_with_children(backend) if include_children else _reader(backend)
        self._read_rss = _reader(0)
        self._all_threads = all_threads
        self._times_on = 0
        self._codes: dict[int, tuple[CodeType, Source]] = {}
        self._rows: dict[int, dict[int, list[Any]]] = {}
        self._starts: dict[int, int] = {}
        self._baselines: dict[int, int] = {}
        self._recursive: set[int] = set()

    def add(self, code: CodeType, source: Source | None = None) -> Source:
        """Counts `code` from now on; what is known of its source."""
        if id(code) not in self._codes:
            self._codes[id(code)] = (code, source or take_source(code))
            self._rows[id(code)] = {}
            self._starts[id(code)] = start_offset(code)
        return self._codes[id(code)][1]

    def begin(self) -> None:
        """On, for this thread (or all), until `end` was called as often."""
        global _outer_of_threads
        self._times_on += 1
        if self._all_threads:
            _for_all.append(self)
            if threading.gettrace() is not _on_call:
                _outer_of_threads = threading.gettrace()
                threading.settrace(_on_call)
        else:
            _thread.sessions.append(self)
        if sys.gettrace() is not _on_call:
            _thread.outer = sys.gettrace()
            sys.settrace(_on_call)

    def end(self) -> None:
        """Ends one `begin` of this thread."""
        self._times_on -= 1
        sessions = _for_all if self._all_threads else _thread.sessions
        if self in sessions:
            sessions.remove(self)
        if not _for_all and threading.gettrace() is _on_call:
            threading.settrace(_outer_of_threads)
        if not _for_all and not _thread.sessions and sys.gettrace() is _on_call:
            sys.settrace(_thread.outer)

    @property
    def is_on(self) -> bool:
        """Whether its figures may still change."""
        return self._times_on > 0

    def codes(self) -> list[CodeType]:
        """What it counts, in the order in which it was added."""
        return [code for code, _ in self._codes.values()]

    def source(self, code: CodeType) -> Source:
        """What is known of the source of a code object that it counts."""
        return self._codes[id(code)][1]

    def measured(self, code: CodeType) -> Measured:
        """The figures so far of a code object that it counts."""
        rows = [Row(line, *row) for line, row in sorted(self._rows[id(code)].items())]
        return Measured(self._baselines.get(id(code), NEVER), rows, id(code) in self._recursive)

    def calls_elsewhere(self) -> int:
        """None: what other threads call makes no events."""
        return 0

    def close(self) -> None:
        """Nothing is held."""

    def _note_recursion(self, code: CodeType) -> None:
        """Told of a frame of `code` that is about to be counted."""
        key = id(code)
        if key in self._recursive:
            return
        if any(session is self and other == key for session, other, _ in _thread.open):
            self._recursive.add(key)

    def _row(self, code: CodeType, line: int) -> list[Any]:
        return self._rows[id(code)].setdefault(line, [0, 0, 0, 0, 0, 0.0])


class _Frame:
    """A running frame of a measured code: the trace function of its lines."""

    def __init__(self, frame: FrameType, sessions: list[TraceSession], outer: Any) -> None:
        self._code = frame.f_code
        self._sessions = sessions
        self._units = sessions[0].source(self._code).units
        self._outer = outer
        self._line = 0
        self._before: list[tuple[int, int, float]] = []

    def enter(self, line: int, *, count: bool = True, begins: bool = False) -> None:
        self._line = line
        self._before = []
        for session in self._sessions:
            key = (session, id(self._code), line)
            _thread.open[key] = _thread.open.get(key, 0) + 1
            if count:
                session._row(self._code, line)[1] += 1
            reading = session._read()
            if begins:
                session._baselines.setdefault(id(self._code), reading)
            self._before.append((reading, session._read_rss(), time.perf_counter()))

    def leave(self) -> None:
        now = time.perf_counter()
        for session, (before, rss_before, entered) in zip(
            self._sessions, self._before, strict=True
        ):
            key = (session, id(self._code), self._line)
            row = session._row(self._code, self._line)
            usage = session._read()
            _thread.open[key] -= 1
            if not _thread.open[key]:
                del _thread.open[key]
                row[3] += usage - before
                row[4] += session._read_rss() - rss_before
                row[5] += now - entered
            if not row[0]:
                row[0] = 1 + max(other[0] for other in session._rows[id(self._code)].values())
                row[2] = usage
            row[2] = max(row[2], usage)

    def __call__(self, frame: FrameType, event: str, arg: Any) -> Any:
        if self._outer is not None:
            self._outer = self._outer(frame, event, arg)
        if event == "line":
            line = self._units.lines[self._units.unit_at(frame.f_lineno)]
            if line != self._line:
                self.leave()
                self.enter(line)
        elif event == "return":
            self.leave()
        return self


def _on_call(frame: FrameType, event: str, arg: Any) -> Any:
    """The global trace function."""
    outer = None
    if _thread.outer is not None:
        outer = _thread.outer(frame, event, arg)
        now = sys.gettrace()
        if now is not _on_call:
            # It has set itself (coverage's C tracer does) or another: we go on calling that one.
            _thread.outer = now
            sys.settrace(_on_call)
    code = frame.f_code
    on = dict.fromkeys((*_for_all, *_thread.sessions))
    sessions = [session for session in on if id(code) in session._codes]
    if event != "call" or not sessions:
        return outer
    state = _Frame(frame, sessions, outer)
    units = state._units
    for session in sessions:
        session._note_recursion(code)
    is_fresh = frame.f_lasti <= sessions[0]._starts[id(code)]
    state.enter(units.lines[units.unit_at(frame.f_lineno)], count=is_fresh, begins=is_fresh)
    return state


def _reader(backend: int) -> Callable[[], int]:
    """Reads what a backend measures, in bytes."""
    if backend == 3:
        import tracemalloc

        return lambda: tracemalloc.get_traced_memory()[0]
    from peakline import _agent, _memory

    try:
        _memory.own_bytes(backend)
    except (_agent.AgentUnavailable, OSError):
        return _plain_reader(backend)
    return partial(_memory.own_bytes, backend)


def _plain_reader(backend: int) -> Callable[[], int]:
    """Reads the same where the agent cannot be loaded."""
    if backend == 0:
        import os

        page = os.sysconf("SC_PAGE_SIZE")

        def resident() -> int:
            with open("/proc/self/statm", "rb") as file:
                return int(file.read().split()[1]) * page

        return resident
    unique = (b"Private_Clean:", b"Private_Dirty:", b"Private_Hugetlb:")
    fields = (b"Pss:",) if backend == 1 else unique

    def rollup() -> int:
        with open("/proc/self/smaps_rollup", "rb") as file:
            return sum(
                int(line.split()[1]) * 1024 for line in file if line.split()[:1][0] in fields
            )

    return rollup


def _reader_with_children(backend: int) -> Callable[[], int]:
    """Reads the same of this process and all its descendants together."""
    from peakline import _memory

    return lambda: _memory.read(-1, backend, include_children=True)
