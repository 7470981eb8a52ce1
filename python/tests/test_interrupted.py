# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Signal handlers, threads and forks that come in while the profiler itself is at work."""

from __future__ import annotations

import io
import os
import threading
from pathlib import Path
from typing import Any

import pytest
from programs import run, write

from peakline import _decorator, _engine, _text, profile

HANDLER = """
import signal
from memory_profiler import LineProfiler
profiler = LineProfiler()

@profiler
def tick(*_):
    x = 1

@profiler
def work():
    return [0]

signal.signal(signal.SIGALRM, tick)
signal.setitimer(signal.ITIMER_REAL, {delay}, 0.01)
for _ in range(200):
    work()
signal.setitimer(signal.ITIMER_REAL, 0)
print("done", profiler.code_map[work.__wrapped__.__code__] != {{}})
"""


@pytest.mark.parametrize("delay", [0.0005, 0.002, 0.004, 0.008])
def test_a_measured_signal_handler_may_come_in_while_the_engine_starts(
    tmp_path: Path, delay: float
) -> None:
    script = write(tmp_path, "ticking.py", HANDLER.format(delay=delay))
    said = run(tmp_path, script)
    assert (said.returncode, said.stdout) == (0, "done True\n"), said.stderr


FORKS = """
import os, signal, threading
from memory_profiler import profile

@profile(stream=open(os.devnull, "w"))
def handle(n):
    kept = [0] * n
    return len(kept)

def worker():
    while True:
        handle(100)

def child():
    @profile(stream=open(os.devnull, "w"))
    def own(n):
        return [0] * n
    signal.alarm(20)
    own(5)
    os._exit(0)

for _ in range(3):
    threading.Thread(target=worker, daemon=True).start()
ends = []
for _ in range(30):
    pid = os.fork()
    if not pid:
        child()
    ends.append(os.waitpid(pid, 0)[1])
print(set(ends), flush=True)
os._exit(0)
"""


def test_children_forked_while_other_threads_measure_can_measure(tmp_path: Path) -> None:
    said = run(tmp_path, "-W", "ignore", write(tmp_path, "forking.py", FORKS))
    assert said.stdout == "{0}\n", said.stderr


class _Alarm(TimeoutError):
    """What a signal handler of the program raises."""


def _handler() -> None:
    raise _Alarm


def test_an_exception_of_the_program_passes_through_a_report() -> None:
    class Map:
        def items(self) -> Any:
            _handler()

    with pytest.raises(_Alarm):
        _text.guarded(lambda: _text.write_code_map(Map(), io.StringIO()))


def test_a_stream_that_breaks_does_not(capsys: pytest.CaptureFixture[str]) -> None:
    closed = io.StringIO()
    closed.close()
    assert not _text.guarded(lambda: _text.show([_text.Block("f.py", [])], closed))


def _one() -> int:
    return 1


def test_sessions_come_and_go_on_many_threads_and_none_loses_a_call() -> None:
    wrong: list[list[int]] = []

    def measure() -> None:
        for _ in range(150):
            session = _engine.session()
            session.add(_one.__code__)
            session.begin()
            _one()
            session.end()
            rows = [row.occurrences for row in session.measured(_one.__code__).rows]
            if rows != [1, 1]:
                wrong.append(rows)
            session.close()

    kept = _engine.session()
    kept.add(_one.__code__)
    threads = [threading.Thread(target=measure) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    kept.close()
    assert wrong == []


def test_the_last_session_that_closes_leaves_the_code_alone() -> None:
    sessions = [_engine.session() for _ in range(3)]
    for session in sessions:
        session.add(_one.__code__)
    for session in sessions:
        assert _engine.natives().is_watched(id(_one.__code__))
        session.close()
    assert not _engine.natives().is_watched(id(_one.__code__))
    assert id(_one.__code__) not in _engine._in_use


def test_decorators_of_one_function_share_what_keeps_it_watched() -> None:
    def inner() -> None:
        pass

    wrapped = [profile(inner, stream=io.StringIO()) for _ in range(5)]
    for each in wrapped:
        each()
    keepers = _decorator._all_keepers
    assert keepers is not None
    assert sum(keeper.codes() == [inner.__code__] for keeper in keepers.values()) == 1
    code = inner.__code__
    del wrapped, each
    assert id(code) not in keepers


def test_a_session_whose_making_was_interrupted_dies_quietly(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    _engine.start()
    monkeypatch.setattr(_engine, "natives", _handler)
    with pytest.raises(_Alarm):
        _engine.Session(0, all_threads=False)
    assert capfd.readouterr().err == ""


def test_a_forked_child_may_start_the_engine_that_its_parent_was_starting() -> None:
    _engine.start()
    pid = os.fork()
    if not pid:
        status = 1
        try:
            _engine._driver = None
            _engine._is_starting = True
            _engine._start_anew()
            status = 0 if _engine.start() else 1
        finally:
            os._exit(status)
    assert os.waitpid(pid, 0)[1] == 0
