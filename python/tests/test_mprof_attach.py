# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""`mprof attach`: a process that was there before."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from mprof_runs import is_one_line, mprof, only, recording, start


def sleeper(seconds: float, name: str = "") -> subprocess.Popen[bytes]:
    """A process with 32 MiB that sleeps; it says when it does."""
    program = (
        f"import time; kept = bytearray(32 << 20); open('/proc/self/comm', 'w').write({name!r} or "
        f"'python3'); print(flush=True); time.sleep({seconds})"
    )
    process = subprocess.Popen([sys.executable, "-S", "-c", program], stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    return process


def test_a_process_is_sampled_until_it_ends(tmp_path: Path) -> None:
    process = sleeper(0.8)
    answer = mprof(tmp_path, "attach", process.pid)
    process.wait()
    assert (answer.returncode, answer.stderr) == (0, "")
    assert answer.stdout == (
        "mprof: Sampling memory every 0.1s\n"
        f"attaching to existing process, using hint: {process.pid}\n"
    )
    found = recording(only(tmp_path))
    assert len(found.memory) >= 3
    # The last may be of a process that is ending, with part of its memory gone.
    assert all(32 < memory < 80 for memory, _ in found.memory[:-1])
    assert found.commands[0].startswith(f"{sys.executable} -S -c ")


def test_the_end_is_noticed_though_the_next_sample_is_far(tmp_path: Path) -> None:
    process = sleeper(0.3)
    began = time.monotonic()
    answer = mprof(tmp_path, "attach", "-T", "60", process.pid)
    process.wait()
    assert answer.returncode == 0
    assert time.monotonic() - began < 20


def test_a_process_is_found_by_a_part_of_its_name(tmp_path: Path) -> None:
    process = sleeper(0.6, "peak-lark-7")
    answer = mprof(tmp_path, "run", "--attach", "-o", "a.dat", "lark-7")
    process.wait()
    assert answer.returncode == 0
    assert "using hint: lark-7" in answer.stdout
    assert recording(tmp_path / "a.dat").memory


@pytest.mark.parametrize("hint", ["no-such-name-anywhere", "4194999", "0"])
def test_what_is_not_there_is_one_line(tmp_path: Path, hint: str) -> None:
    answer = mprof(tmp_path, "attach", hint)
    assert (answer.returncode, answer.stdout) == (1, "")
    assert is_one_line(answer.stderr, hint)
    assert not list(tmp_path.iterdir())


def test_the_kernels_own_threads_have_no_memory(tmp_path: Path) -> None:
    found = Path("/proc/2/comm")
    if not found.exists() or found.read_text() != "kthreadd\n":
        pytest.skip("the kernel's threads are not visible here")
    assert is_one_line(mprof(tmp_path, "attach", 2).stderr, "process 2 ")


def test_a_timeout_ends_it_and_nothing_else_does(tmp_path: Path) -> None:
    process = sleeper(60)
    began = time.monotonic()
    answer = mprof(tmp_path, "attach", "-t", "0.5", process.pid)
    assert answer.returncode == 0
    assert time.monotonic() - began < 20
    assert process.poll() is None
    process.kill()
    process.wait()


def test_an_interrupt_ends_it_with_the_samples_written(tmp_path: Path) -> None:
    process = sleeper(60)
    attached = start(tmp_path, "attach", "-o", "a.dat", process.pid)
    deadline = time.monotonic() + 30
    path = tmp_path / "a.dat"
    while not (path.exists() and path.stat().st_size) and time.monotonic() < deadline:
        time.sleep(0.05)
    attached.send_signal(signal.SIGINT)
    _, errors = attached.communicate(timeout=30)
    assert (attached.returncode, errors) == (-signal.SIGINT, "")
    assert recording(path).memory
    assert process.poll() is None
    process.kill()
    process.wait()


def test_the_exit_status_of_others_cannot_be_known(tmp_path: Path) -> None:
    answer = mprof(tmp_path, "run", "-a", "-E", "1")
    assert answer.returncode == 2
    assert is_one_line(answer.stderr, "leave out -E")


def test_the_peak_before_is_none_of_the_recordings(tmp_path: Path) -> None:
    program = (
        "import time; kept = bytearray(128 << 20); del kept; print(flush=True); time.sleep(0.6)"
    )
    process = subprocess.Popen([sys.executable, "-S", "-c", program], stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    mprof(tmp_path, "attach", "-o", "a.dat", process.pid)
    process.wait()
    assert max(memory for memory, _ in recording(tmp_path / "a.dat").memory) < 64


def test_children_that_are_there_already_are_counted(tmp_path: Path) -> None:
    child = "import time; kept = bytearray(48 << 20); print(flush=True); time.sleep(1)"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-S', '-c', {child!r}])"
    process = subprocess.Popen([sys.executable, "-S", "-c", parent], stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    mprof(tmp_path, "attach", "-CM", "-o", "a.dat", process.pid)
    process.wait()
    found = recording(tmp_path / "a.dat")
    assert max(memory for _, memory, _ in found.children) > 48
    assert max(memory for memory, _ in found.memory) > 55


@pytest.mark.skipif(os.getuid() != 0, reason="only root can be somebody else")
def test_another_users_process_is_a_clear_sentence(tmp_path: Path) -> None:
    process = sleeper(20)
    tmp_path.chmod(0o777)
    command = [*_as_nobody(), "attach", "--backend", "pss", str(process.pid)]
    answer = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    process.kill()
    process.wait()
    if "ermission" in answer.stderr and not answer.stderr.startswith("mprof"):
        pytest.skip("another user cannot reach this installation")
    assert answer.returncode == 1
    assert is_one_line(answer.stderr, f"process {process.pid} belongs to another user")


def _as_nobody() -> list[str]:
    from mprof_runs import MPROF

    return [
        sys.executable,
        "-c",
        "import os, sys; os.setgroups([]); os.setgid(65534); os.setuid(65534); "
        "os.execv(sys.argv[1], sys.argv[1:])",
        MPROF,
    ]
