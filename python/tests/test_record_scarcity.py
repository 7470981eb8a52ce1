# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Recording where memory, the file or the disk is at its end: the program goes on as without it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from captures import record

from peakline import _executable

MIB = 1 << 20
MODES = ["--exact", "--sample=8KiB"]


def start(folder: Path, source: str, *options: str) -> subprocess.CompletedProcess[str]:
    """Records a program into `out.peakline`, of which nothing may be left."""
    (folder / "program.py").write_text(source, encoding="utf-8")
    command = [_executable.find(), "record", "--force", "-o", "out.peakline", *options]
    return subprocess.run(
        [*command, sys.executable, "program.py"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("left", [4096, 0])
def test_a_file_that_is_cut_off_does_not_kill_the_program(
    tmp_path: Path, mode: str, left: int
) -> None:
    source = f"""
import mmap, os

rows = [bytes(1000) for _ in range(1000)]
os.truncate(f"out.peakline/{{os.getpid()}}.peakline", {left})
pages = mmap.mmap(-1, 64 << 20, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
pages.close()
for n in range(20_000):
    rows.append(bytes(n % 3000))
print("went on")
"""
    done = start(tmp_path, source, mode)
    assert (done.returncode, done.stdout) == (0, "went on\n")
    if not left:
        assert "is lost: the capture was removed, or cut off" in done.stderr
        assert not (tmp_path / "out.peakline").exists()


def test_what_has_no_room_is_counted(tmp_path: Path) -> None:
    lines = "\n".join(f"def f{n}(): return f{n - 1}() + [bytes(2000)]" for n in range(1, 200))
    source = (
        f"def f0(): return []\n{lines}\n"
        "kept = []\n"
        "for n in range(1, 200):\n"
        "    for caller in range(60):\n"
        "        exec('\\n' * caller * 7 + f'kept.append(f{n}())')\n"
        "import os\nos._exit(0)\n"
    )
    capture, done = record(tmp_path, source, "--exact", "-q", "--max-size", "1MiB")
    assert done.returncode == 0
    assert capture.dropped[0] > 1000
    assert (tmp_path / "out.peakline").stat().st_size <= MIB


@pytest.mark.parametrize("mode", MODES)
def test_a_limit_of_the_size_of_files_ends_the_recording_only(tmp_path: Path, mode: str) -> None:
    source = """
import os, resource

size = os.stat(f"out.peakline/{os.getpid()}.peakline").st_size + 100_000
resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
kept = []
exec("\\n".join(f"def made_{n}(): kept.append(bytes(9000))" for n in range(4000)))
for n in range(4000):
    globals()[f"made_{n}"]()
print("went on")
"""
    capture, done = record(tmp_path, source, mode, "-q")
    assert (done.returncode, done.stdout, done.stderr) == (0, "went on\n", "")
    # For want of room on the disk, as far as recording goes.
    assert capture.dropped[1] > 1000


def test_objects_that_malloc_serves_for_want_of_an_arena_are_counted_once(tmp_path: Path) -> None:
    source = """
import resource

def fill():
    rows = []
    try:
        while True:
            rows.append((len(rows),))
    except MemoryError:
        pass

with open("/proc/self/statm") as file:
    size = int(file.read().split()[0]) * 4096
# Room for malloc where it has been, and for 30 MiB elsewhere.
gaps = [bytearray(5000) for _ in range(4000)]
del gaps[::2]
resource.setrlimit(resource.RLIMIT_AS, (size + (30 << 20),) * 2)
fill()
fill()
print("went on")
"""
    capture, done = record(tmp_path, source, "--exact", "-q")
    if done.returncode:  # It may not even be able to say so.
        assert "MemoryError" in done.stderr
    assert 20 * MIB < capture.peak < 80 * MIB
    # But for what is older than the recording and gone by then.
    explained = sum(stack.at_peak for stack in capture.stacks) + capture.baseline
    assert explained < capture.peak + 16384
    # As addresses fall out, now and then there is no room for the recording either.
    if not any(capture.dropped):
        assert capture.peak <= explained


def test_the_agents_memory_is_what_it_is_however_often_arenas_come_and_go(tmp_path: Path) -> None:
    source = """
import sys

def churn():
    return len([(n,) for n in range(100_000)])

for _ in range({times}):
    churn()
    sys._clear_type_cache()
"""
    few, many = (
        record(tmp_path, source.format(times=times), "--exact", "-q")[0].agent_bytes
        for times in (2, 20)
    )
    assert many < few + 2 * MIB
