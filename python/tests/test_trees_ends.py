# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Recorded trees in which children are killed, the first process, or `peakline record`."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from trees import SIZE, TOP, Tree, ask, is_held, read, record, write

from peakline import _executable

HOLDING = """
import os, worker
for _ in range(2):
    if not os.fork(): worker.hold_to_the_end()
worker.work()
worker.together(2)
for _ in range(2): os.wait()
print("done", flush=True)
worker.wait_for("end")
"""


@contextlib.contextmanager
def running(folder: Path, program: str, *options: str) -> Iterator[subprocess.Popen[str]]:
    """A recording that goes on."""
    write(folder, program)
    with (folder / "worker.py").open("a", encoding="utf-8") as file:
        file.write("def wait_for(name):\n    while not os.path.exists(name): time.sleep(0.002)\n")
    command = [_executable.find(), "record", "-q", "-o", "out.peakline", *options]
    process = subprocess.Popen(
        [*command, sys.executable, "program.py"], cwd=folder, stdout=subprocess.PIPE, text=True
    )
    try:
        yield process
    finally:
        (folder / "end").touch()
        process.kill()
        process.communicate()


def until(happens: Callable[[], object]) -> None:
    """Waits for something, a while."""
    deadline = time.monotonic() + 30
    while not happens():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def children(process: int) -> list[int]:
    """The processes that a process has started."""
    return [int(n) for n in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


@pytest.mark.parametrize("end", ["os.kill(os.getpid(), 9)", "os.abort()", "os._exit(5)"])
def test_what_has_ended_is_in_no_later_peak(tmp_path: Path, end: str) -> None:
    program = f"""
    import os, time, worker
    for _ in range(6):
        if not os.fork():
            worker.work()
            large = bytearray(30_000_000)
            {end}
        os.wait()
        # Whoever looks after the processes that are killed needs a moment.
        time.sleep(0.3)
    worker.work()
    second = bytearray(60_000_000)
    """
    tree = record(tmp_path, program, "--exact")
    assert tree.done.returncode == 0
    assert len(tree.processes) == 7
    # The second, and what Python takes: with the six it would be 180 MB more.
    assert 60_000_000 + SIZE < tree.report["peak"]["bytes"] < 75_000_000
    assert is_held(tree.work().at_peak, 1)
    assert is_held(tree.work().allocated, 7)
    # Each had what it had when it ended.
    assert tree.work().live_at_end >= 6 * SIZE


def test_the_first_process_is_killed(tmp_path: Path) -> None:
    program = """
    import os, worker
    for _ in range(2):
        if not os.fork(): worker.hold_to_the_end()
    worker.work()
    worker.together(2)
    for _ in range(2): os.wait()
    os.kill(os.getpid(), 9)
    """
    tree = record(tmp_path, program, "--exact")
    assert tree.done.returncode == -signal.SIGKILL
    assert tree.path.is_file()
    assert tree.processes[0]["exit"] == {"kind": "killed", "signal": 9}
    work = tree.work()
    assert is_held(work.at_peak, 3)
    assert is_held(work.live_at_end, 3)


def test_while_it_runs_it_is_a_folder_that_reports_read(tmp_path: Path) -> None:
    with running(tmp_path, HOLDING, "--exact") as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "done\n"
        path = tmp_path / "out.peakline"
        assert path.is_dir()
        done = subprocess.CompletedProcess([], 0, "", "")
        assert is_held(read(path, done).work().at_peak, 3)
        (tmp_path / "end").touch()
        assert process.wait() == 0
        assert path.is_file()
        assert is_held(read(path, done).work().at_peak, 3)


def test_record_is_killed_and_the_folder_stays(tmp_path: Path) -> None:
    with running(tmp_path, HOLDING, "--exact") as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "done\n"
        (root,) = children(process.pid)
        process.kill()
        process.wait()
        # The program has not noticed, and ends as it would.
        (tmp_path / "end").touch()
        until(lambda: not Path(f"/proc/{root}").exists())
    path = tmp_path / "out.peakline"
    assert path.is_dir()
    done = subprocess.CompletedProcess([], 0, "", "")
    before = read(path, done)
    assert is_held(before.work().at_peak, 3)
    subprocess.run([_executable.find(), "seal", path], check=True)
    assert path.is_file()
    after = read(path, done)
    assert _figures(after) == _figures(before)
    assert list(tmp_path.glob("*.peakline*")) == [path]


def _figures(tree: Tree) -> object:
    return (
        [(one["id"], one["at_peak"], one["live_at_end"]) for one in tree.processes],
        tree.report["peak"],
        tree.work(),
    )


def test_a_daemon_outlives_the_recording(tmp_path: Path) -> None:
    program = """
    import os, time, worker
    if not os.fork():
        os.setsid()
        if os.fork(): os._exit(0)
        null = os.open(os.devnull, os.O_RDWR)
        for number in range(3): os.dup2(null, number)
        worker.work()
        worker.signal_ready()
        while not os.path.exists("end"): time.sleep(0.01)
        more = [bytearray(1000) for _ in range(10_000)]
        os.close(os.open("ended", os.O_CREAT))
        os._exit(0)
    os.wait()
    worker.together(1)
    """
    tree = record(tmp_path, program, "--exact")
    assert tree.done.returncode == 0
    # It was there at the peak, and goes on when nobody records it any more.
    assert is_held(tree.work().at_peak, 1)
    assert tree.report["peak"]["bytes"] > SIZE + TOP
    (tmp_path / "end").touch()
    until((tmp_path / "ended").exists)
    assert tree.path.is_file()
    assert ask("stats", "--json", tree.path)["processes"] == tree.processes


def test_interrupts_reach_the_program_as_always(tmp_path: Path) -> None:
    program = """
    import os, signal, sys, worker
    if not os.fork(): worker.hold_to_the_end()
    worker.together(1)
    os.wait()
    try:
        print("done", flush=True)
        worker.wait_for("end")
    except KeyboardInterrupt:
        print("interrupted", flush=True)
        sys.exit(7)
    """
    import textwrap

    with running(tmp_path, textwrap.dedent(program), "--exact") as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "done\n"
        (root,) = children(process.pid)
        os.kill(root, signal.SIGINT)
        assert process.stdout.readline() == "interrupted\n"
        assert process.wait() == 7
    assert (tmp_path / "out.peakline").is_file()
