# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""What cannot be attached to: one sentence that says what to do, and the program goes on."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from attaching import Attached, obstacle, peakline, target, wait_for

from peakline import _executable

WHY_NOT = obstacle()
pytestmark = pytest.mark.skipif(WHY_NOT is not None, reason=str(WHY_NOT))

SLEEPS = "import time\nprint('ready', flush=True)\ntime.sleep(3600)\n"


def refused(folder: Path, *words: object) -> str:
    """What is said of a process that is not attached to."""
    done = peakline(folder, "attach", *words)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("peakline: ")
    assert done.stderr.count("\n") == 1
    assert not list(folder.glob("*.peakline"))
    return done.stderr


def test_there_is_no_such_process(tmp_path: Path) -> None:
    assert "process 4194999 is not there" in refused(tmp_path, 4194999)


@pytest.mark.parametrize("words", [["x"], ["0"], ["-5"], [], ["--timeout", "0", "1"], ["1", "2"]])
def test_what_is_asked_wrongly(tmp_path: Path, words: list[str]) -> None:
    done = peakline(tmp_path, "attach", *words)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)


def test_a_process_that_has_ended(tmp_path: Path) -> None:
    child = subprocess.Popen([sys.executable, "-c", ""])
    wait_for(lambda: Path(f"/proc/{child.pid}/stat").read_text().rsplit(")")[1].split()[0] == "Z")
    assert f"process {child.pid} has ended" in refused(tmp_path, child.pid)
    child.wait()


def test_a_stopped_process(tmp_path: Path) -> None:
    with target(tmp_path, SLEEPS) as program:
        program.process.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, program.number, os.WSTOPPED | os.WNOWAIT)
        assert f"kill -CONT {program.number}" in refused(tmp_path, program.number)


def test_a_traced_process(tmp_path: Path) -> None:
    seize, detach = 0x4206, 17
    ptrace = ctypes.CDLL(None, use_errno=True).ptrace
    ptrace.argtypes = [ctypes.c_long, ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p]
    with target(tmp_path, SLEEPS) as program:
        assert ptrace(seize, program.number, None, None) == 0
        assert f"is being traced by process {os.getpid()}" in refused(tmp_path, program.number)
        ptrace(detach, program.number, None, None)


def test_a_thread_of_a_process(tmp_path: Path) -> None:
    source = "import threading\nthreading.Thread(target=input, daemon=True).start()\n" + SLEEPS
    with target(tmp_path, source) as program:
        threads = {int(number) for number in os.listdir(f"/proc/{program.number}/task")}
        (thread,) = threads - {program.number}
        assert f"is a thread of process {program.number}" in refused(tmp_path, thread)


def test_a_process_without_its_main_thread(tmp_path: Path) -> None:
    source = (
        "import ctypes, threading, time\n"
        "def later():\n"
        "    while ' Z ' not in open('/proc/self/stat').read(): time.sleep(0.001)\n"
        "    print('ready', flush=True)\n"
        "    time.sleep(3600)\n"
        "threading.Thread(target=later).start()\n"
        "ctypes.CDLL(None).pthread_exit(None)\n"
    )
    with target(tmp_path, source) as program:
        assert "has ended its main thread" in refused(tmp_path, program.number)


def test_what_is_no_python(tmp_path: Path) -> None:
    child = subprocess.Popen(["sleep", "60"])
    assert f"'mprof attach {child.pid}'" in refused(tmp_path, child.pid)
    child.kill()
    child.wait()


def test_the_kernels_own(tmp_path: Path) -> None:
    found = Path("/proc/2/comm")
    if not found.exists() or found.read_text() != "kthreadd\n":
        pytest.skip("the kernel's threads are not visible here")
    assert "process 2 is the kernel's own" in refused(tmp_path, 2)


def test_a_capture_that_is_there(tmp_path: Path) -> None:
    there = tmp_path / "there.dat"
    there.touch()
    with target(tmp_path, SLEEPS) as program:
        assert "is there already" in refused(tmp_path, "-o", "there.dat", program.number)
        assert there.stat().st_size == 0
        # Nothing is counted, which would go on for ever.
        assert "peakline_agent" not in Path(f"/proc/{program.number}/maps").read_text()


def test_a_folder_that_is_missing(tmp_path: Path) -> None:
    with target(tmp_path, SLEEPS) as program:
        done = peakline(tmp_path, "attach", "-o", "no/where.peakline", program.number)
        assert (done.returncode, "there is no folder 'no'" in done.stderr) == (2, True)


@pytest.mark.skipif(os.getuid() != 0, reason="only root can be somebody else")
def test_another_users_process(tmp_path: Path) -> None:
    with target(tmp_path, SLEEPS) as program:
        done = subprocess.run(
            [_executable.find(), "attach", str(program.number)],
            cwd="/",
            user=65534,
            group=65534,
            extra_groups=[],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode == 126:
            pytest.skip("another user cannot reach this installation")
        assert done.returncode == 1
        assert "belongs to another user: attach as that user, or as root" in done.stderr
        assert program.is_alive


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give its processes to others")
def test_a_process_that_may_not_write_there(tmp_path: Path) -> None:
    # What is imported has to be there before: another user may not reach this Python.
    source = (
        "import __future__, ctypes, errno, fcntl, functools, os, re, typing\n"
        "os.setgid(65534)\nos.setuid(65534)\n" + SLEEPS
    )
    with target(tmp_path, source) as program:
        tmp_path.chmod(0o755)
        assert program.is_alive
        said = refused(tmp_path, program.number)
        assert "ermission denied" in said


@pytest.mark.skipif(os.getuid() != 0, reason="only root has other views of the file system")
def test_a_process_with_another_root(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    source = f"import os, time\nos.chroot({str(root)!r})\n" + SLEEPS
    with target(tmp_path, source) as program:
        assert "has a file system of its own" in refused(tmp_path, program.number)


def test_another_installations_agent(tmp_path: Path) -> None:
    from peakline import _agent

    copy = tmp_path / Path(_agent.PATH).name
    copy.write_bytes(Path(_agent.PATH).read_bytes())
    source = f"import ctypes\nctypes.PyDLL({str(copy)!r})\n" + SLEEPS
    with target(tmp_path, source) as program:
        said = refused(tmp_path, program.number)
        assert f"another installation's agent loaded ({copy})" in said


def test_another_version_of_peakline(tmp_path: Path) -> None:
    source = (
        "import sys, types\n"
        "sys.modules['peakline'] = types.ModuleType('peakline')\n"
        "sys.modules['peakline'].__version__ = '0.0.7'\n" + SLEEPS
    )
    with target(tmp_path, source) as program:
        assert "it has Peakline 0.0.7 loaded" in refused(tmp_path, program.number)


def test_detaching_from_what_was_never_attached_to(tmp_path: Path) -> None:
    with target(tmp_path, SLEEPS) as program:
        done = peakline(tmp_path, "detach", program.number)
        assert (done.returncode, "there is nothing to end" in done.stderr) == (1, True)


def test_help_teaches(tmp_path: Path) -> None:
    for word in ("attach", "detach"):
        done = peakline(tmp_path, word, "--help")
        assert (done.returncode, done.stderr) == (0, "")
        assert f"USAGE: peakline {word} [options] pid" in done.stdout
        assert max(map(len, done.stdout.splitlines())) <= 80


def test_the_options_of_a_recording(tmp_path: Path) -> None:
    with target(tmp_path, SLEEPS) as program:
        attached = Attached(tmp_path, program.number, "--sample", "1KiB", "--max-size", "1MiB")
        assert attached.end()[0] == 0
        assert not attached.capture().is_exact
