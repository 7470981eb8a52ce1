# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""More classes and calls in the shape of other projects' own, beside those of test_consumers.py."""

from __future__ import annotations

import io
import logging
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from known_memory import PAGES_PER_MIB, Pages, spike
from programs import run, tables, write
from test_consumers import UDFLineProfilerV2, results

import memory_profiler
from memory_profiler import (
    CodeMap,
    LineProfiler,
    LogFile,
    MemTimer,
    Pipe,
    TimeStamper,
    _get_child_memory,
    _get_memory,
    memory_usage,
    profile,
    show_results,
)


def udf(number: int) -> int:
    kept = Pages(4 * PAGES_PER_MIB)
    kept.close()
    return number + 1


# ---- PySpark, how its releases drive the profiler


def test_spark_4_0_calls_what_the_profiler_returns() -> None:
    profiler = UDFLineProfilerV2()
    assert profiler(udf)(1) == 2
    assert dict(results(profiler)[__file__])[udf.__code__.co_firstlineno + 1][0] > 3


def test_spark_4_1_enters_the_profiler_and_an_exception_passes() -> None:
    def fails(number: int) -> int:
        kept = Pages(4 * PAGES_PER_MIB)
        kept.close()
        raise KeyError(number)

    profiler = UDFLineProfilerV2()
    profiler.add_function(fails)
    with pytest.raises(KeyError), profiler:
        fails(1)
    lines = dict(results(profiler)[__file__])
    assert lines[fails.__code__.co_firstlineno + 1][0] == pytest.approx(4, abs=0.3)
    assert lines[fails.__code__.co_firstlineno + 3][2] == 1


def test_a_profiler_that_measured_nothing_gives_spark_nothing() -> None:
    profiler = UDFLineProfilerV2()
    profiler.add_function(udf)
    with profiler:
        pass
    assert results(profiler) == {}


# ---- pyprofiler


class EveryOther(MemTimer):
    """Passes all on by place, and keeps what the base calls it."""

    def __init__(
        self,
        monitor_pid: int,
        interval: float,
        pipe: Any,
        backend: str,
        max_usage: bool = False,
        *args: Any,
        **kw: Any,
    ) -> None:
        super().__init__(monitor_pid, interval, pipe, backend, max_usage, *args, **kw)
        self.samples = [self.mem_usage[0]]

    def run(self) -> None:
        self.pipe.send(0)
        stop = False
        while True:
            memory = _get_memory(
                self.monitor_pid, self.backend, self.timestamps, self.include_children
            )
            if not self.max_usage:
                self.samples.append(memory)
            else:
                self.samples[0] = max(memory, self.samples[0])
            self.n_measurements += 1
            if stop:
                break
            stop = self.pipe.poll(self.interval)
        self.pipe.send(self.samples)
        self.pipe.send(self.n_measurements)


@pytest.mark.parametrize("kind", [MemTimer, EveryOther])
@pytest.mark.parametrize("max_usage", [False, True])
def test_a_timer_samples_from_outside(kind: type[MemTimer], max_usage: bool) -> None:
    near, far = Pipe()
    timer = kind(-1, 0.01, far, "psutil", max_usage)
    timer.start()
    assert near.recv() == 0
    with_room = Pages(64 * PAGES_PER_MIB)
    time.sleep(0.5)
    with_room.close()
    near.send(0)
    samples, count = near.recv(), near.recv()
    timer.join()
    assert max(samples) - timer.mem_usage[0] == pytest.approx(64, abs=3)
    assert len(samples) == (1 if max_usage else count)
    assert list(_get_child_memory(-1)) in ([], [(0, 0.0)])


class NamedCodeMap(CodeMap):
    """Keeps the names of what it admits."""

    def __init__(self, include_children: bool, backend: str) -> None:
        CodeMap.__init__(self, include_children, backend)
        self.names: list[str] = []

    def add(self, code: Any, toplevel_code: Any = None) -> None:
        CodeMap.add(self, code, toplevel_code)
        self.names.append(code.co_name)


def test_a_code_map_that_extends_add() -> None:
    profiler = LineProfiler(backend="psutil", include_children=False)
    profiler.code_map = NamedCodeMap(False, "psutil")
    profiler(udf)(1)
    assert profiler.code_map.names[0] == "udf"
    ((_, lines),) = profiler.code_map.items()
    assert [figures and figures[2] for _, figures in lines] == [1, 1, 1, 1]


# ---- PyNucleus, and the book High Performance Python


def test_blocks_are_stamped_by_hand() -> None:
    profile = TimeStamper("psutil")
    block = profile.timestamp("assemble_matrix")
    block.__enter__()
    kept = Pages(8 * PAGES_PER_MIB)
    block.__exit__()
    kept.close()
    (before, began), (after, ended) = block.timestamps
    assert block.timestamps[-1][0] == after
    assert after - before == pytest.approx(8, abs=0.5)
    assert began <= ended


BOOK = """\
import time
if 'profile' not in dir():
    raise SystemExit("not injected")

@profile
def make():
    with profile.timestamp("create_output_list"):
        return [0] * 1000

make()
"""


def test_the_program_of_the_book_is_stamped(tmp_path: Path) -> None:
    script = write(tmp_path, "book.py", BOOK)
    said = run(tmp_path, "-m", "memory_profiler", "--timestamp", script)
    assert said.returncode == 0, said.stderr
    names = [line.split()[1] for line in said.stdout.splitlines() if line.startswith("FUNC ")]
    assert sorted(names) == [".create_output_list", "__main__.make"]


# ---- Log files, samplers, and memory_usage in other hands


def test_tables_go_to_a_log_through_standard_output(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="memory_profile_log")
    monkeypatch.setattr(sys, "stdout", LogFile("memory_profile_log", reportIncrementFlag=True))
    profile(udf)(1)
    sys.stdout.flush()
    monkeypatch.undo()
    said = [record.getMessage() for record in caplog.records]
    assert any(line.startswith("Filename: ") for line in said)
    assert any("Line Contents" in line for line in said)
    rows = [line for line in said if "MiB" in line]
    # The first, and the line that took memory; not those that took none.
    assert ["Pages" in row for row in rows] == [False, True]


def test_a_thread_samples_while_a_cell_runs() -> None:
    samples = [memory_usage()[0]]
    go_on = [True]

    def sample() -> None:
        while go_on:
            samples.append(memory_profiler.memory_usage()[0])
            time.sleep(0.001)

    thread = threading.Thread(target=sample)
    thread.start()
    kept = Pages(32 * PAGES_PER_MIB)
    seen = len(samples) + 3
    until = time.monotonic() + 30
    while len(samples) < seen and time.monotonic() < until:
        time.sleep(0.01)
    go_on.clear()
    thread.join()
    kept.close()
    assert max(samples) - samples[0] == pytest.approx(32, abs=2)


def test_metaworld() -> None:
    class Environment:
        pass

    made: list[Environment] = []

    def build(cls: type[Environment]) -> None:
        made.append(cls())

    found = memory_usage((build, [Environment], {}))
    assert isinstance(found, list)
    assert max(found) < 4096
    assert len(made) == 1


def test_kedro_and_pyreason_in_the_functions_they_wrap() -> None:
    found: Any = memory_usage((spike, [24], {}), interval=0.1, max_usage=True, retval=True)
    assert found[0] - memory_usage(max_usage=True) == pytest.approx(24, abs=3)
    usage: Any = memory_usage(-1, 0.1, max_usage=True, retval=True, include_children=True)
    assert (usage if isinstance(usage, float) else usage[0]) > 1


def test_a_profiler_is_added_to_enabled_and_shown() -> None:
    profiler = LineProfiler()
    profiler.add_function(udf)
    profiler.enable()
    udf(1)
    profiler.disable()
    stream = io.StringIO()
    show_results(profiler, stream=stream, precision=2)
    (table,) = tables(stream.getvalue())
    assert table.row("Pages").increment == pytest.approx(4, abs=0.3)
    ((_, lines),) = profiler.code_map.items()
    (_, figures), *_ = lines
    assert figures is not None
    assert figures[0] == figures[1]
