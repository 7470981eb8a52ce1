# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""`mprof` where its surroundings, its arguments or its program are odd."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path

from mprof_runs import MPROF, environment, mprof, recording, start
from programs import write


def test_all_of_many_children_are_seen(tmp_path: Path) -> None:
    program = write(
        tmp_path,
        "many.py",
        """
        import os, time
        for _ in range(800):
            if os.fork() == 0:
                time.sleep(4)
                os._exit(0)
        time.sleep(2)
        os.killpg(0, 15)
        """,
    )
    subprocess.run(
        [
            MPROF,
            "run",
            "-q",
            "-M",
            "-T",
            "0.2",
            "--nopython",
            "-o",
            "a.dat",
            sys.executable,
            program,
        ],
        cwd=tmp_path,
        env=environment(),
        start_new_session=True,
        check=False,
    )
    assert len({number for number, _, _ in recording(tmp_path / "a.dat").children}) == 800


def test_a_program_knows_itself_by_the_name_that_was_given(tmp_path: Path) -> None:
    assert mprof(tmp_path, "run", "-q", "sh", "-c", "echo $0").stdout == "sh\n"


def test_a_script_may_be_called_like_the_interpreter(tmp_path: Path) -> None:
    write(tmp_path, "python_job.py", "import sys\nprint(sys.argv)\n")
    answer = mprof(tmp_path, "run", "-q", "python_job.py", "-x")
    assert answer.stdout == "['python_job.py', '-x']\n"


def test_what_was_there_before_a_failed_start_stays(tmp_path: Path) -> None:
    bad = tmp_path / "bad"
    bad.write_text("#!/nonexistent\n")
    bad.chmod(0o755)
    (tmp_path / "link").symlink_to("/dev/null")
    mprof(tmp_path, "run", "-q", "-o", "link", "./bad")
    assert (tmp_path / "link").is_symlink()
    mprof(tmp_path, "run", "-q", "-o", "new.dat", "./bad")
    assert not (tmp_path / "new.dat").exists()


def test_an_export_that_cannot_be_written_fails(tmp_path: Path) -> None:
    mprof(tmp_path, "run", "-q", "-o", "a.dat", "sleep", "0.2")
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [MPROF, "export", "a.dat", "--to", "csv"],
            cwd=tmp_path,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert "the standard output" in done.stderr


def test_the_status_is_known_where_children_were_to_be_ignored(tmp_path: Path) -> None:
    def ignore() -> None:
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)

    for _ in range(20):
        done = subprocess.run(
            [MPROF, "run", "-q", "-E", "-o", "a.dat", "sh", "-c", "exit 3"],
            cwd=tmp_path,
            stderr=subprocess.DEVNULL,
            preexec_fn=ignore,
            check=False,
        )
        assert done.returncode == 3


def test_a_limit_that_was_passed_is_seen_to_also_when_the_time_is_up(tmp_path: Path) -> None:
    script = "trap '' TERM; echo on; while :; do sleep 0.1; done"
    answer = mprof(
        tmp_path, "run", "-q", "-T", "1", "-t", "2", "--limit", "1MiB", "sh", "-c", script
    )
    assert (answer.returncode, answer.stdout) == (124, "on\n")
    assert "was killed" in answer.stderr


def test_a_program_that_is_stopped_and_woken_alone_is_watched_to_its_end(tmp_path: Path) -> None:
    script = "echo $$; read line; exit 4"
    process = start(
        tmp_path, "run", "-q", "-E", "-o", "a.dat", "sh", "-c", script, stdin=subprocess.PIPE
    )
    assert process.stdout is not None
    program = int(process.stdout.readline())
    os.kill(program, signal.SIGSTOP)
    time.sleep(0.3)
    os.kill(program, signal.SIGCONT)
    process.communicate("go on\n", timeout=30)
    assert process.returncode == 4


def test_a_terminal_that_is_gone_ends_the_program(tmp_path: Path) -> None:
    mark = tmp_path / "ended"
    script = f"trap 'echo > {mark}; exit' HUP; echo ready; while :; do sleep 0.05; done"
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(tmp_path)
        os.execve(MPROF, ["mprof", "run", "-q", "-o", "a.dat", "sh", "-c", script], environment())
    said = b""
    while b"ready" not in said:
        said += os.read(terminal, 100)
    os.close(terminal)
    os.waitpid(child, 0)
    assert mark.exists()
