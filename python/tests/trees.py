# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Trees of processes that know what they allocate, and what a recording says of them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any, NamedTuple

from peakline import _executable

BLOCKS = 10_000
"""Blocks that a worker holds."""
EACH = 144
"""What one of them takes: 133 bytes, in steps of 16 as Python's small objects go."""
SIZE = BLOCKS * EACH
EXTRA, EXTRA_BLOCKS = 160 << 10, 5
"""What the interpreter itself takes on a worker's line, at most: a cache of its code's look-ups
(2 KiB on 3.10), a part of the map of its arenas (128 KiB), an iterator.
"""
TOP = 20_000_000
"""What the first process allocates while all workers hold theirs, so that this is the peak."""
LINE = 6
"""Where workers allocate."""

# Workers hold what they have until they may go, so that what all had at the peak is known.
WORKER = """\
import os, sys, time
held = []
def work():
    kept = [None] * 10_000
    for slot in range(10_000):
        kept[slot] = bytes(100)
    held.append(kept)
def signal_ready():
    os.close(os.open(f"ready-{os.getpid()}", os.O_CREAT))
def wait():
    while not os.path.exists("go"):
        time.sleep(0.002)
def hold(*_):
    work()
    signal_ready()
    wait()
def hold_to_the_end(*_):
    hold()
    os._exit(0)
def together(count):
    while sum(name.startswith("ready") for name in os.listdir()) < count:
        time.sleep(0.002)
    top = bytearray(20_000_000)
    del top
    os.close(os.open("go", os.O_CREAT))
"""
CHILD = "import worker; worker.hold_to_the_end()\n"


def is_held(figure: float, workers: int) -> bool:
    """Whether it is what so many workers hold, in bytes."""
    return 0 <= figure - workers * SIZE <= workers * EXTRA


class Line(NamedTuple):
    """What a line holds, of all processes."""

    at_peak: int
    standard_error: float
    live_at_end: int
    live_standard_error: float
    allocated: int
    allocated_standard_error: float
    allocations: float


class Tree(NamedTuple):
    """A recorded tree."""

    path: Path
    done: subprocess.CompletedProcess[str]
    report: dict[str, Any]
    """`peakline stats --json`."""

    @property
    def processes(self) -> list[dict[str, Any]]:
        """Those that were recorded, in the order in which they began."""
        return self.report["processes"]

    @property
    def unrecorded(self) -> list[tuple[str, str]]:
        """Reason and program of those that were not."""
        return [(one["reason"], one["program"]) for one in self.report["unrecorded"]]

    def line(self, file: str, number: int, *options: str) -> Line:
        """A line's figures, zeros if it has none; of one process with `--process`."""
        answer = ask("lines", "--json", *options, self.path)
        rows = [
            [row[field] for field in Line._fields]
            for one in answer["files"]
            for row in one["lines"]
            if Path(one["file"] or "").name == file and row["line"] == number
        ]
        return Line(*(sum(column) for column in zip(*rows, strict=True))) if rows else NOTHING

    def work(self, *options: str) -> Line:
        """What workers hold."""
        return self.line("worker.py", LINE, *options)


NOTHING = Line(0, 0.0, 0, 0.0, 0, 0.0, 0.0)


def ask(*words: object) -> Any:
    """The JSON that a command of Peakline answers with."""
    done = subprocess.run(
        [_executable.find(), *map(str, words)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def write(folder: Path, program: str) -> None:
    """Writes a program and its workers into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "program.py").write_text(textwrap.dedent(program), encoding="utf-8")
    (folder / "worker.py").write_text(WORKER, encoding="utf-8")
    (folder / "child.py").write_text(CHILD, encoding="utf-8")


def run(folder: Path, *prefix: object, **options: Any) -> subprocess.CompletedProcess[str]:
    """Runs the program in a folder, behind other words."""
    given: dict[str, Any] = {
        "stdin": subprocess.DEVNULL,
        "capture_output": True,
        "text": True,
        "timeout": 120,
        "check": False,
    }
    return subprocess.run(
        [*map(str, prefix), sys.executable, "program.py"], cwd=folder, **{**given, **options}
    )


def record(folder: Path, program: str, *options: str, **environment: str) -> Tree:
    """Records a program and all that it starts."""
    write(folder, program)
    path = folder / "out.peakline"
    command = [_executable.find(), "record", "-q", "--force", "-o", path, *options]
    done = run(folder, *command, env={**os.environ, **environment})
    return read(path, done)


def read(path: Path, done: subprocess.CompletedProcess[str]) -> Tree:
    """What was recorded, in a folder or a file."""
    return Tree(path, done, ask("stats", "--json", path))


def runs_as_without(folder: Path, program: str, *options: str) -> Tree:
    """Records a program that does, says and ends with the same as when it is not recorded."""
    bare_folder, recorded_folder = folder / "bare", folder / "recorded"
    write(bare_folder, program)
    bare = run(bare_folder, env=dict(os.environ))
    tree = record(recorded_folder, program, *options)
    assert tree.done.stdout == bare.stdout
    assert tree.done.stderr == bare.stderr
    assert tree.done.returncode == bare.returncode
    return tree
