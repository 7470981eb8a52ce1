# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""LineProfiler among threads, signal handlers, forks, and the tracers of others."""

from __future__ import annotations

import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from measured_work import calls, work
from programs import run, write

from memory_profiler import LineProfiler


@pytest.fixture
def profiler() -> LineProfiler:
    made = LineProfiler()
    made.add_function(work)
    return made


def test_only_enabled_threads_are_measured(profiler: LineProfiler) -> None:
    def enabled() -> None:
        with profiler:
            work()

    with profiler:
        for target in (work, enabled, enabled):
            thread = threading.Thread(target=target)
            thread.start()
            thread.join()
    assert calls(profiler) == 2


def test_many_threads_at_once_lose_no_call() -> None:
    profiler = LineProfiler()
    wrapped = profiler(work)
    barrier = threading.Barrier(8, timeout=30)

    def call_often() -> None:
        barrier.wait()
        for _ in range(200):
            wrapped()

    threads = [threading.Thread(target=call_often) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (calls(profiler), profiler.enable_count) == (1600, 0)


def test_what_runs_in_the_middle_of_the_start_is_not_measured(
    profiler: LineProfiler, monkeypatch: pytest.MonkeyPatch
) -> None:
    from peakline import _engine

    def not_ready(*args: Any, **kw: Any) -> None:
        raise _engine.NotReady

    def trace(frame: Any, event: str, arg: Any) -> None:
        return None

    session = _engine.session
    nested = LineProfiler()
    wrapped = nested(work)

    def interrupted(*args: Any, **kw: Any) -> Any:
        # As a signal handler or a finalizer does that comes in here.
        monkeypatch.setattr(_engine, "session", not_ready)
        with profiler:
            assert (wrapped(), work()) == (0, 0)
        assert sys.gettrace() is trace
        monkeypatch.setattr(_engine, "session", session)
        return session(*args, **kw)

    monkeypatch.setattr(_engine, "session", interrupted)
    before = sys.gettrace()
    sys.settrace(trace)
    try:
        with profiler:
            work()
        work()
        wrapped()
    finally:
        sys.settrace(before)
    assert (calls(profiler), profiler.enable_count) == (1, 0)
    assert (calls(nested), nested.enable_count) == (1, 0)


def test_a_begin_that_was_missed_is_not_ended(
    profiler: LineProfiler, monkeypatch: pytest.MonkeyPatch
) -> None:
    from peakline import _engine

    def not_ready(*args: Any, **kw: Any) -> None:
        raise _engine.NotReady

    with monkeypatch.context() as patch:
        patch.setattr(_engine, "session", not_ready)
        profiler.enable_by_count()
    with profiler:
        work()
    profiler.disable_by_count()
    with profiler:
        work()
    work()
    assert (calls(profiler), profiler.enable_count) == (2, 0)


def test_a_signal_handler_that_is_profiled_may_come_in_at_any_time(tmp_path: Path) -> None:
    source = """\
    import signal
    from memory_profiler import LineProfiler
    profiler = LineProfiler()
    seen = 0
    @profiler
    def handler(*args):
        global seen
        seen += 1
    @profiler
    def work():
        return 1
    signal.signal(signal.SIGALRM, handler)
    signal.setitimer(signal.ITIMER_REAL, 0.0005, 0.0005)
    for _ in range(200):
        work()
        profiler = LineProfiler()
        work = profiler(work.__wrapped__)
    while seen < 20:
        work()
    signal.setitimer(signal.ITIMER_REAL, 0)
    assert profiler.enable_count == 0
    """
    write(tmp_path, "program.py", source)
    answer = run(tmp_path, "-W", "error", "program.py")
    assert (answer.returncode, answer.stderr) == (0, "")


def test_the_trace_function_of_another_is_left_alone(profiler: LineProfiler) -> None:
    seen: list[str] = []

    def other(frame: Any, event: str, arg: Any) -> None:
        seen.append(frame.f_code.co_name)

    before = sys.gettrace()
    sys.settrace(other)
    try:
        with profiler:
            work()
        assert sys.gettrace() is other
    finally:
        sys.settrace(before)
    assert "work" in seen
    assert calls(profiler) == 1


def test_it_measures_after_a_fork_what_the_child_does(tmp_path: Path) -> None:
    source = """\
    import os
    from memory_profiler import LineProfiler, memory_usage
    profiler = LineProfiler()
    @profiler
    def work():
        kept = bytearray(80 * 2**20)
        return kept
    memory_usage()
    for _ in range(2):
        if os.fork() == 0:
            before = memory_usage()[0]
            kept = work()
            lines = profiler.code_map[work.__wrapped__.__code__]
            assert 79 < lines[6][0] < 81, lines
            assert 79 < memory_usage()[0] - before < 85
            os._exit(0)
        assert os.wait()[1] == 0
    """
    write(tmp_path, "program.py", source)
    answer = run(tmp_path, "-W", "error", "program.py")
    assert (answer.returncode, answer.stderr) == (0, "")
