# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""The backend heap through every face of the package, and what is said where it cannot be had."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from programs import run, tables, write

import peakline
from memory_profiler import LineProfiler
from peakline import _agent, _drivers, _engine, _heap, _memory, _trace
from peakline._backends import HEAP
from peakline._natives import natives

NEEDS_HEAP = pytest.mark.skipif(
    _heap.available() is not None, reason=str(_heap.available() or "it can be counted")
)

MIB = 1 << 20

WORK = """\
def work():
    large = bytearray(40 << 20)
    places = [None] * (5 << 20)
    del large
    return places
"""

DECORATED = "from peakline import profile\n@profile(backend='heap')\n" + WORK + "work()\n"

BARE = "@profile\n" + WORK + "work()\n"


def of_table(printed: str) -> dict[str, tuple[int, float]]:
    """Usage above the start, in whole MiB, and increment, of the lines of `work`."""
    (table,) = tables(printed)
    start = min(table.rows.items())[1].usage
    words = ("large = ", "places = ", "del large", "return")
    rows = {word: table.row(word) for word in words}
    return {word: (round(row.usage - start), row.increment) for word, row in rows.items()}


EXPECTED = {
    "large = ": (40, 40.0),
    "places = ": (80, 40.0),
    "del large": (40, -40.0),
    "return": (40, 0.0),
}


# ---- The faces


@NEEDS_HEAP
def test_the_decorator_prints_the_four_columns(tmp_path: Path) -> None:
    answer = run(tmp_path, write(tmp_path, "program.py", DECORATED))
    assert (answer.returncode, answer.stderr) == (0, "")
    assert of_table(answer.stdout) == EXPECTED


@NEEDS_HEAP
def test_the_command_of_memory_profiler_knows_the_heap(tmp_path: Path) -> None:
    program = write(tmp_path, "program.py", BARE)
    command = ["-m", "memory_profiler", "--backend", "heap", "--precision", "1", program]
    answer = run(tmp_path, *command)
    assert (answer.returncode, answer.stderr) == (0, "")
    assert of_table(answer.stdout) == EXPECTED


@NEEDS_HEAP
@pytest.mark.parametrize("allocator", ["malloc", "debug", "malloc_debug", "pymalloc_debug"])
def test_every_allocator_of_python_gives_the_same_figures(tmp_path: Path, allocator: str) -> None:
    program = write(tmp_path, "program.py", DECORATED)
    answer = run(tmp_path, program, PYTHONMALLOC=allocator)
    assert (answer.returncode, answer.stderr) == (0, "")
    assert of_table(answer.stdout) == EXPECTED


@NEEDS_HEAP
def test_the_typed_result_has_all_figures_of_every_line() -> None:
    def work() -> list[Any]:
        large = bytearray(40 << 20)
        return [len(large)]

    result = peakline.lines(work, backend="heap")
    assert result.backend == "heap"
    assert result.value == [40 << 20]
    assert not [one for one in result.caveats if "not" in one]
    _, large, last = result.functions[0].lines
    assert large.heap_increment == large.increment == large.own_peak == large.allocated
    assert large.increment is not None
    assert large.increment - (40 << 20) in range(8192)
    assert (large.freed, large.allocations, large.python_increment) == (0, 2, 64)
    assert large.requested == (40 << 20) + 1 + 56
    assert large.usage is not None
    assert large.usage - result.functions[0].baseline == large.increment
    assert abs(large.rss_increment - (40 << 20)) < MIB
    assert last.own_peak in range(1024)


@NEEDS_HEAP
def test_other_backends_leave_the_heaps_figures_out() -> None:
    result = peakline.lines(lambda: bytearray(MIB), backend="rss")
    for line in result.functions[0].lines:
        assert line[7:] == (None,) * 8


@NEEDS_HEAP
def test_the_json_has_bytes_under_the_names_of_the_format() -> None:
    result = peakline.lines(lambda: bytearray(40 << 20), backend="heap").to_dict()
    (line,) = result["functions"][0]["lines"]
    assert result["backend"] == "heap"
    assert line["increment"] == line["heap_increment"] >= 40 << 20
    assert line["own_peak"] == line["allocated"] - line["freed"]
    assert line["other_threads"] in range(-65536, 65536)


# ---- memory_usage


@NEEDS_HEAP
def test_memory_usage_of_this_process_is_what_is_in_use() -> None:
    (before,) = peakline.memory_usage(backend="heap")
    held = bytearray(40 << 20)
    (with_it,) = peakline.memory_usage(-1, backend="heap")
    (by_pid,) = peakline.memory_usage(os.getpid(), backend="heap")
    del held
    (after,) = peakline.memory_usage(str(os.getpid()), backend="heap")
    assert abs(with_it - before - 40) < 0.1
    assert abs(by_pid - with_it) < 0.1
    assert abs(after - before) < 0.1
    assert before > 1


@NEEDS_HEAP
def test_memory_usage_of_a_call_shows_what_it_holds_meanwhile() -> None:
    def holds() -> str:
        held = bytearray(40 << 20)
        # As a program does that works for a while.
        threading_wait(0.05)
        return str(len(held))

    series = peakline.memory_usage(holds, interval=0.005, backend="heap")
    assert len(series) >= 3
    assert abs(max(series) - series[0] - 40) < 0.5
    assert abs(series[-1] - series[0]) < 0.5
    highest, value = peakline.memory_usage(
        holds, interval=0.005, max_usage=True, retval=True, backend="heap"
    )
    assert value == str(40 << 20)
    assert abs(highest - series[0] - 40) < 0.5
    stamped = peakline.memory_usage(holds, interval=0.01, timestamps=True, backend="heap")
    assert all(len(one) == 2 for one in stamped)


def threading_wait(seconds: float) -> None:
    import threading

    threading.Event().wait(seconds)


@NEEDS_HEAP
def test_memory_usage_refuses_processes_whose_heap_nobody_counts() -> None:
    sentence = "the heap backend sees only this process"
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        for process in (child, child.pid):
            with pytest.raises(RuntimeError, match=sentence):
                peakline.memory_usage(process, backend="heap")
    with pytest.raises(RuntimeError, match=sentence):
        peakline.memory_usage(-1, include_children=True, backend="heap")
    called: list[int] = []
    with pytest.raises(RuntimeError, match=sentence):
        peakline.memory_usage((called.append, (1,)), include_children=True, backend="heap")
    assert called == []


# ---- Where it cannot be had


@pytest.fixture
def nothing_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a process under an AddressSanitizer, in which counting has not begun."""
    monkeypatch.setattr(natives(), "heap_obstacle", lambda: 512)
    monkeypatch.setattr(natives(), "heap_start", lambda *_: 512)
    monkeypatch.setattr(_heap, "_state", 0)


REASONS = {
    256: "the heap cannot be counted here, because this process has no malloc",
    512: "the heap cannot be counted under an AddressSanitizer",
    1024: "the heap cannot be counted here, because the allocator that replaces malloc",
}


@pytest.mark.usefixtures("nothing_counted")
@pytest.mark.parametrize("obstacle", REASONS)
def test_each_obstacle_is_said_in_a_sentence_with_a_way_out(
    obstacle: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(natives(), "heap_obstacle", lambda: obstacle)
    monkeypatch.setattr(natives(), "heap_start", lambda *_: obstacle)
    why = _heap.available()
    assert why is not None
    assert why.startswith(REASONS[obstacle])
    assert "'--backend rss'" in why
    with pytest.raises(_heap.HeapUnavailable) as caught:
        _heap.start()
    assert str(caught.value) == why


@pytest.mark.usefixtures("nothing_counted")
def test_where_it_cannot_be_counted_every_face_refuses_before_it_calls_anything() -> None:
    called: list[int] = []

    def work() -> None:
        called.append(1)

    with pytest.raises(_heap.HeapUnavailable):
        peakline.lines(work, backend="heap")
    with pytest.raises(_heap.HeapUnavailable):
        peakline.profile(backend="heap")(work)
    with pytest.raises(_heap.HeapUnavailable):
        peakline.memory_usage(work, backend="heap")
    with pytest.raises(_heap.HeapUnavailable):
        peakline.memory_usage(backend="heap")
    with pytest.raises(_heap.HeapUnavailable):
        LineProfiler(backend="heap")(work)()
    assert called == []
    # What was not asked about the heap goes on.
    assert peakline.lines(work, backend="rss").functions[0].lines[1].occurrences == 1


NOT_HERE = """\
from peakline import _natives
_natives.natives().heap_obstacle = lambda: 512
_natives.natives().heap_start = lambda *_: 512
"""


@pytest.mark.parametrize("more", [[], ["--include-children"]])
def test_the_command_of_memory_profiler_says_why_and_runs_nothing(
    tmp_path: Path, more: list[str]
) -> None:
    write(tmp_path, "sitecustomize.py", NOT_HERE)
    program = write(tmp_path, "program.py", BARE + "print('it runs')\n")
    path = os.pathsep.join([str(tmp_path), str(Path(peakline.__file__).parent.parent)])
    command = ["-m", "memory_profiler", "--backend", "heap", *more, program]
    answer = run(tmp_path, *command, PYTHONPATH=path)
    assert (answer.returncode, answer.stdout) == (2, "")
    assert answer.stderr.startswith("memory_profiler: the heap ")
    assert answer.stderr.count("\n") == 1


# ---- The plain trace function


@pytest.fixture
def plainly_traced(monkeypatch: pytest.MonkeyPatch) -> None:
    driver, reason = _drivers.plain(ValueError("the test says so"))
    monkeypatch.setattr(_engine, "_driver", driver)
    monkeypatch.setattr(_engine, "_why_slow", reason)


@pytest.mark.usefixtures("plainly_traced")
def test_a_trace_function_that_allocates_itself_does_not_count_the_heap() -> None:
    def work() -> None:
        raise AssertionError("it was called")

    with pytest.raises(_heap.HeapUnavailable, match="a slow trace function, which allocates"):
        peakline.lines(work, backend="heap")
    with pytest.raises(_heap.HeapUnavailable, match="only this process"):
        _trace.TraceSession(HEAP, all_threads=False, include_children=True)


@NEEDS_HEAP
@pytest.mark.usefixtures("plainly_traced")
def test_a_call_is_measured_by_the_heap_however_lines_are() -> None:
    (before,) = peakline.memory_usage(backend="heap")
    assert before == pytest.approx(_memory.own_bytes(HEAP) / MIB, abs=0.1)


PLAIN = """\
from peakline import _drivers
_drivers.choose = lambda: _drivers.plain(ValueError("the test says so"))
"""


@pytest.mark.parametrize("obstacle", [PLAIN, "from peakline import _agent\n_agent.PATH = '/no'\n"])
def test_without_a_fast_driver_a_profile_is_of_the_resident_set(
    tmp_path: Path, obstacle: str
) -> None:
    write(tmp_path, "sitecustomize.py", obstacle)
    program = write(tmp_path, "program.py", BARE)
    path = os.pathsep.join([str(tmp_path), str(Path(peakline.__file__).parent.parent)])
    command = ["-m", "peakline", "profile", "--classic", program]
    answer = run(tmp_path, *command, PYTHONPATH=path)
    assert answer.returncode == 0
    assert "a slow trace function" in answer.stderr
    (table,) = tables(answer.stdout)
    assert table.row("large = ").increment == pytest.approx(40, abs=1)


WATCHED = """
import peakline
with peakline.watch() as w:
    data = bytearray(1_000_000)
print(w.increment > 1_000_000)
"""


def test_tracemalloc_from_before_is_said_to_hide_small_objects(tmp_path: Path) -> None:
    done = run(tmp_path, "-X", "tracemalloc", "-c", WATCHED)
    assert done.stdout == "True\n"
    assert "Small objects are not in these figures: tracemalloc was on" in done.stderr


def test_another_installations_agent_that_is_preloaded_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / Path(_agent.PATH).name
    copy.write_bytes(Path(_agent.PATH).read_bytes())
    monkeypatch.setenv("LD_PRELOAD", str(copy))
    done = run(tmp_path, "-c", WATCHED)
    assert f"another installation's agent is preloaded ({copy})" in done.stderr

    monkeypatch.setenv("LD_PRELOAD", _agent.PATH)
    assert run(tmp_path, "-c", WATCHED).stdout == "True\n"
