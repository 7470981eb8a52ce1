# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""`mprof` where something is missing: the first thread, /proc, descriptors, a reader, an init."""

from __future__ import annotations

import fcntl
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


# ---- No /proc


def within(*command: str) -> list[str]:
    """A command line that is to be run so; skips where this machine does not allow it."""
    try:
        subprocess.run([*command, "true"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"there can be no namespace here: {error}")
    return list(command)


def without_proc() -> list[str]:
    # Not by exec: the kernel counts to a process what it was before.
    hide = 'mount -t tmpfs none /proc && "$@"; exit $?'
    return within("unshare", "-rm", "sh", "-c", hide, "sh")


def with_a_foreign_proc() -> list[str]:
    return within("unshare", "-rpf")


@pytest.mark.parametrize("surroundings", [without_proc, with_a_foreign_proc])
@pytest.mark.parametrize(("flags", "status"), [(["-E"], 6), ([], 1)])
def test_a_program_that_cannot_be_seen_is_waited_for(
    tmp_path: Path, surroundings: Callable[[], list[str]], flags: list[str], status: int
) -> None:
    script = "sleep 0.3; echo ran; exit 6"
    answer = subprocess.run(
        [*surroundings(), MPROF, "run", *flags, "-q", "--limit", "1GiB", "-o", "a.dat", "sh", "-c",
         script],
        cwd=tmp_path, env=environment(), capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert (answer.returncode, answer.stdout) == (status, "ran\n")
    assert "mprof: nothing could be sampled: /proc does not show" in answer.stderr
    assert "mprof: nobody saw to the limit of 1024.0 MiB\n" in answer.stderr
    assert recording(tmp_path / "a.dat").memory == []


def test_what_the_kernel_says_in_the_end_is_a_bound_for_what_cannot_be_seen(tmp_path: Path) -> None:
    big = [sys.executable, "-S", "-c", "kept = bytearray(96 << 20)"]
    answer = subprocess.run(
        [*without_proc(), MPROF, "run", "-q", "-o", "a.dat", *big],
        cwd=tmp_path, env=environment(), capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    (bound,) = recording(tmp_path / "a.dat").unseen
    assert 96 < bound < 140
    assert f"had at most {bound:.1f} MiB" in answer.stderr


@pytest.mark.parametrize("hint", ["1", "init"])
def test_nothing_can_be_attached_to_what_cannot_be_seen(tmp_path: Path, hint: str) -> None:
    answer = subprocess.run(
        [*without_proc(), MPROF, "attach", hint],
        cwd=tmp_path, env=environment(), capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert (answer.returncode, answer.stdout) == (1, "")
    assert is_one_line(answer.stderr, "/proc shows no processes")


# ---- No more open files


def test_processes_for_which_no_file_is_left_are_counted(tmp_path: Path) -> None:
    program = write(
        tmp_path,
        "many.py",
        """
        import os, time
        for _ in range(40):
            if os.fork() == 0:
                time.sleep(1.5)
                os._exit(0)
        for _ in range(40):
            os.wait()
        """,
    )
    script = 'ulimit -n 48; exec "$@"'
    answer = subprocess.run(
        ["sh", "-c", script, "sh", MPROF, "run", "-q", "-M", "-T", "0.05", "-o", "a.dat",
         sys.executable, program],
        cwd=tmp_path, env=environment(), capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    seen = len({number for number, _, _ in recording(tmp_path / "a.dat").children})
    assert 10 < seen < 40
    assert answer.returncode == 0
    assert is_one_line(answer.stderr, "processes were not sampled, at least for a time", "48 files")
    # Some may have been seen in the end, when others were gone.
    assert 40 - seen <= int(answer.stderr.split()[1]) < 40


# ---- A pipe without a reader


def test_a_pipe_without_a_reader_can_be_interrupted(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    process = start(tmp_path, "run", "-o", "pipe", "touch", "witness")
    assert process.stdout is not None
    assert process.stdout.readline() == "mprof: waiting for a reader of pipe\n"
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=30)
    assert (process.returncode, errors) == (-signal.SIGINT, "")
    assert not (tmp_path / "witness").exists()


def test_a_recording_goes_into_a_pipe_once_there_is_a_reader(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    process = start(tmp_path, "run", "-E", "-o", "pipe", "sh", "-c", "sleep 0.3; exit 3")
    assert process.stdout is not None
    process.stdout.readline()
    lines = (tmp_path / "pipe").read_text().splitlines()
    process.communicate(timeout=30)
    assert process.returncode == 3
    assert lines[0] == "CMDLINE sh -c 'sleep 0.3; exit 3'"
    assert lines[1].startswith("MEM ")


def test_a_reader_that_does_not_read_does_not_hold_mprof_up(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    fcntl.fcntl(reader, fcntl.F_SETPIPE_SZ, 4096)
    try:
        answer = mprof(
            tmp_path, "run", "-q", "-E", "-T", "0.001", "-o", "pipe", "sh", "-c", "sleep 2; exit 3"
        )
    finally:
        os.close(reader)
    assert answer.returncode == 3
    assert "mprof: pipe lacks " in answer.stderr


# ---- The first process of a container


def test_the_first_process_of_a_container_lets_orphans_go(tmp_path: Path) -> None:
    program = write(
        tmp_path,
        "orphans.py",
        """
        import os, sys, time
        for _ in range(5):
            if os.fork() == 0:
                if os.fork() == 0:
                    time.sleep(0.2)
                os._exit(0)
            os.wait()

        def children_of_init():
            states = []
            for name in os.listdir("/proc"):
                if name.isdigit() and int(name) != os.getpid():
                    with open(f"/proc/{name}/stat") as file:
                        words = file.read().rpartition(")")[2].split()
                    if words[1] == "1":
                        states.append(words[0])
            return states

        print(len(children_of_init()))
        deadline = time.monotonic() + 5
        while children_of_init() and time.monotonic() < deadline:
            time.sleep(0.05)
        print(children_of_init())
        sys.exit(7)
        """,
    )
    answer = subprocess.run(
        [*within("unshare", "-rpf", "--mount-proc"), MPROF, "run", "-q", "-E", "-C", "-o", "a.dat",
         sys.executable, program],
        cwd=tmp_path, env=environment(), capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert answer.stdout == "5\n[]\n", answer.stderr
    assert answer.returncode == 7
    assert recording(tmp_path / "a.dat").memory
