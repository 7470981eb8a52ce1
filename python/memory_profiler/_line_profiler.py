# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""`LineProfiler`: measures chosen functions, line by line, while it is enabled."""

from __future__ import annotations

import sys
from _thread import get_ident
from types import FunctionType
from typing import TYPE_CHECKING, Any

from memory_profiler._code_map import CodeMap

# Whole before there is a profiler: a signal handler that uses one may come in during any import.
from peakline import _engine, _trace
from peakline._backends import choose_backend, number_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

    _Trace = Callable[[FrameType, str, Any], Any]


class LineProfiler:
    """Measures the lines of the functions that were added to it.

    Keywords: `backend` (see `choose_backend`), `include_children` (memory of child processes too),
    `max_mem` (MiB; stop in the debugger when a line goes beyond). Others are ignored. Use it as a
    decorator, as a context manager, or by `enable` and `disable`; the figures are in `code_map`,
    and `show_results` prints them. Raises UnknownBackend; ValueError for a backend that cannot
    count children and is asked to.

    Lines are measured by Peakline's engine. A subclass that overrides `trace_memory_usage`, or
    whose `code_map` overrides `trace`, is driven by a plain trace function instead, as it expects;
    so is `max_mem`, under which no lines are measured.
    """

    # Defaults on the class: some subclasses never call __init__.
    enable_count = 0
    max_mem: float | None = None
    backend = "psutil"
    prev_lineno: int | None = None
    code_map: CodeMap
    prevlines: list[int]
    _session: _engine.Session | Any = None
    _is_enabled = False
    _is_tracing = False
    _original_trace_function: _Trace | None = None
    _all_threads = False
    _new_threads = False
    """Enabled, it is so for the threads that start meanwhile, too."""
    _missed: dict[int, int] | None = None
    """By thread: how often it was enabled without a session, and is yet to be disabled."""

    # Some programs make a profiler anew for every call of a function: making one, enabling and
    # disabling it must stay at a microsecond or two.
    def __init__(self, **kw: Any) -> None:
        self.enable_count = 0
        self.prevlines = []
        self.prev_lineno = None
        if not kw:
            self.code_map = CodeMap(False, "psutil")
            self.backend = "psutil"
            self.max_mem = None
            return
        self.code_map = CodeMap(
            include_children=kw.get("include_children", False),
            backend=kw.get("backend", "psutil"),
        )
        self.max_mem = kw.get("max_mem")
        self.backend = choose_backend(kw.get("backend"))
        if self.code_map.include_children:
            from peakline._memory import refuse_children

            refuse_children(number_of(self.backend))

    def __call__(self, func: Any = None, precision: int = 1) -> Any:
        """Adds a function and wraps it, so that it is measured whenever it is called. `precision`
        is ignored.
        """
        if func is None:
            return self
        from peakline._wrap import codes_of

        self.add_function(func)
        # A function that is not written in Python has been warned of.
        return self.wrap_function(func) if codes_of(func) or not callable(func) else func

    def add_function(self, func: Any) -> None:
        """Measures this function, method or class from now on, while the profiler is enabled."""
        if type(func) is FunctionType and not func.__dict__:
            # A plain one, which stands for no other.
            self.code_map.add(func.__code__)
            return
        from peakline._wrap import codes_of, warn_of_no_code

        codes = codes_of(func)
        if not codes:
            warn_of_no_code(func)
        for code in codes:
            self.code_map.add(code)

    def wrap_function(self, func: Any) -> Any:
        """A function like `func` that enables the profiler while it runs."""
        from peakline._wrap import wrap

        return wrap(func, self._open_call)

    def _open_call(self, function: Any) -> _Call:
        return _Call(self)

    def runctx(self, cmd: Any, globals: Any, locals: Any) -> LineProfiler:
        """Executes a statement while enabled."""
        self.enable_by_count()
        try:
            exec(cmd, globals, locals)
        finally:
            self.disable_by_count()
        return self

    def enable_by_count(self) -> None:
        """Enables the profiler for this thread, until `disable_by_count` was called as often."""
        # Counted first, so that of several threads one is the first.
        self.enable_count += 1
        if self.enable_count == 1:
            self.enable()
        elif not self._is_traced_in_python():
            self._begin()

    def disable_by_count(self) -> None:
        """Takes one `enable_by_count` of this thread back."""
        if self.enable_count > 0:
            self.enable_count -= 1
            if self.enable_count == 0:
                self.disable()
            elif not self._is_traced_in_python():
                self._end()

    def __enter__(self) -> None:
        self.enable_by_count()

    def __exit__(self, *exc_info: object) -> None:
        self.disable_by_count()

    def enable(self) -> None:
        """Enables the profiler for this thread."""
        if self._is_enabled:
            return
        self._is_enabled = True
        if not self._is_traced_in_python():
            self._begin()
        else:
            self._original_trace_function = sys.gettrace()
            if "prevlines" not in self.__dict__:
                self.prevlines = []
            self._is_tracing = True
            self.__dict__.pop("_stopped_by", None)
            sys.settrace(self._trace_function())

    def disable(self) -> None:
        """Disables the profiler for this thread; the trace function from before is back."""
        if not self._is_enabled:
            return
        self._is_enabled = False
        if self._is_tracing:
            self._is_tracing = False
            sys.settrace(self._original_trace_function)
        else:
            self._end()

    # MARK: the engine

    def _begin(self) -> None:
        session = self._session
        if session is None:
            try:
                session = self._make_session()
            except _engine.NotReady:
                # A signal handler or a finalizer, in the middle of the start: it is not measured.
                missed: dict[int, int] = self.__dict__.setdefault("_missed", {})
                missed[get_ident()] = missed.get(get_ident(), 0) + 1
                return
        # The map is looked up each time: programs put their own in its place.
        self.code_map._is_measured_by(session)
        session.begin()

    def _end(self) -> None:
        missed = self._missed
        if missed and missed.get(get_ident()):
            missed[get_ident()] -= 1
        elif self._session is not None:
            self._session.end()

    def _make_session(self) -> Any:
        number = number_of(self.backend)
        wide = self._all_threads or self._new_threads
        made: Any
        if getattr(self.code_map, "include_children", False):
            made = _trace.TraceSession(number, all_threads=wide, include_children=True)
        elif wide:
            made = _engine.session(
                number, all_threads=self._all_threads, new_threads=self._new_threads
            )
        else:
            made = _engine.session(number, code=self.code_map._only_code())
        # No lock, which a signal handler or a forked child could wait for for ever. The first of
        # several threads, or of a thread and its handler, has its session published.
        session = self.__dict__.setdefault("_session", made)
        if session is not made:
            made.close()
        return session

    # MARK: the plain trace function

    def _is_traced_in_python(self) -> bool:
        return (
            self.max_mem is not None
            or type(self).trace_memory_usage is not LineProfiler.trace_memory_usage
            or getattr(type(self.code_map), "trace", None) is not CodeMap.trace
        )

    def _trace_function(self) -> _Trace:
        return self.trace_memory_usage if self.max_mem is None else self.trace_max_mem

    def trace_memory_usage(self, frame: FrameType, event: str, arg: Any) -> Any:
        """The trace function of the compatible path: records a line when the next begins."""
        if self._original_trace_function is not None:
            self._original_trace_function(frame, event, arg)
        code = frame.f_code
        if code not in self.code_map:
            return None if event == "call" else self.trace_memory_usage
        if event == "call":
            self.prevlines.append(frame.f_lineno)
        elif event == "line" and self.prevlines:
            self.code_map.trace(code, self.prevlines[-1], self.prev_lineno)
            self.prev_lineno = self.prevlines[-1]
            self.prevlines[-1] = frame.f_lineno
        elif event == "return" and self.prevlines:
            line = self.prevlines.pop()
            self.code_map.trace(code, line, self.prev_lineno)
            self.prev_lineno = line
        return self.trace_memory_usage

    def trace_max_mem(self, frame: FrameType, event: str, arg: Any) -> Any:
        """The trace function of `max_mem`: stops in the debugger at the first line of a measured
        function that begins, or its return, with more memory in use than that. It stops once: what
        other threads do meanwhile does not come between the debugger and its user.
        """
        if frame.f_code not in self.code_map or "_stopped_by" in self.__dict__:
            return None
        if event in ("line", "return"):
            from memory_profiler._compat import _get_memory

            memory = _get_memory(
                -1,
                self.backend,
                include_children=getattr(self.code_map, "include_children", False),
            )
            if self.max_mem is not None and memory >= self.max_mem:
                # One step: of two threads that come here, one stops.
                if self.__dict__.setdefault("_stopped_by", get_ident()) != get_ident():
                    return None
                from memory_profiler._debugger import stop

                sys.stdout.write(
                    f"Current memory {memory:.2f} MiB exceeded the maximum of "
                    f"{self.max_mem:.2f} MiB\nStepping into the debugger \n"
                )
                self._give_way()
                return stop(frame, event, arg)
        return self.trace_max_mem

    def _give_way(self) -> None:
        """The trace function of this thread is now the debugger's, and stays."""
        self._is_enabled = self._is_tracing = False
        self._original_trace_function = None


class _Call:
    """One call of a wrapped function: the profiler is enabled around each of its steps."""

    __slots__ = ("begin", "end")

    def __init__(self, profiler: LineProfiler) -> None:
        self.begin = profiler.enable_by_count
        self.end = profiler.disable_by_count

    def finish(self) -> None:
        """Nothing: the figures stay in the profiler."""
