# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""`peakline.compare()`: alternatives that fail, hang, or cannot be measured."""

from __future__ import annotations

import functools
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from alternatives import MEGABYTE, Odd, near, nothing, one_array, raising, two_arrays
from programs import PACKAGES, write

import peakline
from peakline import _trials


def kill(number: int) -> Callable[[], None]:
    return lambda: os.kill(os.getpid(), number)


def close_everything() -> None:
    os.closerange(0, 1000)


@pytest.mark.parametrize(
    ("function", "sentence"),
    [
        (raising(ValueError("no\nway")), "It ended with ValueError: no."),
        (raising(ValueError()), "It ended with ValueError."),
        (raising(Odd()), "It ended with alternatives.Odd."),
        (raising(MemoryError()), "It ended with MemoryError."),
        (raising(KeyboardInterrupt()), "It ended with KeyboardInterrupt."),
        (
            raising(ValueError("x" * 100_000)),
            f"It ended with ValueError: {'x' * 974}….",
        ),
        (lambda: sys.exit(3), "It called sys.exit(3)."),
        (sys.exit, "It called sys.exit()."),
        (lambda: sys.exit("bad"), "It called sys.exit('bad')."),
        (lambda: os._exit(0), "It ended its process with status 0 before it returned."),
        (kill(signal.SIGTERM), "It was killed by SIGTERM."),
        (
            kill(signal.SIGKILL),
            "It was killed by SIGKILL, which is what the kernel does when memory runs out.",
        ),
        (close_everything, "It ended its process with status 0 before it returned."),
    ],
)
def test_an_alternative_that_fails_says_how_and_does_not_stop_the_others(
    function: Callable[[], None], sentence: str
) -> None:
    result = peakline.compare(nothing, bad=function, two=two_arrays, repeat=2)
    assert result["bad"].error == sentence
    assert result["bad"].runs == ()
    assert [len(result[name].runs) for name in ("nothing", "two")] == [2, 2]
    assert result.best == "nothing"


def test_the_traceback_of_a_failure_is_shown_once_without_our_frames(
    capfd: pytest.CaptureFixture[str],
) -> None:
    peakline.compare(raising(ValueError("bad")), repeat=3)
    lines = capfd.readouterr().err.splitlines()
    assert lines[0] == "Traceback (most recent call last):"
    assert "in function" in lines[1]
    assert lines[-1] == "ValueError: bad"
    assert sum("bad" in line for line in lines) == 1


def test_what_it_returns_need_not_be_picklable() -> None:
    result = peakline.compare(threading.Lock, lambda: (n for n in ()), repeat=1)
    assert [alternative.error for alternative in result.alternatives] == [None, None]


def test_an_alternative_that_forks_is_measured_once(tmp_path: Path) -> None:
    notes = tmp_path / "notes"

    def forking() -> bytearray:
        os.fork()
        return bytearray(10 * MEGABYTE)

    def failing_child() -> None:
        if os.fork() == 0:
            raise ValueError("only in the child")

    def leaving_a_child_behind() -> None:
        if os.fork() == 0:
            with notes.open("a") as file:
                print(os.getpid(), file=file)
            time.sleep(60)

    begin = time.monotonic()
    result = peakline.compare(forking, failing_child, leaving_a_child_behind, repeat=1)
    assert time.monotonic() - begin < 50
    assert [alternative.error for alternative in result.alternatives] == [None] * 3
    assert [len(alternative.runs) for alternative in result.alternatives] == [1] * 3
    assert near(result["forking"].runs[0].own_peak, 10)
    while not notes.exists() or len(notes.read_text().splitlines()) < 2:
        time.sleep(0.01)
    for line in notes.read_text().split():
        os.kill(int(line), signal.SIGKILL)


@pytest.mark.parametrize("how", ["ignored", "reaped"])
def test_it_works_where_children_vanish(how: str) -> None:
    def reap(*_: object) -> None:
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            pass

    before = signal.signal(signal.SIGCHLD, signal.SIG_IGN if how == "ignored" else reap)
    try:
        result = peakline.compare(nothing, killed=kill(signal.SIGKILL), repeat=2)
    finally:
        signal.signal(signal.SIGCHLD, before)
    assert len(result["nothing"].runs) == 2
    assert result["killed"].error is not None
    assert result["killed"].error.startswith(("Its process ended before", "It was killed by"))


HANGING = """
import os, sys, time, peakline
def hang():
    print(os.getpid(), file=sys.stderr, flush=True)
    time.sleep(60)
peakline.compare(hang)
"""


@pytest.mark.parametrize("command", ["api", "cli"])
def test_an_interrupt_ends_the_child_that_hangs_and_the_comparison(
    tmp_path: Path, command: str
) -> None:
    write(tmp_path, "program.py", HANGING)
    write(tmp_path, "hanging.py", HANGING.replace("peakline.compare(hang)", ""))
    words = {"api": ["program.py"], "cli": ["-m", "peakline", "compare", "hanging:hang"]}
    process = subprocess.Popen(
        [sys.executable, *words[command]],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": PACKAGES},
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    child = int(process.stderr.readline())
    process.send_signal(signal.SIGINT)
    rest = process.stderr.read()
    assert process.wait() == -signal.SIGINT
    assert rest.endswith("KeyboardInterrupt\n") if command == "api" else rest == ""
    wait_for_the_end(child)


def wait_for_the_end(process: int) -> None:
    """Who has lost its parent is let go of by whoever is first of all, in its own time."""
    deadline = time.monotonic() + 60
    while os.path.exists(f"/proc/{process}"):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_where_the_heap_cannot_be_counted_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def start(index: int, pipe: int, kind: str, is_silent: bool) -> int:
        import marshal

        os.write(pipe, marshal.dumps({"unavailable": "the heap cannot be counted"}))
        return os.posix_spawn("/bin/true", ["true"], {})

    with pytest.raises(peakline.HeapUnavailable, match="the heap cannot be counted"):
        _trials.run(start, ["a"], 1)
    from peakline import _heap

    monkeypatch.setattr(_heap, "available", lambda: "not here")
    with pytest.raises(peakline.HeapUnavailable, match="not here"):
        peakline.compare(nothing)


@pytest.mark.parametrize(
    ("functions", "named", "sentence"),
    [
        ((), {}, "there is nothing to compare"),
        ((nothing, nothing), {}, "two alternatives are called 'nothing'"),
        ((nothing,), {"nothing": one_array}, "two alternatives are called 'nothing'"),
        ((), {"a": 1}, "the alternative 'a' cannot be called: 1"),
        ((5,), {}, "the alternative 'int' cannot be called: 5"),
    ],
)
def test_what_cannot_be_compared_is_a_type_error(
    functions: tuple[Any, ...], named: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(TypeError, match=sentence):
        peakline.compare(*functions, **named)


def test_it_takes_at_least_one_run() -> None:
    with pytest.raises(ValueError, match="repeat must be 1 or more, not 0"):
        peakline.compare(nothing, repeat=0)


def test_a_partial_goes_by_the_name_of_its_function() -> None:
    result = peakline.compare(functools.partial(sum, [1]), lambda: 1, repeat=1)
    assert [alternative.name for alternative in result.alternatives] == ["sum", "<lambda>"]
