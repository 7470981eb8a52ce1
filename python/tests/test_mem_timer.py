# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""`MemTimer`, as programs that measure in ways of their own start and subclass it."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from known_memory import PAGES_PER_MIB, Pages
from programs import run, write

import memory_profiler
from memory_profiler import MemTimer, Pipe

pytestmark = pytest.mark.filterwarnings("ignore:.*use of fork.*:DeprecationWarning")


@contextmanager
def sampling(kind: type[MemTimer], *arguments: Any, **keywords: Any) -> Iterator[list[Any]]:
    """Samples this process; what is sent comes into the list at the end."""
    theirs, ours = Pipe()
    timer = kind(os.getpid(), 0.01, theirs, "psutil", *arguments, **keywords)
    found: list[Any] = [timer]
    timer.start()
    assert ours.recv() == 0
    yield found
    ours.send(0)
    found += [ours.recv(), ours.recv()]
    timer.join(60)
    assert timer.exitcode == 0


def grow(mib: int = 64) -> None:
    """Has so much more resident memory for some samples' time."""
    with Pages(mib * PAGES_PER_MIB):
        time.sleep(0.2)


def test_it_is_a_process_with_the_attributes_that_programs_read() -> None:
    theirs, _ = Pipe()
    made = MemTimer(os.getpid(), 0.5, theirs, "psutil", False, None, None, "its name")
    assert isinstance(made, multiprocessing.Process)
    assert (made.monitor_pid, made.interval, made.pipe) == (os.getpid(), 0.5, theirs)
    assert (made.backend, made.max_usage, made.cont, made.n_measurements) == (
        "psutil",
        False,
        True,
        1,
    )
    assert (made.timestamps, made.include_children, made.name) == (False, False, "its name")
    ((baseline,),) = (made.mem_usage,)
    assert baseline == pytest.approx(memory_profiler._get_memory(-1), abs=4)


def test_it_samples_from_its_making_until_it_is_told_to_end() -> None:
    with sampling(MemTimer) as found:
        grow()
    timer, series, count = found
    assert count == len(series) >= 3
    assert series[0] == timer.mem_usage[0]
    assert max(series) - series[0] == pytest.approx(64, abs=2)
    assert series[-1] - series[0] == pytest.approx(0, abs=2)


def test_with_max_usage_it_keeps_the_greatest_sample() -> None:
    with sampling(MemTimer, True) as found:
        grow()
    timer, series, count = found
    assert (len(series), count > 3) == (1, True)
    assert series[0] - timer.mem_usage[0] == pytest.approx(64, abs=2)


def test_with_timestamps_samples_are_pairs() -> None:
    began = time.time()
    with sampling(MemTimer, timestamps=True) as found:
        grow()
    _, series, _ = found
    seconds = [when for _, when in series]
    assert seconds == sorted(seconds)
    assert began <= seconds[0] <= seconds[-1] <= time.time()
    assert max(memory for memory, _ in series) - series[0][0] == pytest.approx(64, abs=2)


def test_children_are_counted_but_not_itself() -> None:
    code = "a = bytearray(40 * 2**20); print(1, flush=True); input()"
    with sampling(MemTimer, include_children=True) as found:
        time.sleep(0.2)
        with subprocess.Popen(
            [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as child:
            assert child.stdout is not None
            child.stdout.readline()
            time.sleep(0.2)
            child.communicate(b"\n")
    _, series, _ = found
    # The process that samples, which is not there at the first sample, has tens of MiB of its own.
    assert [series[1] - series[0], series[-1] - series[0]] == pytest.approx([0, 0], abs=2)
    # Not the highest: until it runs its own program, a new child has all of its parent's pages.
    grown = [size - series[0] for size in series if 40 < size - series[0] < 80]
    assert len(grown) > 1


class Own(MemTimer):
    """A subclass that samples by itself, as third parties write them."""

    def run(self) -> None:
        self.pipe.send(0)
        stop = False
        while True:
            memory = memory_profiler._get_memory(
                self.monitor_pid,
                self.backend,
                timestamps=self.timestamps,
                include_children=self.include_children,
            )
            if self.max_usage:
                self.mem_usage[0] = max(memory, self.mem_usage[0])
            else:
                self.mem_usage.append(memory)
            self.n_measurements += 1
            if stop:
                break
            stop = self.pipe.poll(self.interval)
        self.pipe.send(self.mem_usage)
        self.pipe.send(self.n_measurements)


@pytest.mark.parametrize("max_usage", [False, True])
def test_a_subclass_may_sample_by_itself(max_usage: bool) -> None:
    with sampling(Own, max_usage) as found:
        grow()
    timer, series, count = found
    assert max(series) - timer.mem_usage[0] == pytest.approx(64, abs=2)
    assert len(series) == (1 if max_usage else count)


def test_minus_one_is_the_process_that_makes_it() -> None:
    theirs, ours = Pipe()
    timer = MemTimer(-1, 0.01, theirs, None, True)
    assert timer.monitor_pid == os.getpid()
    timer.start()
    ours.recv()
    grow()
    ours.send("end")
    assert ours.recv()[0] - timer.mem_usage[0] == pytest.approx(64, abs=2)
    timer.join(60)


def test_a_process_that_ends_meanwhile_leaves_its_samples() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        theirs, ours = Pipe()
        timer = MemTimer(process.pid, 0.01, theirs, "psutil")
        timer.start()
        ours.recv()
        time.sleep(0.1)
        process.communicate(b"\n")
    ours.send(0)
    series, count = ours.recv(), ours.recv()
    assert len(series) == count >= 2
    timer.join(60)
    assert timer.exitcode == 0


@pytest.mark.parametrize("backend", ["heap", "tracemalloc"])
def test_a_backend_that_sees_its_own_process_only_is_refused(backend: str) -> None:
    theirs, _ = Pipe()
    with pytest.raises(RuntimeError, match="only this process"):
        MemTimer(os.getpid(), 0.1, theirs, backend)


FORGETS = """\
import multiprocessing, os, time
from memory_profiler import MemTimer, Pipe

if __name__ == "__main__":
    multiprocessing.set_start_method("{method}")
    theirs, ours = Pipe()
    timer = MemTimer(os.getpid(), 0.01, theirs, "psutil")
    timer.start()
    ours.recv()
    print(timer.pid, flush=True)
    {ending}
"""


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_a_program_that_forgets_it_ends_all_the_same(tmp_path: Path, method: str) -> None:
    write(tmp_path, "program.py", FORGETS.format(method=method, ending=""))
    answer = run(tmp_path, "program.py")
    assert (answer.returncode, answer.stderr) == (0, "")
    assert not os.path.exists(f"/proc/{answer.stdout.strip()}")


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_it_ends_with_a_program_that_is_killed(tmp_path: Path, method: str) -> None:
    write(tmp_path, "program.py", FORGETS.format(method=method, ending="os.kill(os.getpid(), 9)"))
    answer = run(tmp_path, "program.py")
    assert answer.returncode == -9
    deadline = time.monotonic() + 60
    while _is_running(int(answer.stdout)) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not _is_running(int(answer.stdout))


def _is_running(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
