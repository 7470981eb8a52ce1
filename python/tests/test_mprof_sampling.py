# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""What `mprof run` sees, held against programs that know what memory they touch."""

from __future__ import annotations

import sys
import time
from itertools import pairwise
from pathlib import Path

import pytest
from mprof_runs import mprof, recording, start
from programs import write

TOLERANCE = 0.25
"""MiB. Some kernels, 6.2 to 6.15, count pages in batches for each processor."""

STAIRCASE = """
    import mmap, sys, time

    PAUSE = 0.2
    def own():
        with open("/proc/self/statm") as statm:
            return int(statm.read().split()[1]) * 4096 / 2**20

    own()
    kept = []
    steps = []
    for mebibytes in (0, 3, 16, 1, 40, -40, 8):
        if mebibytes < 0:
            kept = [block for block in kept if len(block) != -mebibytes << 20 or block.close()]
        elif mebibytes:
            block = mmap.mmap(-1, mebibytes << 20, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
            for place in range(0, mebibytes << 20, 4096):
                block[place] = 1
            kept.append(block)
        before = time.time()
        time.sleep(PAUSE)
        steps.append((before, time.time(), own()))
    with open(sys.argv[1], "w") as file:
        for step in steps:
            print(*step, file=file)
"""
"""Writes down when it stood on which step, and the kernel's own figure for it."""


def staircase(folder: Path) -> list[tuple[float, float, float]]:
    text = (folder / "steps").read_text()
    steps = []
    for line in text.splitlines():
        start_, end, memory = map(float, line.split())
        steps.append((start_, end, memory))
    return steps


@pytest.mark.parametrize("interval", ["0.01", "0.001"])
def test_every_step_of_a_staircase_is_seen(tmp_path: Path, interval: str) -> None:
    program = write(tmp_path, "stairs.py", STAIRCASE)
    command = [sys.executable, program, tmp_path / "steps"]
    answer = mprof(tmp_path, "run", "-E", "-T", interval, "-o", "a.dat", *command)
    assert answer.returncode == 0, answer.stderr
    found = recording(tmp_path / "a.dat").memory
    steps = staircase(tmp_path)
    assert len(steps) == 7
    for began, ended, memory in steps:
        within = [amount for amount, when in found if began < when < ended]
        assert within, (began, ended)
        # Reading its own figure may have touched a page or two; nothing else happened.
        assert all(abs(amount - memory) <= TOLERANCE for amount in within), (memory, within)
    rises = [after[2] - before[2] for before, after in pairwise(steps)]
    assert rises == pytest.approx([3, 16, 1, 40, -40, 8], abs=TOLERANCE)


SPIKE = """
    import mmap, time

    time.sleep(0.5)
    block = mmap.mmap(-1, 64 << 20, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    for place in range(0, 64 << 20, 4096):
        block[place] = 1
    block.close()
    time.sleep(LAST)
"""


def test_a_peak_between_two_samples_is_recorded_with_the_next(tmp_path: Path) -> None:
    program = write(tmp_path, "spike.py", SPIKE.replace("LAST", "2"))
    mprof(tmp_path, "run", "-T", "1.5", "-o", "a.dat", sys.executable, program)
    found = recording(tmp_path / "a.dat").memory
    highest = max(memory for memory, _ in found)
    assert 64 < highest < 110
    ((place, when),) = [
        (place, when) for place, (memory, when) in enumerate(found) if memory == highest
    ]
    # The sample that found it comes behind, at the same time.
    after, same = found[place + 1]
    assert same == when
    assert after < highest - 60


def test_a_process_that_becomes_another_program_has_other_peaks(tmp_path: Path) -> None:
    becomes = SPIKE.replace("LAST", "1.2").replace("0.5", "0.1").replace("64 <<", "24 <<")
    program = write(
        tmp_path,
        "first.py",
        "import os, sys, time\nkept = bytearray(128 << 20)\ntime.sleep(1)\n"
        f"os.execv(sys.executable, [sys.executable, {str(tmp_path / 'second.py')!r}])\n",
    )
    write(tmp_path, "second.py", becomes)
    mprof(tmp_path, "run", "-T", "0.1", "-o", "a.dat", sys.executable, program)
    found = [memory for memory, _ in recording(tmp_path / "a.dat").memory]
    behind = found[found.index(max(found)) :]
    low = [memory for memory in behind if memory < 100]
    assert max(low) > 20 + min(low[-2:])


def test_a_peak_after_the_last_sample_is_recorded_at_the_end(tmp_path: Path) -> None:
    program = write(tmp_path, "spike.py", SPIKE.replace("LAST", "0"))
    mprof(tmp_path, "run", "-T", "60", "-o", "a.dat", sys.executable, program)
    found = recording(tmp_path / "a.dat")
    assert len(found.memory) == 2
    assert 64 < found.memory[-1][0] < 110
    assert found.unseen == []


PARENT = """
    import subprocess, sys, time

    child = "import time; kept = bytearray(48 << 20); time.sleep(0.5)"
    children = [subprocess.Popen([sys.executable, "-S", "-c", child]) for _ in range(2)]
    print(*[child.pid for child in children], flush=True)
    for child in children:
        child.wait()
"""


def test_children_are_summed_or_listed(tmp_path: Path) -> None:
    program = write(tmp_path, "parent.py", PARENT)
    command = [sys.executable, program]
    mprof(tmp_path, "run", "-T", "0.02", "-o", "alone.dat", *command)
    alone = recording(tmp_path / "alone.dat")
    assert max(memory for memory, _ in alone.memory) < 45
    assert alone.children == []

    mprof(tmp_path, "run", "-C", "-T", "0.02", "-o", "sum.dat", *command)
    summed = recording(tmp_path / "sum.dat")
    assert 100 < max(memory for memory, _ in summed.memory) < 200
    assert summed.children == []

    answer = mprof(tmp_path, "run", "-q", "-M", "-T", "0.02", "-o", "each.dat", *command)
    each = recording(tmp_path / "each.dat")
    assert max(memory for memory, _ in each.memory) < 45
    for process in map(int, answer.stdout.split()):
        peak = max(memory for number, memory, _ in each.children if number == process)
        assert 48 < peak < 90


def test_children_of_threads_and_grandchildren_are_seen(tmp_path: Path) -> None:
    program = write(
        tmp_path,
        "threads.py",
        """
        import subprocess, threading

        def work():
            subprocess.run(["sh", "-c", "sleep 0.5 & wait; echo $!"])
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
        """,
    )
    command = [sys.executable, program]
    answer = mprof(tmp_path, "run", "-q", "-M", "-T", "0.02", "-o", "a.dat", *command)
    found = {number for number, _, _ in recording(tmp_path / "a.dat").children}
    assert int(answer.stdout) in found
    assert len(found) == 2


def test_a_child_is_never_counted_with_its_parents_memory(tmp_path: Path) -> None:
    """Between vfork and exec a process has its parent's."""
    program = write(
        tmp_path,
        "spawner.py",
        """
        import subprocess
        kept = bytearray(256 << 20)
        for _ in range(60):
            subprocess.run(["true"])
        """,
    )
    peaks = []
    for _ in range(3):
        mprof(tmp_path, "run", "-C", "-T", "0.001", "-o", "a.dat", sys.executable, program)
        peaks.append(max(memory for memory, _ in recording(tmp_path / "a.dat").memory))
        # The kernel does not say it: what it looks like may deceive on a busy machine.
        if 256 < peaks[-1] < 400:
            return
    raise AssertionError(peaks)


def test_a_child_between_two_samples_is_unseen_at_most_so_much(tmp_path: Path) -> None:
    big = [sys.executable, "-S", "-c", "kept = bytearray(96 << 20)"]
    answer = mprof(
        tmp_path, "run", "-q", "-C", "-T", "60", "-o", "a.dat", "sh", "-c", '"$@"; exit 0', "sh",
        *big,
    )  # fmt: skip
    (bound,) = recording(tmp_path / "a.dat").unseen
    assert 96 < bound < 140
    assert answer.stderr.startswith("mprof: a process that no sample saw")
    assert f"at most {bound:.1f} MiB" in answer.stderr
    peak = mprof(tmp_path, "peak", "a.dat")
    assert peak.stdout.splitlines()[-1] == f"  unseen, at most\t\t{bound:.3f} MiB"


def test_without_its_children_nothing_is_said_of_them(tmp_path: Path) -> None:
    big = [sys.executable, "-S", "-c", "kept = bytearray(96 << 20)"]
    answer = mprof(
        tmp_path, "run", "-q", "-T", "60", "-o", "a.dat", "sh", "-c", '"$@"; exit 0', "sh", *big
    )
    assert answer.stderr == ""
    assert recording(tmp_path / "a.dat").unseen == []
    assert max(memory for memory, _ in recording(tmp_path / "a.dat").memory) < 10


# ---- The limit

GROWING = """
    import sys, time
    kept = []
    while True:
        kept.append(bytearray(1 << 20))
        time.sleep(0.002)
"""


def test_a_program_over_its_limit_is_stopped(tmp_path: Path) -> None:
    program = write(tmp_path, "grow.py", GROWING)
    answer = mprof(
        tmp_path, "run", "-T", "0.01", "--limit", "60MiB", "-o", "a.dat", sys.executable, program
    )
    assert answer.returncode == 124
    assert "more than the limit of 60.0 MiB, and was stopped with SIGTERM" in answer.stderr
    assert "python" in answer.stderr.splitlines()[1]
    assert 60 < max(memory for memory, _ in recording(tmp_path / "a.dat").memory) < 90


def test_a_limit_is_of_all_processes_and_ends_them_all(tmp_path: Path) -> None:
    program = write(
        tmp_path,
        "tree.py",
        """
        import os, subprocess, sys, time
        child = "import time; kept = bytearray(40 << 20); time.sleep(60)"
        children = [subprocess.Popen([sys.executable, "-S", "-c", child]) for _ in range(3)]
        print(*[child.pid for child in children], flush=True)
        time.sleep(60)
        """,
    )
    began = time.monotonic()
    answer = mprof(
        tmp_path, "run", "-q", "-E", "-T", "0.02", "--limit", "100MiB", sys.executable, program
    )
    assert time.monotonic() - began < 40
    assert answer.returncode == 124
    assert "other processes" in answer.stderr
    for process in answer.stdout.split():
        wait_for_end(int(process))


def wait_for_end(process: int) -> None:
    """Of a process that may be at its end, with its memory gone."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            text = Path(f"/proc/{process}/stat").read_text()
        except OSError:
            return
        if text.rpartition(")")[2].split()[0] == "Z":
            return
        time.sleep(0.01)
    raise AssertionError(f"{process} has not ended")


def test_a_program_that_ignores_the_limits_signal_is_killed(tmp_path: Path) -> None:
    program = write(
        tmp_path,
        "stubborn.py",
        "import signal\nsignal.signal(15, signal.SIG_IGN)\nkept = bytearray(90 << 20)\n"
        "import time\nprint('kept', flush=True)\ntime.sleep(60)\n",
    )
    answer = mprof(tmp_path, "run", "-q", "--limit", "64MB", sys.executable, program)
    assert (answer.returncode, answer.stdout) == (124, "kept\n")
    assert "was killed, because SIGTERM did not end all of it" in answer.stderr


def test_a_program_within_its_limit_is_left_alone(tmp_path: Path) -> None:
    answer = mprof(tmp_path, "run", "-q", "-E", "--limit", "1GiB", "sh", "-c", "exit 6")
    assert answer.returncode == 6
    assert "limit" not in answer.stderr


# ---- Cost


def test_sampling_takes_little_of_a_processor(tmp_path: Path) -> None:
    """Less than 5 % here, where other things run too; it is half a percent at rest."""
    process = start(tmp_path, "run", "-q", "-T", "0.01", "-o", "a.dat", "sleep", "2")
    time.sleep(1.7)
    with open(f"/proc/{process.pid}/stat") as file:
        words = file.read().rpartition(")")[2].split()
    ticks = int(words[11]) + int(words[12])
    process.communicate(timeout=30)
    assert ticks <= 8
