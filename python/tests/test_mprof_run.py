# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""`mprof run`: transparent, honest about its end, and clear about mistakes."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from mprof_runs import MPROF, environment, is_one_line, mprof, only, recording
from programs import write

import peakline
from peakline import _executable

CHATTER = "mprof: Sampling memory every 0.1s\nrunning new process\n"


# ---- What is written


def test_a_run_without_options_writes_a_file_of_the_usual_name(tmp_path: Path) -> None:
    answer = mprof(tmp_path, "run", "sleep", "0.25")
    assert (answer.returncode, answer.stdout, answer.stderr) == (0, CHATTER, "")
    path = only(tmp_path)
    assert re.fullmatch(r"mprofile_\d{14}\.dat", path.name)
    lines = path.read_text().splitlines()
    assert lines[0] == "CMDLINE sleep 0.25"
    assert len(lines) >= 3
    for line in lines[1:]:
        assert re.fullmatch(r"MEM \d+\.\d{6} \d{10}\.\d{4}", line)


def test_words_with_blanks_are_quoted_in_the_command_line(tmp_path: Path) -> None:
    mprof(tmp_path, "run", "-o", "a.dat", "sh", "-c", ": a", "tab\tbed", "x'y")
    assert recording(tmp_path / "a.dat").commands == ["sh -c ': a' 'tab\tbed' x'y"]


def test_two_runs_of_the_same_second_are_two_files(tmp_path: Path) -> None:
    for _ in range(3):
        assert mprof(tmp_path, "run", "-q", "true").returncode == 0
    assert len(list(tmp_path.glob("mprofile_*.dat"))) == 3


def test_a_file_that_is_named_is_replaced_or_gone_on_with(tmp_path: Path) -> None:
    for _ in range(2):
        mprof(tmp_path, "run", "-o", "a.dat", "true")
    assert len(recording(tmp_path / "a.dat").commands) == 1
    mprof(tmp_path, "run", "--append", "--output", "a.dat", "echo", "more")
    assert recording(tmp_path / "a.dat").commands == ["true", "echo more"]


@pytest.mark.parametrize("backend", ["psutil", "psutil_pss", "psutil_uss", "posix", "rss", "swap"])
def test_every_backend_samples(tmp_path: Path, backend: str) -> None:
    program = "import time; kept = bytearray(32 << 20); time.sleep(0.3)"
    command = [sys.executable, "-c", program]
    mprof(tmp_path, "run", "--backend", backend, "-T", "0.02", "-o", "a.dat", *command)
    highest = max(memory for memory, _ in recording(tmp_path / "a.dat").memory)
    assert highest == 0 if backend == "swap" else 32 < highest < 80


@pytest.mark.parametrize(
    "words", [["-o", "-x.dat"], ["-o-x.dat"], ["--output", "-x.dat"], ["--out=-x.dat"]]
)
def test_a_file_may_have_a_name_that_begins_with_a_dash(tmp_path: Path, words: list[str]) -> None:
    write(tmp_path, "s.py", "@profile\ndef f():\n    pass\nf()\n")
    answer = mprof(tmp_path, "run", "-q", "-E", *words, "s.py")
    assert (answer.returncode, answer.stdout, answer.stderr) == (0, "", "")
    found = recording(tmp_path / "-x.dat")
    assert found.memory
    assert [call[0] for call in found.calls] == ["__main__.f"]


def test_samples_lie_on_a_grid(tmp_path: Path) -> None:
    mprof(tmp_path, "run", "-T", "0.05", "-o", "a.dat", "sleep", "0.6")
    times = [when for _, when in recording(tmp_path / "a.dat").memory]
    # However late each of them is, lateness does not add up.
    offsets = sorted((when - times[0] + 0.025) % 0.05 for when in times)
    assert 0.01 < offsets[len(offsets) // 2] < 0.045
    assert 8 <= len(times) <= 14


def test_mprof_wakes_when_the_program_ends(tmp_path: Path) -> None:
    began = time.monotonic()
    mprof(tmp_path, "run", "-T", "30", "sleep", "0.1")
    assert time.monotonic() - began < 10


def test_a_timeout_ends_the_sampling_and_not_the_program(tmp_path: Path) -> None:
    script = "sleep 1; echo done > witness"
    answer = subprocess.run(
        [MPROF, "run", "-q", "-t", "0.3", "-T", "0.1", "-o", "a.dat", "sh", "-c", script],
        cwd=tmp_path,
        env=environment(),
        timeout=60,
        check=False,
    )
    assert answer.returncode == 0
    assert not (tmp_path / "witness").exists()
    deadline = time.monotonic() + 30
    while not (tmp_path / "witness").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert (tmp_path / "witness").exists()


# ---- Mistakes and help


def test_no_program_is_said_and_status_1(tmp_path: Path) -> None:
    answer = mprof(tmp_path, "run")
    assert answer.returncode == 1
    assert answer.stdout == "A program to run must be provided. Use -h for help\n"


@pytest.mark.parametrize(
    "arguments",
    [["--bogus", "true"], ["-T", "0", "true"], ["-T"], ["--backend", "x", "true"], ["-t", "a", "p"],
     ["--backend", "tracemalloc", "true"], ["--append", "true"], ["-a", "-E", "1"]],
)  # fmt: skip
def test_a_mistake_is_one_line_and_status_2(tmp_path: Path, arguments: list[str]) -> None:
    answer = mprof(tmp_path, "run", *arguments)
    assert (answer.returncode, answer.stdout) == (2, "")
    assert is_one_line(answer.stderr, "mprof run: ", "mprof run --help")


@pytest.mark.parametrize("word", ["run", "attach", "rm", "clean", "list", "peak", "export"])
@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_help_is_a_success(tmp_path: Path, word: str, flag: str) -> None:
    answer = mprof(tmp_path, word, flag)
    assert (answer.returncode, answer.stderr) == (0, "")
    assert f"mprof {word}" in answer.stdout
    assert max(map(len, answer.stdout.splitlines())) <= 80


def test_options_may_be_joined_and_cut_short(tmp_path: Path) -> None:
    answer = mprof(tmp_path, "run", "-CMT0.05", "--out", "a.dat", "--exit", "sh", "-c", "exit 9")
    assert answer.returncode == 9
    assert "every 0.05s" in answer.stdout
    assert (tmp_path / "a.dat").exists()


def test_mprof_is_a_command_of_peakline_too(tmp_path: Path) -> None:
    tool = str(Path(MPROF).with_name("peakline"))
    answer = subprocess.run(
        [tool, "mprof", "run", "-E", "sh", "-c", "exit 3"],
        cwd=tmp_path, env=environment(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (answer.returncode, answer.stdout) == (3, CHATTER)


# ---- Losses


def test_a_file_that_cannot_be_made_is_a_loss_and_not_the_programs(tmp_path: Path) -> None:
    answer = mprof(tmp_path, "run", "-E", "-o", "no/such/a.dat", "sh", "-c", "echo ran; exit 3")
    assert answer.returncode == 3
    assert answer.stdout == CHATTER + "ran\n"
    loss = [line for line in answer.stderr.splitlines() if line.startswith("mprof: ")]
    assert len(loss) == 1
    assert "no/such/a.dat could not be written" in loss[0]
    assert mprof(tmp_path, "run", "-o", "no/such/a.dat", "true").returncode == 1


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_streams_are_not_mistaken_for_the_file(tmp_path: Path, closed: str) -> None:
    program = "import os; open('fds', 'w').write(' '.join(sorted(os.listdir('/proc/self/fd'))[:3]))"
    command = f"exec '{MPROF}' run -E -o a.dat '{sys.executable}' -I -c \"{program}\" {closed}"
    subprocess.run(["sh", "-c", command], cwd=tmp_path, env=environment(), timeout=60, check=False)
    assert recording(tmp_path / "a.dat").commands
    plain = f"exec '{sys.executable}' -I -c \"{program.replace('fds', 'plain')}\" {closed}"
    subprocess.run(["sh", "-c", plain], cwd=tmp_path, env=environment(), timeout=60, check=False)
    assert (tmp_path / "fds").read_text() == (tmp_path / "plain").read_text()


def test_a_full_disk_is_a_loss_and_not_the_programs(tmp_path: Path) -> None:
    answer = mprof(tmp_path, "run", "-E", "-q", "-o", "/dev/full", "echo", "ran")
    assert (answer.returncode, answer.stdout) == (0, "ran\n")
    assert is_one_line(answer.stderr, "/dev/full lacks", "No space left")


def test_a_script_of_python_runs_where_the_file_cannot_be_made(tmp_path: Path) -> None:
    write(tmp_path, "s.py", "@profile\ndef f():\n    print('ran')\nf()\n")
    answer = mprof(tmp_path, "run", "-q", "-E", "-o", "no/a.dat", "s.py")
    assert (answer.returncode, answer.stdout) == (0, "ran\n")


def test_a_limit_on_files_leaves_whole_lines(tmp_path: Path) -> None:
    command = f"ulimit -f 1; exec '{MPROF}' run -q -o a.dat -T 0.001 sleep 0.6"
    answer = subprocess.run(
        ["sh", "-c", command],
        cwd=tmp_path, env=environment(), capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert (tmp_path / "a.dat").read_text().endswith("\n")
    assert recording(tmp_path / "a.dat").memory
    assert "File too large" in answer.stderr


@pytest.mark.skipif(not shutil.which("python3"), reason="there is no python3 on PATH")
def test_a_closed_output_ends_nobody(tmp_path: Path) -> None:
    script = f"('{MPROF}' run -o a.dat sh -c 'sleep 0.3; touch witness'; echo $? > status) | true"
    subprocess.run(["sh", "-c", script], cwd=tmp_path, env=environment(), timeout=60, check=False)
    assert (tmp_path / "status").read_text() == "0\n"
    assert (tmp_path / "witness").exists()


def test_the_versions_agree(tmp_path: Path) -> None:
    assert mprof(tmp_path, "run", "--version").stdout.split()[:2] == ["mprof", peakline.__version__]


def test_the_commands_are_peaklines_too(tmp_path: Path) -> None:
    def tool(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [_executable.find(), *words],
            cwd=tmp_path,
            env=environment(),
            capture_output=True,
            text=True,
            check=False,
        )

    assert tool("run", "-q", "-E", "sh", "-c", "sleep 0.3; exit 7").returncode == 7
    name = only(tmp_path).name
    assert tool("list").stdout.split()[:2] == ["0", name]
    assert tool("peak").stdout.startswith(f"Using last profile data.\n{name}\t")
    assert "peak " in tool("plot").stdout
    assert tool("clean").returncode == 0
    assert list(tmp_path.glob("*.dat")) == []
    # Those that mean a capture are not mprof's.
    assert "mprof" not in tool("export", "x").stderr
