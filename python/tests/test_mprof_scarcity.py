# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""`mprof` where something is missing: the first thread, /proc, descriptors, a reader, an init."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from mprof_runs import MPROF, environment, is_one_line, mprof, recording, start
from programs import write

# ---- A process goes on without its first thread

LEADERLESS = """
    import ctypes, os, platform, subprocess, sys, threading, time

    def work():
        while open("/proc/self/stat").read().rpartition(")")[2].split()[0] != "Z":
            time.sleep(0.01)
        kept = bytearray(96 << 20)
        child = subprocess.Popen(["sleep", "0.6"])
        print(flush=True)
        time.sleep(0.8)
        child.wait()
        os._exit(7)

    threading.Thread(target=work).start()
    # The end of this thread alone.
    number = {"x86_64": 60, "aarch64": 93}[platform.machine()]
    ctypes.CDLL(None).syscall(ctypes.c_long(number), ctypes.c_long(0))
"""


@pytest.mark.parametrize("backend", ["rss", "pss", "uss"])
def test_a_program_without_its_first_thread_is_sampled(tmp_path: Path, backend: str) -> None:
    program = write(tmp_path, "leaderless.py", LEADERLESS)
    command = [sys.executable, program]
    answer = mprof(
        tmp_path, "run", "-q", "-E", "-M", "-T", "0.02", "--backend", backend, "-o", "a.dat",
        *command,
    )  # fmt: skip
    assert answer.returncode == 7
    found = recording(tmp_path / "a.dat")
    assert len([memory for memory, _ in found.memory if 96 < memory < 160]) > 5
    assert found.children


def test_a_process_without_its_first_thread_is_attached_to(tmp_path: Path) -> None:
    program = write(tmp_path, "leaderless.py", LEADERLESS)
    process = subprocess.Popen([sys.executable, program], stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    answer = mprof(tmp_path, "attach", "-T", "0.05", "-o", "a.dat", process.pid)
    assert process.wait() == 7
    assert (answer.returncode, answer.stderr) == (0, "")
    found = recording(tmp_path / "a.dat")
    assert len([memory for memory, _ in found.memory if 96 < memory < 160]) > 2
    assert found.commands == [f"{sys.executable} {program}"]


def test_a_limit_is_one_of_programs_without_their_first_thread_too(tmp_path: Path) -> None:
    program = write(tmp_path, "leaderless.py", LEADERLESS.replace("0.8", "60"))
    answer = mprof(tmp_path, "run", "-q", "-T", "0.05", "--limit", "64MiB", sys.executable, program)
    assert answer.returncode == 124
    assert "was stopped with SIGTERM" in answer.stderr
