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

import contextlib
import ctypes
import opcode
import os
import struct
import sys
import threading
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

# All that a measurement needs is loaded with this module. A thread that imports holds a lock that
# a child forked meanwhile would wait for, and a signal handler would find the module half loaded.
from peakline import _drivers, _heap
from peakline._backends import HEAP, TRACEMALLOC
from peakline._natives import natives
from peakline._nested import nested_in
from peakline._source import take_source

if TYPE_CHECKING:
    from types import CodeType

    from peakline._source import Source

NEVER = -(1 << 63)
"""The baseline of a table whose code was never entered."""

_SUSPENDS = 0x20 | 0x80 | 0x200  # CO_GENERATOR | CO_COROUTINE | CO_ASYNC_GENERATOR

_RESUME = opcode.opmap.get("RESUME")

_ROW = struct.Struct("6qd7q")
_FIGURES = struct.Struct("2q2dq")


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
    own_peak: int = 0
    """The most that the thread's heap stood above where it was when control came to the unit."""
    allocated: int = 0
    """Bytes of the blocks that the thread allocated meanwhile, as their owners may use them."""
    freed: int = 0
    """Bytes of the blocks that it freed."""
    allocations: int = 0
    """How many blocks it allocated."""
    python_increment: int = 0
    """The part of the increment that is small objects of Python."""
    requested: int = 0
    """Bytes asked for, of what was allocated."""
    other_threads: int = 0
    """What the heap of the process's other threads changed by meanwhile."""


class Measured(NamedTuple):
    """A session's figures of one code object."""

    baseline: int
    """The backend's figure when it was first entered, in bytes; `NEVER` if it was not."""
    rows: list[Row]
    """In the order of the lines. The first is the `def` header: one occurrence per call."""
    recursive: bool = False
    """Whether it was entered on a thread that stood in it already: then what an inner call cost is
    in the row that made the call and again in those that it ran.
    """


class Driver(Protocol):
    """What delivers the events of frames to the agent's engine."""

    name: str

    def prove(self) -> None:
        """Raises Unsupported if what it takes for granted does not hold here."""

    def watch(self, code: CodeType) -> None:
        """Events of this code are wanted."""

    def unwatch(self, code: CodeType) -> None:
        """Events of this code are no longer wanted."""


class NotReady(RuntimeError):
    """The engine is being started further up this very thread's stack."""


_driver: Driver | None = None
_why_slow: str | None = None

# Held while the driver is picked, once in the life of the process, and at no other time: a signal
# handler, a finalizer or a forked child may come in anywhere.
_start_lock = threading.RLock()
_is_starting = False


def start() -> str:
    """Picks the driver, the first time; its name. Raises NotReady in the middle of doing so."""
    driver = _driver
    if driver is None:
        with _start_lock:
            driver = _driver or _pick_driver()
    return driver.name


def _pick_driver() -> Driver:
    global _driver, _why_slow, _is_starting
    if _is_starting:
        raise NotReady("the engine is just being started")
    _is_starting = True
    try:
        driver, reason = _drivers.choose()
        try:
            driver.prove()
        except _drivers.Unsupported as error:
            driver, reason = _drivers.plain(error)
        _driver, _why_slow = driver, reason
        return driver
    finally:
        _is_starting = False


def _start_anew() -> None:
    """In a forked child: the thread that was picking the driver is not there."""
    global _start_lock, _is_starting
    _start_lock = threading.RLock()
    _is_starting = False


os.register_at_fork(after_in_child=_start_anew)


def why_slow() -> str | None:
    """Why the plain trace function is used, as a sentence; None when it is not."""
    start()
    return _why_slow


def session(
    backend: int = 0,
    *,
    all_threads: bool = False,
    new_threads: bool = False,
    code: CodeType | None = None,
) -> Session | Any:
    """A new session over a backend (the agent's number).

    It is on for the threads that begin it; with `all_threads`, one `begin` is for all; with
    `new_threads`, also for those that start while it is on. With `code` it is one for threads that
    counts that code object.
    """
    # Some programs make a profiler anew for every call of a function. They get a session that
    # counted it before and was dropped, its figures taken back to none.
    if code is not None and (spare := _spares.pop((id(code), backend), None)) is not None:
        return _of_spare(spare)
    if start() == "trace":
        from peakline._trace import TraceSession

        made: Any = TraceSession(backend, all_threads=all_threads or new_threads)
    else:
        if backend == HEAP:
            _heap.start()
        kind = TracedMemorySession if backend == TRACEMALLOC else Session
        made = kind(backend, all_threads=all_threads, new_threads=new_threads)
    if code is not None:
        made.add(code)
        if type(made) is Session and not made._scope:
            made._spare_key = (id(code), backend)
    return made


# The threads for which a session is on, as the agent numbers them.
_OWN_THREAD, _ALL_THREADS, _NEW_THREADS = range(3)

_Key = tuple[int, int]
"""The id of the code object for which a session was made, and its backend."""

_Spare = tuple[_Key, int, dict[int, "_Counted"], "Driver | None"]
"""What is left of a session that nobody has: its key, handle, counted codes and driver."""

_spares: dict[_Key, _Spare] = {}
_SPARES = 8

_dropped: dict[_Key, int] = {}
"""How often sessions of a key were dropped. What is not dropped often is not kept, and its code
object is no longer watched: a watched function is slower, also while nobody measures it."""
_DROPPED = 64
_OFTEN = 50


def _of_spare(spare: _Spare) -> Session:
    made = Session.__new__(Session)
    made._spare_key, made._handle, made._counted, made._driver = spare
    made._times_on = made._scope = _OWN_THREAD
    made._native = natives()
    return made


class _Counted:
    """A code object in a session. The reference keeps its address from being another's."""

    __slots__ = ("code", "source", "table")

    def __init__(self, code: CodeType, source: Source) -> None:
        self.code = code
        self.source = source
        self.table = 0


_in_use: dict[int, _Counted] = {}
"""What any session counts, by the id of the code: all of them number its units alike."""


class Session:
    """Counts the lines of chosen code objects while it is on.

    Sessions may nest and overlap; each has its own figures. `begin` and `end` must pair up on each
    thread. There is no lock: what must not be interrupted is one call into the agent.
    """

    __slots__ = (
        "__weakref__",
        "_counted",
        "_driver",
        "_handle",
        "_native",
        "_scope",
        "_spare_key",
        "_times_on",
    )

    def __init__(
        self,
        backend: int,
        *,
        all_threads: bool,
        new_threads: bool = False,
        driver: Driver | None = None,
    ) -> None:
        self._handle = 0
        self._counted: dict[int, _Counted] = {}
        self._times_on = 0
        self._scope = _ALL_THREADS if all_threads else _NEW_THREADS if new_threads else _OWN_THREAD
        self._spare_key: _Key | None = None
        self._driver = driver or _driver
        self._native = natives()
        self._handle = self._native.session_make(backend)
        if not self._handle:
            raise MemoryError("no memory for a profiling session")

    def add(self, code: CodeType, source: Source | None = None) -> Source:
        """Counts `code` from now on; what is known of its source."""
        key = id(code)
        known = self._counted.get(key)
        if known is not None:
            return known.source
        in_use = _in_use.get(key)
        counted = _Counted(code, in_use.source if in_use else source or take_source(code))
        _in_use.setdefault(key, counted)
        self._counted[key] = counted
        units = counted.source.units
        counted.table = natives().session_attach(
            self._handle,
            key,
            units.first_line,
            (ctypes.c_int32 * len(units.index))(*units.index),
            len(units.index),
            len(units.lines),
            int(bool(code.co_flags & _SUSPENDS)),
            # sys.monitoring tells a call from a resumption by itself.
            start_offset(code) if sys.version_info < (3, 12) else -1,
        )
        if not counted.table:
            raise MemoryError("no memory to count another function")
        if self._driver is not None:
            self._driver.watch(code)
        return counted.source

    def begin(self) -> None:
        """On, for this thread (and new ones, or all), until `end` was called as often."""
        self._times_on += 1
        self._native.session_on(self._handle, self._scope)

    def end(self) -> None:
        """Ends one `begin` of this thread."""
        self._native.session_off(self._handle, self._scope)
        self._times_on -= 1

    @property
    def is_on(self) -> bool:
        """Whether its figures may still change."""
        return self._times_on > 0

    def codes(self) -> list[CodeType]:
        """What it counts, in the order in which it was added."""
        return [counted.code for counted in self._counted.values()]

    def source(self, code: CodeType) -> Source:
        """What is known of the source of a code object that it counts."""
        return self._counted[id(code)].source

    def measured(self, code: CodeType) -> Measured:
        """The figures so far of a code object that it counts."""
        counted = self._counted[id(code)]
        lines = counted.source.units.lines
        buffer = ctypes.create_string_buffer(_ROW.size + _ROW.size * len(lines))
        count = natives().table_read(counted.table, buffer, len(lines))
        rows = [
            Row(lines[unit], *figures)
            for unit, *figures in _ROW.iter_unpack(buffer.raw[: count * _ROW.size])
        ]
        return Measured(
            natives().table_baseline(counted.table),
            rows,
            bool(natives().table_recursive(counted.table)),
        )

    def calls_elsewhere(self) -> int:
        """How often what it counts was called while it was on for new threads, by threads that had
        been there before; these calls are in no figure.
        """
        tables = [counted.table for counted in self._counted.values()]
        return sum(map(natives().table_calls_elsewhere, tables))

    def figures(self, code: CodeType) -> dict[int, tuple[float, float, int]]:
        """By line, in the order in which they were first measured: increment and usage in MiB, and
        occurrences. The increment of the header has the baseline in it.
        """
        counted = self._counted[id(code)]
        lines = counted.source.units.lines
        figures = _FIGURES.iter_unpack(self._native.table_figures(counted.table))
        return {lines[unit]: (more, usage, times) for _, unit, more, usage, times in figures}

    def close(self) -> None:
        """Gives everything back; the session must not be used any more."""
        handle, self._handle = self._handle, 0
        if handle:
            _give_back(handle, self._counted, self._driver)

    def __del__(self) -> None:
        # At interpreter exit the modules may be gone; the process gives the memory back then. An
        # exception may have ended __init__ before it began.
        if getattr(self, "_handle", 0) and not sys.is_finalizing():
            key = self._spare_key
            if key is not None and _dropped.get(key, 0) < _OFTEN:
                _note_dropped(key)
                key = None
            if key is None or self._times_on or not self._spare(key):
                self.close()

    def _spare(self, key: _Key) -> bool:
        """Keeps what it is made of for the next session of this key; False if that cannot be."""
        if len(self._counted) > 1:
            # What is defined in the function is counted with it; other things were added later.
            nested = {id(each.code) for each in nested_in(self._counted[key[0]].code)}
            if not nested.issuperset(self._counted.keys() - {key[0]}):
                return False
        if not self._native.session_reset(self._handle):
            return False
        # Without a lock: each step is one that no other thread, handler or child can come between.
        if len(_spares) >= _SPARES:
            oldest = _spares.pop(next(iter(tuple(_spares)), key), None)
            if oldest is not None:
                _give_back(*oldest[1:])
        handle, self._handle = self._handle, 0
        spare = (key, handle, self._counted, self._driver)
        if _spares.setdefault(key, spare) is not spare:
            _give_back(handle, self._counted, self._driver)
        return True


def _note_dropped(key: _Key) -> None:
    if len(_dropped) >= _DROPPED:
        _dropped.clear()
    _dropped[key] = _dropped.get(key, 0) + 1


def _give_back(handle: int, counted_by_id: dict[int, _Counted], driver: Driver | None) -> None:
    """Ends a session, and the watching of what no other one counts."""
    natives().session_destroy(handle)
    for key, counted in counted_by_id.items():
        if not natives().is_watched(key):
            _in_use.pop(key, None)
            if driver is not None:
                driver.unwatch(counted.code)
                # Another thread's session may have begun to count it meanwhile.
                if natives().is_watched(key):
                    driver.watch(counted.code)


class TracedMemorySession(Session):
    """A session over tracemalloc, which runs while one is on: it slows the whole program."""

    __slots__ = ()

    _users = 0
    _is_ours = False

    def begin(self) -> None:
        """On, and tracemalloc with it."""
        import tracemalloc

        TracedMemorySession._users += 1
        if TracedMemorySession._users == 1:
            # The agent keeps its address; the module, which is never unloaded, keeps it alive.
            natives().use_traced_memory(tracemalloc.get_traced_memory)
            TracedMemorySession._is_ours = not tracemalloc.is_tracing()
            if TracedMemorySession._is_ours:
                tracemalloc.start()
        super().begin()

    def end(self) -> None:
        """Ends one `begin`, and tracemalloc with the last, if it was not on before."""
        super().end()
        TracedMemorySession._users -= 1
        if not TracedMemorySession._users and TracedMemorySession._is_ours:
            import tracemalloc

            tracemalloc.stop()


def start_offset(code: CodeType) -> int:
    """Up to this instruction, in bytes, a frame has not begun.

    Before 3.11 none, then the first RESUME.
    """
    instructions = code.co_code
    return next((i for i in range(0, len(instructions), 2) if instructions[i] == _RESUME), -1)


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
    if start() == "hook" and "greenlet" in sys.modules:
        found.append(
            "Greenlets switch stacks under the evaluation hook: on this version of Python the "
            "lines of measured functions that they leave in the middle are not right."
        )
    if native.dropped():
        found.append(f"{native.dropped()} events were lost for want of memory.")
    if native.too_deep():
        found.append(
            "Calls that were nested too deep for the C stack were not counted, at least "
            f"{native.too_deep()} of them."
        )
    if native.untraced():
        found.append(
            "A measured function set or removed the trace function, or it failed there: on this "
            "version of Python the lines from there to the function's next call, or to its end, "
            "were not told apart."
        )
    return found


_said: set[str] = set()


def say_caveats() -> None:
    """Says each caveat on stderr, once in the life of the process. Called with every table."""
    if _driver is None:
        return
    for sentence in caveats():
        kind = sentence[:24]
        if kind in _said or sys.stderr is None:
            continue
        _said.add(kind)
        with contextlib.suppress(OSError, ValueError):
            sys.stderr.write(f"peakline: {sentence}\n")
