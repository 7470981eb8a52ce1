# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""What memory_usage returns: its shapes, its lines in a stream, and its answers to bad input."""

from __future__ import annotations

import io
import subprocess
import sys
import time
from typing import Any

import pytest
from known_memory import MIB, PAGES_PER_MIB, Pages, rollup, spike

from peakline import memory_usage


def nothing() -> str:
    return "result"


def is_mib(value: object) -> bool:
    return isinstance(value, float) and 1 < value < 4096


def is_pair(value: Any) -> bool:
    return isinstance(value, tuple) and is_mib(value[0]) and abs(value[1] - time.time()) < 3600


def test_this_process_now_is_one_float_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)
    found = memory_usage()
    assert slept == [], "there is nothing to wait for after the last one"
    assert len(memory_usage(-1, interval=0.1, timeout=0.3)) == 3
    assert len(slept) == 2, "this would prove nothing: it waits in another way"
    assert len(found) == 1
    assert abs(found[0] - rollup()["Rss"] / MIB) < 0.5


@pytest.mark.parametrize("proc", [-1, "-1", None], ids=str)
def test_this_process_may_be_called_minus_one_or_by_its_pid(proc: Any) -> None:
    import os

    with Pages(100 * PAGES_PER_MIB):
        found = memory_usage(os.getpid() if proc is None else proc)
    assert found[0] > 100


def test_a_pid_with_a_timeout_is_read_so_many_times() -> None:
    before = time.perf_counter()
    found = memory_usage(-1, interval=0.02, timeout=0.1)
    assert len(found) == 5
    assert all(map(is_mib, found))
    assert time.perf_counter() - before >= 0.08


def test_a_pid_at_its_greatest_is_one_float_whatever_else_is_asked() -> None:
    assert is_mib(memory_usage(-1, max_usage=True))
    assert is_mib(memory_usage(-1, max_usage=True, timestamps=True, retval=True))
    assert is_mib(memory_usage(-1, max_usage=True, multiprocess=True))


def test_a_pid_with_timestamps_is_a_list_of_pairs() -> None:
    found = memory_usage(-1, 0.01, 0.03, True)
    assert len(found) == 3
    assert all(map(is_pair, found))
    assert found[0][1] < found[1][1] < found[2][1]


def test_a_pid_with_its_descendants_is_a_nested_list() -> None:
    with _child("input()") as child:
        alone = memory_usage(-1, multiprocess=True)
        with_times = memory_usage(-1, multiprocess=True, timestamps=True)
        together = memory_usage(-1, include_children=True)
        theirs = rollup(child.pid)["Rss"] / MIB
    assert len(alone) == 1
    assert len(alone[0]) == 2
    assert abs(alone[0][1] - theirs) < 1
    assert is_pair(with_times[0][0])
    assert abs(with_times[0][1] - theirs) < 1
    assert abs(together[0] - alone[0][0] - theirs) < 1


def test_a_call_is_a_list_of_at_least_three() -> None:
    found = memory_usage(nothing)
    assert len(found) >= 3
    assert all(map(is_mib, found))


def test_a_call_with_timestamps_is_a_list_of_pairs_in_order() -> None:
    before = time.time()
    found = memory_usage((spike, (20,)), timestamps=True)
    assert len(found) >= 3
    assert all(map(is_pair, found))
    times = [seconds for _, seconds in found]
    assert times == sorted(times)
    assert before <= times[0] <= times[-1] <= time.time()


def test_a_call_at_its_greatest_is_a_float_or_one_pair() -> None:
    assert is_mib(memory_usage(nothing, max_usage=True))
    assert is_pair(memory_usage(nothing, max_usage=True, timestamps=True))


def test_a_call_with_its_result_is_a_pair_of_both() -> None:
    memory, returned = memory_usage(nothing, retval=True)
    assert len(memory) >= 3
    assert returned == "result"
    memory, returned = memory_usage(nothing, retval=True, max_usage=True)
    assert is_mib(memory)
    assert returned == "result"


def test_a_call_with_multiprocess_is_as_without() -> None:
    assert all(map(is_mib, memory_usage(nothing, multiprocess=True)))
    assert is_mib(memory_usage(nothing, multiprocess=True, max_usage=True))


def test_a_call_takes_arguments_and_keywords() -> None:
    def collect(*args: int, **keywords: int) -> tuple[tuple[int, ...], dict[str, int]]:
        return args, keywords

    assert memory_usage((collect,), retval=True)[1] == ((), {})
    assert memory_usage([collect, [1, 2]], retval=True)[1] == ((1, 2), {})
    assert memory_usage((collect, (1,), {"a": 3}), retval=True)[1] == ((1,), {"a": 3})


def test_a_stream_gets_a_processs_lines_instead_of_the_list() -> None:
    stream = io.StringIO()
    with _child("input()") as child:
        assert memory_usage(-1, 0.01, 0.03, multiprocess=True, stream=stream) is None
    lines = [line.split(" ") for line in stream.getvalue().splitlines()]
    assert [line[0] for line in lines] == ["MEM", "CHLD"] * 3
    assert {line[1] for line in lines if line[0] == "CHLD"} == {str(child.pid)}
    for line in lines:
        mib, seconds = line[-2:]
        assert is_pair((float(mib), float(seconds)))
        assert len(mib.split(".")[1]) == 6
        assert len(seconds.split(".")[1]) == 4


def test_a_stream_gets_a_calls_lines_instead_of_the_list() -> None:
    stream = io.StringIO()
    assert memory_usage((spike, (20,)), stream=stream) is None
    lines = [line.split(" ") for line in stream.getvalue().splitlines()]
    assert len(lines) >= 3
    assert {line[0] for line in lines} == {"MEM"}
    heights = [float(line[1]) for line in lines]
    assert max(heights) - heights[0] > 19


def test_a_stream_does_not_cost_a_call_its_result_or_its_greatest_value() -> None:
    assert memory_usage(nothing, stream=io.StringIO(), retval=True) == (None, "result")
    assert is_mib(memory_usage(nothing, stream=io.StringIO(), max_usage=True))


def test_a_closed_stream_does_not_cost_a_call_its_result() -> None:
    stream = io.StringIO()
    stream.close()
    with pytest.warns(RuntimeWarning, match="could not write its readings to the stream"):
        assert memory_usage(nothing, stream=stream, retval=True) == (None, "result")


def test_a_streams_lines_hold_the_descendants_of_a_call() -> None:
    def with_child() -> None:
        with _child("input()"):
            time.sleep(0.05)

    stream = io.StringIO()
    memory_usage(with_child, 0.005, stream=stream, multiprocess=True)
    lines = [line.split(" ") for line in stream.getvalue().splitlines()]
    assert {"MEM", "CHLD"} == {line[0] for line in lines}


def test_a_popen_is_read_until_it_ends_and_never_as_zero() -> None:
    with subprocess.Popen(["sleep", "0.25"]) as process:
        found = memory_usage(process, interval=0.02)
        assert process.poll() == 0
    assert 3 <= len(found) <= 16
    assert min(found) > 0


def test_a_popen_is_left_when_the_timeout_is_over() -> None:
    with subprocess.Popen(["sleep", "60"]) as process:
        assert len(memory_usage(process, interval=0.01, timeout=0.05, timestamps=True)) == 5
        assert process.poll() is None
        assert is_mib(memory_usage(process, interval=0.01, timeout=0.05, max_usage=True))
        process.kill()


def test_a_popen_that_has_ended_has_no_readings() -> None:
    with subprocess.Popen(["true"]) as process:
        process.wait()
        assert memory_usage(process) == []
        with pytest.raises(ProcessLookupError):
            memory_usage(process, max_usage=True)


def test_the_end_of_a_process_is_noticed_at_once() -> None:
    with subprocess.Popen(["sleep", "0.1"]) as process:
        before = time.perf_counter()
        memory_usage(process, interval=20.0)
        assert time.perf_counter() - before < 10


def test_a_series_of_a_pid_ends_with_its_process() -> None:
    with subprocess.Popen(["sleep", "0.15"]) as process:
        found = memory_usage(process.pid, interval=0.01, timeout=30)
        assert 1 <= len(found) < 100
        assert min(found) > 0


@pytest.mark.parametrize("proc", [2**22 + 9, str(2**22 + 9)])
def test_a_pid_that_is_not_there_is_an_error_in_a_sentence(proc: Any) -> None:
    with pytest.raises(ProcessLookupError, match=f"^no process with pid {2**22 + 9} is running$"):
        memory_usage(proc)


@pytest.mark.parametrize("proc", ["sum(range(10))", "", 1.5, {}])
def test_what_is_neither_callable_nor_process_is_refused_with_advice(proc: Any) -> None:
    with pytest.raises(TypeError, match="pass a callable"):
        memory_usage(proc)


@pytest.mark.parametrize("proc", [(), [], (nothing, (), {}, 1)])
def test_a_tuple_of_a_wrong_size_is_refused_in_a_sentence(proc: Any) -> None:
    with pytest.raises(ValueError, match=f"this has {len(proc)} items"):
        memory_usage(proc)


def test_a_tuple_without_a_function_is_refused_in_a_sentence() -> None:
    with pytest.raises(TypeError, match="the first item is 'int', which cannot be called"):
        memory_usage((1, 2))


@pytest.mark.parametrize("proc", [nothing, -1], ids=["function", "pid"])
@pytest.mark.parametrize("name", ["interval", "timeout"])
def test_seconds_that_cannot_be_waited_are_refused(proc: Any, name: str) -> None:
    impossible = [-1, -0.1, float("nan"), float("-inf"), 10**400]
    for wrong in [*impossible, float("inf")] if name == "interval" else impossible:
        with pytest.raises(ValueError, match=f"takes {name} in seconds, finite and not negative"):
            memory_usage(proc, **{name: wrong})
    for wrong in ["0.1", [], 1j] + [None] * (name == "interval"):
        sentence = f"takes {name} in seconds: '{type(wrong).__name__}' is not a number"
        with pytest.raises(TypeError, match=sentence):
            memory_usage(proc, **{name: wrong})


def test_a_timeout_may_be_infinite() -> None:
    assert len(memory_usage(nothing, timeout=float("inf"))) >= 3
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(.1)"]) as process:
        assert memory_usage(process, interval=0.01, timeout=float("inf"))


def test_an_interval_of_zero_is_the_shortest_there_is() -> None:
    # On a busy machine the thread may come late, but not for ever.
    assert any(len(memory_usage((time.sleep, (s,)), interval=0)) > 20 for s in (0.02, 0.2, 1.0))


def test_an_unknown_backend_is_refused_before_anything_runs() -> None:
    calls: list[int] = []
    for kind in (KeyError, ValueError):
        with pytest.raises(kind, match="unknown backend 'nope': choose one of"):
            memory_usage((calls.append, (1,)), backend="nope")
    assert calls == []


@pytest.mark.parametrize("backend", ["psutil_pss", "psutil_uss", "pss", "uss", "posix"])
def test_every_backend_measures_a_call(backend: str) -> None:
    def hold() -> None:
        with Pages(100 * PAGES_PER_MIB):
            time.sleep(0.5)

    # Shares move when other processes come and go; of 100 MiB that is little.
    found = memory_usage(hold, interval=0.005, backend=backend)
    assert 90 < max(found) - found[0] < 115
    highest = memory_usage(hold, interval=0.005, backend=backend, max_usage=True)
    assert 90 < highest - found[0] < 115


def test_tracemalloc_knows_the_peak_of_a_call_and_leaves_nothing_running() -> None:
    import tracemalloc

    def inner() -> None:
        bytearray(5 * MIB)

    def outer() -> list[float]:
        bytearray(9 * MIB)
        found: list[float] = memory_usage(inner, backend="tracemalloc")
        return found

    series, nested = memory_usage(outer, backend="tracemalloc", retval=True)
    assert len(series) == len(nested) == 3
    assert 9 <= series[1] - series[0] < 9.1
    assert 5 <= nested[1] - nested[0] < 5.1
    assert not tracemalloc.is_tracing()
    with pytest.raises(RuntimeError, match="sees only this process"):
        memory_usage(outer, backend="tracemalloc", include_children=True)


def _child(program: str) -> subprocess.Popen[bytes]:
    child = subprocess.Popen(
        [sys.executable, "-c", f"print('up', flush=True); {program}"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert child.stdout is not None
    child.stdout.readline()
    return child
