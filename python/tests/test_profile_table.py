# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""`peakline profile` prints the extended table: how it looks where, and what it is given up for."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from programs import PACKAGES, run, write

from peakline import _heap, _options

COLUMNS_AFTER = ["Increment", "Occurrences", "Time", "Code"]

PROGRAM = """\
def work(size):
    kept = bytearray(size * 2**20)  # A line that is longer than the terminal has room for.
    return kept

if __name__ == "__main__":
    work(20)
"""


@pytest.fixture
def program(tmp_path: Path) -> Path:
    return write(tmp_path, "program.py", PROGRAM).parent


def profiled(
    folder: Path, *arguments: object, **environment: str
) -> subprocess.CompletedProcess[str]:
    command = ("-m", "peakline", "profile", "--backend", "rss")
    return run(folder, *command, *arguments, **environment)


def in_terminal(folder: Path, *arguments: object, **environment: str) -> str:
    """What a terminal of 100 columns is sent."""
    ours, theirs = pty.openpty()
    import fcntl
    import struct
    import termios

    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 100, 0, 0))
    clean = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "COLUMNS", "PYTHONPATH")}
    clean |= {"PYTHONPATH": PACKAGES, "TERM": "xterm", "LC_ALL": "C.UTF-8", **environment}
    command = [sys.executable, "-m", "peakline", "profile", "--backend", "rss", *arguments]
    process = subprocess.Popen(
        list(map(str, command)), cwd=folder, env=clean, stdout=theirs, stdin=theirs
    )
    os.close(theirs)
    parts = []
    while True:
        try:
            part = os.read(ours, 65536)
        except OSError:  # Linux: the other end has gone.
            break
        if not part:
            break
        parts.append(part)
    os.close(ours)
    assert process.wait() == 0
    return b"".join(parts).decode().replace("\r\n", "\n")


def test_the_table_is_printed_by_the_executable(program: Path) -> None:
    answer = profiled(program, "program.py")
    assert (answer.returncode, answer.stderr) == (0, "")
    rows = answer.stdout.splitlines()
    assert rows[0] == f"work  {program / 'program.py'}:1  (1 call, rss)"
    assert rows[1].startswith("Line 2 adds ")
    assert rows[3].split() == ["Line", "Mem", "usage", *COLUMNS_AFTER]
    assert rows[5].endswith("  def work(size):")
    assert "20." in rows[6]
    assert rows[6].endswith("  # A line that is longer than the terminal has room for.")
    assert not set(answer.stdout) & set("\x1b█▒")


def test_columns_are_chosen_and_their_names_checked_before_the_program_runs(program: Path) -> None:
    answer = profiled(program, "--columns", "code,line", "program.py")
    assert answer.stdout.splitlines()[3].split() == ["Code", "Line"]
    source = "print('it runs')\n"
    answer = profiled(program, "--columns", "lines", write(program, "speaks.py", source))
    assert (answer.returncode, answer.stdout) == (2, "")
    assert "there is no column 'lines': choose from line, usage, " in answer.stderr


def test_the_words_after_columns_and_color_are_not_the_program(program: Path) -> None:
    answer = profiled(program, "--columns", "line", "--color", "never", "-m", "program")
    assert (answer.returncode, answer.stderr) == (0, "")
    assert answer.stdout.splitlines()[3].split() == ["Line"]


@pytest.mark.parametrize("flags", [["--classic"], ["--columns", "memory_profiler"]])
def test_the_four_columns_are_there_for_who_asks(program: Path, flags: list[str]) -> None:
    answer = profiled(program, *flags, "program.py")
    assert answer.stdout.startswith(f"Filename: {program / 'program.py'}\n\nLine #    Mem usage")


def test_a_terminal_gets_colours_and_rows_that_fit(program: Path) -> None:
    text = in_terminal(program, "program.py")
    assert "\x1b[1;31m" in text
    assert "█" in text
    assert "─" * 100 in text
    assert "─" * 101 not in text
    assert "…\n" in text


def test_no_color_and_dumb_terminals_are_respected(program: Path) -> None:
    text = in_terminal(program, "program.py", NO_COLOR="1")
    assert "\x1b" not in text
    assert "█" in text
    text = in_terminal(program, "program.py", TERM="dumb")
    assert not set(text) & set("\x1b█")
    assert "\x1b" in in_terminal(program, "--color", "always", "program.py", NO_COLOR="1")


def test_columns_in_the_environment_is_a_terminals_width_and_no_pipes(program: Path) -> None:
    text = in_terminal(program, "program.py", COLUMNS="60")
    assert "─" * 60 in text
    assert "─" * 61 not in text
    assert "has room for." in profiled(program, "program.py", COLUMNS="20").stdout


def test_a_stdout_that_is_ascii_gets_ascii(program: Path) -> None:
    answer = profiled(program, "program.py", PYTHONIOENCODING="ascii")
    assert answer.stdout.isascii()
    assert "\\u" not in answer.stdout


def test_a_program_that_replaced_its_stdout_gets_the_table_there(program: Path) -> None:
    source = "import io, sys\n" + PROGRAM + "    sys.stdout = open('out.txt', 'w')\n"
    answer = profiled(program, write(program, "elsewhere.py", source))
    assert (answer.returncode, answer.stdout, answer.stderr) == (0, "", "")
    assert (program / "out.txt").read_text().startswith("work  ")


def test_a_program_that_breaks_everything_has_its_table(program: Path) -> None:
    source = (
        "import os, signal, sys\n"
        + PROGRAM
        + "    signal.signal(signal.SIGCHLD, signal.SIG_IGN)\n"
        + "    os.close(0)\n    os.mkdir('gone')\n    os.chdir('gone')\n    os.rmdir('../gone')\n"
        + "    sys.executable = '/nowhere'\n    os.environ.clear()\n"
    )
    answer = profiled(program, write(program, "breaks.py", source))
    assert (answer.returncode, answer.stderr) == (0, "")
    assert answer.stdout.startswith("work  ")


def test_without_the_executable_the_four_columns_are_printed(program: Path) -> None:
    hide = (
        "import sys; sys.executable = '/nowhere/python'\n"
        "import sysconfig; sysconfig.get_path = lambda *_: '/nowhere'\n"
        "sys.argv = ['peakline', 'profile', 'program.py']\n"
        "import runpy; runpy.run_module('peakline', run_name='__main__')\n"
    )
    write(program, "hide.py", hide)
    answer = run(program, "hide.py", PATH="/nowhere")
    assert answer.stdout.startswith("Filename: ")
    assert answer.stderr.startswith(
        "peakline: the four-column table is shown: Peakline's executable"
    )
    assert answer.stderr.count("\n") == 1


# ---- The backend when none is named


def test_the_heap_is_measured_where_it_can_be(
    program: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backend = "heap" if _heap.available() is None else "rss"
    answer = run(program, "-m", "peakline", "profile", "program.py")
    assert (answer.returncode, answer.stderr) == (0, "")
    assert answer.stdout.splitlines()[0].endswith(f"program.py:1  (1 call, {backend})")
    monkeypatch.setattr(_heap, "available", lambda: None)
    assert _options._default_backend() == ("heap", None)


def test_where_the_heap_cannot_be_counted_the_resident_set_is_shown_and_the_reason(
    program: Path,
) -> None:
    write(program, "sitecustomize.py", "from peakline import _heap\n" + NO_HEAP)
    environment = {"PYTHONPATH": f"{program}{os.pathsep}{PACKAGES}"}
    answer = run(program, "-m", "peakline", "profile", "program.py", **environment)
    assert (answer.returncode, answer.stderr) == (0, "")
    rows = answer.stdout.splitlines()
    assert rows[0].endswith("(1 call, rss)")
    assert rows[-1] == "NOTE: The resident set is shown: it cannot be counted here."


def test_a_heap_that_was_asked_for_and_cannot_be_had_ends_it_before_the_program_runs(
    program: Path,
) -> None:
    write(program, "sitecustomize.py", "from peakline import _heap\n" + NO_HEAP)
    write(program, "speaks.py", "print('it runs')\n")
    environment = {"PYTHONPATH": f"{program}{os.pathsep}{PACKAGES}"}
    command = ["-m", "peakline", "profile", "--backend", "heap", "speaks.py"]
    answer = run(program, *command, **environment)
    assert (answer.returncode, answer.stdout) == (2, "")
    assert answer.stderr == "peakline: it cannot be counted here\n"


NO_HEAP = """
def start():
    raise _heap.HeapUnavailable("it cannot be counted here")
_heap.available = lambda: "it cannot be counted here"
_heap.start = start
"""
