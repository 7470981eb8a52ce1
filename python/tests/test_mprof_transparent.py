# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""A program under `mprof run` is as without it: arguments, streams, signals, terminal, status."""

from __future__ import annotations

import os
import pty
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from mprof_runs import MPROF, environment, is_one_line, mprof, recording, start
from programs import write


def test_arguments_are_passed_untouched(tmp_path: Path) -> None:
    script = write(tmp_path, "s.sh", '#!/bin/sh\nprintf "%s\\n" "$@"\n')
    script.chmod(0o755)
    given = ["-5", "-T", "1", "--", "-h", "--python", "two words", "", "*"]
    answer = mprof(tmp_path, "run", "-q", "./s.sh", *given)
    assert answer.stdout.split("\n")[:-1] == given


ODD = [b"a\xff\xfe", b"", b"\xc3", "ä\u0301".encode(), b"\xed\xa0\x80 \n"]
"""Words of which most are no UTF-8."""
ECHO = (
    "import os, sys; words = [*sys.argv[1:], os.environ['ODD']]; "
    "sys.stdout.buffer.write(b'|'.join(map(os.fsencode, words)))"
)


def test_words_and_variables_that_are_no_text_are_passed_untouched(tmp_path: Path) -> None:
    odd = {**os.environb, **{k.encode(): v.encode() for k, v in environment().items()}}
    odd[b"ODD"] = ODD[0]
    folder = os.fsencode(tmp_path) + b"/folder\xff"
    os.mkdir(folder)
    tool = str(Path(MPROF).with_name("peakline"))
    for command in ([MPROF, "run", "-q", "-o", "a.dat"], [tool, "record", "-q"]):
        words = [*command, sys.executable, "-c", ECHO, *ODD]
        found = subprocess.run(words, cwd=folder, env=odd, capture_output=True, check=True)
        assert found.stdout.split(b"|") == [*ODD, ODD[0]], found.stderr
    files = os.listdir(folder)
    assert b"a.dat" in files
    assert [name for name in files if name.endswith(b".peakline")]
    # The recording is text all the same, as all who read it expect.
    with open(folder + b"/a.dat", encoding="utf-8") as file:
        assert file.readline().startswith(f"CMDLINE {sys.executable} -c ")


def test_programs_are_found_whose_names_or_folders_are_no_text(tmp_path: Path) -> None:
    folder = os.fsencode(tmp_path) + b"/folder\xff"
    os.mkdir(folder)
    program = folder + b"/pr\xe9gram"
    with open(program, "w") as file:
        file.write("#!/bin/sh\necho ran\n")
    os.chmod(program, 0o755)
    with open(folder + b"/\xe9.py", "w") as file:
        file.write("print('ran')\n")
    clean = {k.encode(): v.encode() for k, v in environment().items()}
    path = folder + b":" + clean[b"PATH"]
    for word in (b"pr\xe9gram", program, folder + b"/\xe9.py"):
        found = subprocess.run(
            [MPROF, "run", "-q", "-o", "a.dat", word], cwd=tmp_path,
            env={**clean, b"PATH": path}, capture_output=True, check=False,
        )  # fmt: skip
        assert (found.returncode, found.stdout) == (0, b"ran\n"), found.stderr


def test_a_script_without_its_interpreters_line_is_a_shells(tmp_path: Path) -> None:
    script = write(tmp_path, "s.sh", "echo $1\n")
    script.chmod(0o755)
    assert mprof(tmp_path, "run", "-q", "./s.sh", "-x").stdout == "-x\n"


def test_streams_are_the_programs_own(tmp_path: Path) -> None:
    answer = mprof(tmp_path, "run", "-q", "sh", "-c", "cat; echo no >&2", stdin="given\n")
    assert (answer.stdout, answer.stderr) == ("given\n", "no\n")


def test_the_program_is_as_without_mprof(tmp_path: Path) -> None:
    program = (
        "import os, resource, signal, sys; print(os.getpgid(0), os.getsid(0), "
        "sorted(os.listdir('/proc/self/fd'))[:-1], signal.pthread_sigmask(0, []), "
        "resource.getrlimit(resource.RLIMIT_NOFILE), "
        "[signal.getsignal(n) for n in (1, 13, 15, 17, 20, 28)], sorted(os.environ))"
    )
    command = [sys.executable, "-I", "-c", program]
    without = subprocess.run(
        command, cwd=tmp_path, env=environment(), capture_output=True, text=True, check=True,
        stdin=subprocess.DEVNULL,
    ).stdout  # fmt: skip
    found = subprocess.run(
        [MPROF, "run", "-q", *command], cwd=tmp_path, env=environment(), capture_output=True,
        text=True, check=True, stdin=subprocess.DEVNULL,
    ).stdout  # fmt: skip
    # A shell is between us and mprof, which sets these.
    plain = re.sub(r"'(_|OLDPWD|PWD|SHLVL)', ", "", found)
    assert plain == re.sub(r"'(_|OLDPWD|PWD|SHLVL)', ", "", without)


def test_orphans_go_where_they_would_go_without_mprof(tmp_path: Path) -> None:
    script = "(sh -c 'sleep 0.2; echo $PPID; cat /proc/$$/stat' &) ; echo $$; sleep 0.5"
    answer = mprof(tmp_path, "run", "-q", "-C", "sh", "-c", script)
    state = answer.stdout.splitlines()[-1].rpartition(")")[2].split()
    adopted = int(state[1])
    with open(f"/proc/{adopted}/comm") as file:
        assert file.read().strip() not in ("peakline", "mprof")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1])
def test_signals_are_handed_on(tmp_path: Path, number: int) -> None:
    script = f"trap 'echo got; exit 7' {number}; echo ready; while :; do sleep 0.05; done"
    process = start(tmp_path, "run", "-q", "-E", "-o", "a.dat", "sh", "-c", script)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    process.send_signal(number)
    out, _ = process.communicate(timeout=30)
    assert (out, process.returncode) == ("got\n", 7)
    assert recording(tmp_path / "a.dat").memory


def test_mprof_ends_by_the_signal_that_ended_both(tmp_path: Path) -> None:
    process = start(tmp_path, "run", "-q", "-o", "a.dat", "sh", "-c", "echo ready; exec sleep 60")
    assert process.stdout is not None
    process.stdout.readline()
    process.terminate()
    process.communicate(timeout=30)
    assert process.returncode == -signal.SIGTERM
    assert recording(tmp_path / "a.dat").memory


def state_of(process: int) -> str:
    return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]


def wait_for_state(process: int, *states: str) -> None:
    deadline = time.monotonic() + 30
    while state_of(process) not in states:
        assert time.monotonic() < deadline, state_of(process)
        time.sleep(0.01)


def test_mprof_stops_and_goes_on_with_the_program(tmp_path: Path) -> None:
    script = "echo $$; read line; echo $line"
    process = start(
        tmp_path, "run", "-q", "sh", "-c", script, has_group=True, stdin=subprocess.PIPE
    )
    assert process.stdout is not None
    program = int(process.stdout.readline())
    os.kill(program, signal.SIGTSTP)
    wait_for_state(process.pid, "T")
    process.send_signal(signal.SIGCONT)
    wait_for_state(program, "S")
    wait_for_state(process.pid, "S", "R")
    out, _ = process.communicate("on\n", timeout=30)
    assert (out, process.returncode) == ("on\n", 0)


@pytest.mark.parametrize(("number", "status"), [(signal.SIGCONT, 4), (signal.SIGKILL, 137)])
def test_mprof_goes_on_with_a_program_that_is_woken_or_killed_alone(
    tmp_path: Path, number: int, status: int
) -> None:
    process = start(
        tmp_path, "run", "-q", "-E", "sh", "-c", "echo $$; read line; exit 4", has_group=True,
        stdin=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    program = int(process.stdout.readline())
    for _ in range(2 if number == signal.SIGCONT else 1):
        os.kill(program, signal.SIGTSTP)
        wait_for_state(process.pid, "T")
        os.kill(program, number)
        wait_for_state(process.pid, "S", "R", "Z")
    process.communicate("on\n", timeout=30)
    assert process.returncode == status


def test_what_the_programs_own_send_to_the_group_comes_once(tmp_path: Path) -> None:
    program = write(
        tmp_path,
        "group.py",
        """
        import signal, subprocess
        numbers = [signal.SIGTERM, signal.SIGCHLD]
        signal.pthread_sigmask(signal.SIG_BLOCK, numbers)
        script = "trap : TERM; for i in 1 2 3 4 5 6; do kill -TERM 0; sleep 0.1; done"
        child = subprocess.Popen(["sh", "-c", script])
        count = 0
        while signal.sigwait(numbers) == signal.SIGTERM:
            count += 1
        print(count)
        """,
    )
    process = start(tmp_path, "run", "-q", "-E", sys.executable, program, has_group=True)
    out, _ = process.communicate(timeout=30)
    assert (out, process.returncode) == ("6\n", 0)


def test_the_program_has_the_terminal_and_its_keys(tmp_path: Path) -> None:
    program = (
        "import os, sys, time\n"
        "ours = os.tcgetpgrp(0) == os.getpgid(0)\n"
        "try:\n    print(os.isatty(0), os.isatty(1), ours, flush=True)\n    time.sleep(60)\n"
        "except KeyboardInterrupt:\n    print('once'); sys.exit(5)\n"
    )
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(tmp_path)
        os.execve(
            MPROF,
            ["mprof", "run", "-q", "-E", "-o", "a.dat", sys.executable, "-c", program],
            environment(),
        )
    text = b""
    while b"True\r\n" not in text:
        text += os.read(terminal, 1000)
    os.write(terminal, b"\x03")
    _, status = os.waitpid(child, 0)
    while True:
        try:
            text += os.read(terminal, 1000)
        except OSError:
            break
    assert b"True True True" in text
    assert text.count(b"once") == 1
    assert os.waitstatus_to_exitcode(status) == 5


# ---- Status


@pytest.mark.parametrize("status", [0, 1, 42, 255])
def test_the_programs_status_is_passed_on_where_asked_for(tmp_path: Path, status: int) -> None:
    program = ["sh", "-c", f"exit {status}"]
    assert mprof(tmp_path, "run", *program).returncode == 0
    answer = mprof(tmp_path, "run", "--exit-code", *program)
    assert answer.returncode == status
    line = f"ERROR:mprof:Program resulted with a non-zero exit code: {status}\n"
    assert answer.stderr == (line if status else "")


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGKILL, signal.SIGTERM])
def test_a_signal_is_passed_on_as_a_shell_does(tmp_path: Path, number: int) -> None:
    program = ["sh", "-c", f"ulimit -c 0; kill -{int(number)} $$"]
    assert mprof(tmp_path, "run", "-E", *program).returncode == 128 + number
    assert mprof(tmp_path, "run", *program).returncode == 0


def test_a_program_that_is_not_there_is_127(tmp_path: Path) -> None:
    answer = mprof(tmp_path, "run", "no-such-program")
    assert (answer.returncode, answer.stdout) == (127, "")
    assert is_one_line(answer.stderr, "no-such-program")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("kind", ["file", "folder", "interpreter"])
def test_a_program_that_cannot_be_run_is_126(tmp_path: Path, kind: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("x")
    (tmp_path / "interpreter").write_bytes(b"\x7fELF" + bytes(100))
    if kind == "interpreter":
        (tmp_path / "interpreter").chmod(0o755)
        (tmp_path / "interpreter").write_text("#!/nowhere/sh\n")
    answer = mprof(tmp_path, "run", f"./{kind}")
    assert answer.returncode == 126
    assert is_one_line(answer.stderr, kind)
    assert not list(tmp_path.glob("*.dat"))
