# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""`peakline top` in a terminal, beside recorded programs that know what they hold."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from screens import PATIENCE, Screen, screen

from peakline import _executable

TOOL = str(_executable.find())
MIB = 1 << 20
UP, DOWN, ENTER, ESCAPE, CONTROL_C, CONTROL_Z = "\x1b[A", "\x1b[B", "\r", "\x1b", "\x03", "\x1a"

PROGRAM = """
import os, sys

def kept():
    return bytearray(30_000_000)

def dropped():
    return bytearray(70_000_000)

def more():
    return bytearray(90_000_000)

def objects():
    found = []
    for n in range(50_000):
        found.append((n,))
    return found

held = [kept(), objects()]
dropped()
print("ready", flush=True)
for word in sys.stdin:
    if word == "more\\n":
        held.append(more())
    elif word == "exit\\n":
        os._exit(3)
    elif word == "leave\\n":
        break
    print("done", flush=True)
"""


class Recorded:
    """A program that is recorded, and does what it is told."""

    def __init__(self, folder: Path, *options: str, source: str = PROGRAM) -> None:
        (folder / "program.py").write_text(source, encoding="utf-8")
        self.folder = folder
        self.capture = folder / "out.peakline"
        """While it runs a folder, in which each process has its own."""
        command = [TOOL, "record", "-q", "-o", str(self.capture), *options]
        self.process = subprocess.Popen(
            [*command, sys.executable, "program.py"],
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.hears("ready")
        self._settle()

    def _settle(self) -> None:
        """Waits until the program waits: it goes on for a little after what it has said."""
        looks = 0
        while looks < 3:
            stat = Path(f"/proc/{self.number}/stat").read_text()
            looks = looks + 1 if stat.rpartition(")")[2].split()[0] == "S" else 0
            time.sleep(0.01)

    @property
    def number(self) -> int:
        """Of the program itself, not of `peakline record`."""
        path = f"/proc/{self.process.pid}/task/{self.process.pid}/children"
        return int(Path(path).read_text().split()[0])

    @property
    def own(self) -> Path:
        """What the program itself writes to, while it runs."""
        return self.capture / f"{self.number}.peakline"

    def hears(self, word: str) -> None:
        assert self.process.stdout is not None
        assert self.process.stdout.readline().strip() == word

    def tell(self, word: str, answer: str = "done") -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(word + "\n")
        self.process.stdin.flush()
        if answer:
            self.hears(answer)

    def report(self) -> dict[str, Any]:
        found = subprocess.run(
            [TOOL, "report", "--json", str(self.capture)], capture_output=True, check=True
        )
        document: dict[str, Any] = json.loads(found.stdout)
        return document

    def close(self) -> None:
        assert self.process.stdin is not None
        with contextlib.suppress(OSError):
            self.process.stdin.close()
        self.process.wait(PATIENCE)


@pytest.fixture
def recorded(tmp_path: Path) -> Iterator[Recorded]:
    program = Recorded(tmp_path, "--exact")
    yield program
    program.close()


def top(folder: Path, *words: str, **options: Any) -> contextlib.AbstractContextManager[Screen]:
    return screen([TOOL, "top", *words], folder, **options)


def once(folder: Path, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """`peakline top` where the output is a pipe."""
    return subprocess.run(
        [TOOL, "top", *words],
        cwd=folder,
        env={**os.environ, **variables},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )


def sizes(*figures: int) -> list[str]:
    """As `--precision 3` shows them."""
    return [f"{figure / MIB:.3f} MiB" for figure in figures]


def row_of(shown: Screen, line: int) -> list[str]:
    """The cells of a line of the program; none while it is not on the screen."""
    for row in shown.rows():
        cells = re.split(r" {2,}", row.lstrip("▸ ").strip())
        if f"program.py:{line}" in cells:
            return cells
    return []


# ---- Figures


def test_figures_are_those_of_the_report(recorded: Recorded) -> None:
    report = recorded.report()
    # The interpreter has hundreds of lines of its own.
    words = [str(recorded.number), "--precision", "3", "--filter", "program.py"]
    with top(recorded.folder, *words, columns=180, rows=50) as shown:
        shown.until_seen("program.py:5 ")
        lines = [line for line in report["lines"] if (line["file"] or "").endswith("program.py")]
        assert len(lines) > 3
        for line in lines:
            cells = row_of(shown, line["line"])
            wanted = sizes(line["live_at_end"], line["at_peak"], line["allocated"])
            assert cells[:3] == wanted, (line, shown.text)
            assert cells[3].replace(",", "") == str(int(line["allocations"]))
            assert (line["source"] or "").strip() in cells[-1]
        assert f"Peak {sizes(report['peak']['bytes'])[0]}" in shown.text
        # The program that knows: 30,000,000 bytes and a page or two.
        kept = next(line for line in lines if line["line"] == 5)
        assert 30_000_000 <= kept["live_at_end"] < 30_000_000 + 3 * 4096
        dropped = next(line for line in lines if line["line"] == 8)
        # What the interpreter keeps for the next object is not the array.
        assert dropped["live_at_end"] < 4096
        assert 70_000_000 <= dropped["at_peak"] < 70_000_000 + 3 * 4096


def test_standard_errors_are_those_of_the_report(tmp_path: Path) -> None:
    program = Recorded(tmp_path)
    report = program.report()
    words = [str(program.capture), "--precision", "3", "--filter", "program.py"]
    with top(tmp_path, *words, columns=180) as shown:
        shown.until_seen("program.py:5 ")
        assert "sampled every 0.500 MiB" in shown.text
        for line in report["lines"]:
            if not (line["file"] or "").endswith("program.py") or not line["at_peak"]:
                continue
            row = next(row for row in shown.rows() if f"program.py:{line['line']} " in row + " ")
            error = f"{line['standard_error'] / MIB:.3f}"
            assert f"{sizes(line['at_peak'])[0]} ± {error}" in row
    program.close()


def test_what_the_program_does_is_seen(recorded: Recorded) -> None:
    with top(recorded.folder, "-i", "100ms", "--sort", "now") as shown:
        shown.until_seen("running", "program.py:5 ")
        assert not row_of(shown, 11)
        recorded.tell("more")
        shown.until(lambda: row_of(shown, 11))
        assert row_of(shown, 11)[:2] == ["85.8 MiB"] * 2
        first = next(row for row in shown.rows() if row.startswith("▸"))
        assert "program.py:11 " in first
        assert "return bytearray" in first


def test_one_look_is_text_and_json_is_the_reports(recorded: Recorded) -> None:
    for words in ([], ["--once"], [str(recorded.number)], [recorded.capture.name]):
        answer = once(recorded.folder, *words)
        assert (answer.returncode, answer.stderr) == (0, "")
        assert "\x1b" not in answer.stdout
        assert "It still runs: these are its figures" in answer.stdout
        (row,) = [row for row in answer.stdout.splitlines() if "program.py:5 " in row]
        assert "28.6 MiB" in row
        assert "return bytearray(30_000_000)" in row
    answer = once(recorded.folder, "--json", str(recorded.number))
    document = json.loads(answer.stdout)
    report = recorded.report()
    # It goes on between the two.
    assert document["processes"] == report["processes"]
    assert document["lines"] == report["lines"]


@pytest.mark.parametrize("how", ["--once", "dumb"])
def test_one_look_in_a_terminal(recorded: Recorded, how: str) -> None:
    words = ["--once"] if how == "--once" else []
    variables = {"TERM": "dumb"} if how == "dumb" else {}
    with top(recorded.folder, *words, **variables) as shown:
        assert shown.status() == 0
        assert b"[?1049h" not in shown.raw
        shown.until_seen("program.py:5 ")


# ---- The end


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ("exit", ["ended with status 3", "It ended with status 3 after"]),
        ("leave", ["It ended after"]),
        ("kill", ["killed", "It was killed by SIGKILL (signal 9) after"]),
    ],
)
def test_when_it_ends_the_last_figures_stay(recorded: Recorded, how: str, words: list[str]) -> None:
    with top(recorded.folder, "-i", "100ms") as shown:
        shown.until_seen("running", "program.py:5 ")
        if how == "kill":
            os.kill(recorded.number, signal.SIGKILL)
        else:
            recorded.tell(how, answer="")
        recorded.process.wait(PATIENCE)
        shown.until_seen(*words, "program.py:5 ")
        shown.press("q")
        assert shown.status() == 0


def test_a_recording_that_is_stopped_is_said_to_be(tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(
        "import sys, peakline\n"
        "with peakline.record('own.peakline', exact=True):\n"
        "    held = bytearray(30_000_000)\n"
        "    print('ready', flush=True)\n"
        "    sys.stdin.readline()\n"
        "print('stopped', flush=True)\n"
        "sys.stdin.readline()\n"
    )
    with subprocess.Popen(
        [sys.executable, "program.py"],
        cwd=tmp_path,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as program:
        assert program.stdin is not None
        assert program.stdout is not None
        assert program.stdout.readline() == "ready\n"
        with top(tmp_path, str(program.pid), "-i", "100ms") as shown:
            shown.until_seen("running", "program.py:3 ")
            program.stdin.write("\n")
            program.stdin.flush()
            assert program.stdout.readline() == "stopped\n"
            shown.until_seen("The recording was stopped after", "program.py:3 ")
        program.stdin.write("\n")


def test_a_capture_that_is_deleted_is_a_sentence(recorded: Recorded) -> None:
    with top(recorded.folder, "-i", "100ms") as shown:
        shown.until_seen("running", "program.py:5 ")
        shutil.rmtree(recorded.capture)
        shown.until_seen("out.peakline was deleted or renamed", "program.py:5 ")
        shown.press("q")
        assert shown.status() == 0
    answer = once(recorded.folder, str(recorded.number))
    assert answer.returncode == 2
    assert "which has been deleted: record it again" in answer.stderr


def test_a_capture_that_is_spoilt_is_a_sentence(recorded: Recorded) -> None:
    copy = recorded.folder / "copy.peakline"
    copy.write_bytes(recorded.own.read_bytes())
    with top(recorded.folder, copy.name, "-i", "100ms") as shown:
        shown.until_seen("no end", "program.py:5 ")
        copy.write_bytes(b"something else entirely")
        shown.until_seen("copy.peakline can no longer be read", "program.py:5 ")
        shown.press(DOWN + UP + ENTER + ESCAPE)
        shown.press("q")
        assert shown.status() == 0


# ---- Which recording


def test_whoever_started_it_will_do(recorded: Recorded) -> None:
    answer = once(recorded.folder, str(recorded.process.pid))
    assert f"process {recorded.number}, " in answer.stdout


def test_of_several_recordings_it_is_the_newest(tmp_path: Path) -> None:
    source = (
        "import sys, time, peakline\n"
        "with peakline.record('old.peakline'):\n"
        "    time.sleep(0.01)\n"
        "    with peakline.record('new.peakline'):\n"
        "        print('ready', flush=True)\n"
        "        sys.stdin.readline()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", source],
        cwd=tmp_path,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == b"ready\n"
        answer = once(tmp_path, str(program.pid))
        assert "There are 2 recordings; this is the newest," in answer.stdout
        assert re.search(r"new\.peakline\. Also: .*old\.peakline", answer.stdout)
        # In a folder it is the newest, too.
        with top(tmp_path, columns=200) as shown:
            shown.until_seen("running")
        program.communicate(b"\n")


def test_a_recording_that_is_about_to_begin_is_waited_for(tmp_path: Path) -> None:
    (tmp_path / "late.peakline").touch()
    begin = time.monotonic()
    answer = once(tmp_path, "late.peakline")
    assert answer.returncode == 2
    assert "nothing was written to it" in answer.stderr
    assert time.monotonic() - begin >= 1


def ended(folder: Path) -> str:
    process = subprocess.Popen(["true"], cwd=folder)
    process.wait()
    return str(process.pid)


@pytest.mark.parametrize(
    ("subject", "sentence"),
    [
        (ended, r"peakline: there is no process \d+: name one that is recorded, or a capture"),
        (
            lambda _: str(os.getpid()),
            r"peakline: process \d+ is not recorded: record it with 'peakline attach \d+', or .*",
        ),
        (lambda _: "missing.peakline", r"peakline: missing.peakline: it cannot be read .*"),
        (lambda _: "program.py", r"peakline: program.py: it is no capture: .*"),
        (lambda _: ".", r"peakline: .: it is a folder: .*"),
        (lambda _: "-", r"peakline: the standard input cannot be looked at again: .*"),
        (lambda _: "99999999999999999999", r"peakline: 9+: it cannot be read .*"),
    ],
)
def test_what_is_not_there_is_a_sentence(
    tmp_path: Path, subject: Callable[[Path], str], sentence: str
) -> None:
    (tmp_path / "program.py").write_text("no capture\n")
    answer = once(tmp_path, subject(tmp_path))
    assert (answer.returncode, answer.stdout) == (2, "") or answer.returncode == 1
    assert re.fullmatch(sentence + r"\n", answer.stderr), answer.stderr


def test_a_folder_without_a_recording_is_a_sentence(recorded: Recorded, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    answer = once(tmp_path / "empty")
    assert answer.returncode == 2
    assert "nothing is being recorded into this folder" in answer.stderr
    # One that has ended is none that goes on.
    recorded.close()
    answer = once(tmp_path)
    assert answer.returncode == 2
    assert "nothing is being recorded into this folder" in answer.stderr
    assert "It ended" in once(tmp_path, "out.peakline").stdout
    # A damaged one, which says that a process records whose number none can have.
    with recorded.capture.open("r+b") as file:
        file.seek(24)
        file.write((1).to_bytes(4, "little"))
        file.seek(40)
        file.write((0xFFFF_FFFF).to_bytes(4, "little"))
    answer = once(tmp_path)
    assert answer.returncode == 2
    assert "nothing is being recorded into this folder" in answer.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be somebody else")
def test_a_process_of_somebody_elses_is_a_sentence(recorded: Recorded) -> None:
    try:
        answer = subprocess.run(
            [TOOL, "top", str(recorded.number)],
            user=65534,
            group=65534,
            extra_groups=[],
            capture_output=True,
            text=True,
            check=False,
            cwd="/",
        )
    except PermissionError:
        pytest.skip("others cannot run it here")
    assert answer.returncode == 2
    assert re.fullmatch(
        r"peakline: process \d+ may not be looked into, it belongs to another user: .*\n",
        answer.stderr,
    )


def test_a_child_of_a_recorded_process_is_shown_by_itself(tmp_path: Path) -> None:
    source = (
        "import os, sys\n"
        "read, write = os.pipe()\n"
        "child = os.fork()\n"
        "if child == 0:\n    os.close(write)\n    os.read(read, 1)\n    os._exit(0)\n"
        "print('ready', flush=True)\nprint(child, flush=True)\n"
        "sys.stdin.readline()\nos.close(write)\nos.wait()\n"
    )
    program = Recorded(tmp_path, source=source)
    assert program.process.stdout is not None
    child = program.process.stdout.readline().strip()
    answer = once(tmp_path, child)
    assert answer.returncode == 0
    assert f"process {child}, " in answer.stdout
    assert "The process was forked" in answer.stdout
    program.close()


# ---- Keys, and the terminal


def test_keys_sort_filter_show_calls_and_help(recorded: Recorded) -> None:
    with top(recorded.folder) as shown:
        shown.until_seen("▾At peak", "program.py:5 ")
        shown.press("s")
        shown.until_seen("▾Allocated")
        shown.press("1")
        shown.until_seen("▾In use")
        shown.press("/70_0")
        shown.until_seen("/70_0", "program.py:8 ")
        shown.until(lambda: not row_of(shown, 5))
        shown.press(ENTER)
        shown.until_seen("1 of 1")
        shown.press("2" + ENTER)
        shown.until_seen("The calls on which it held most at the peak", "<module>", "dropped()")
        # The escape key alone: nothing follows it.
        shown.press(ESCAPE)
        shown.until_seen("▾At peak")
        shown.press(ESCAPE)
        shown.until_seen("program.py:5 ")
        shown.press("?")
        shown.until_seen("this help", "quit; the program goes on undisturbed")
        shown.press("i")
        shown.until_seen("It runs in", "It still runs")
        shown.press(ESCAPE)
        shown.until_seen("▾At peak")
        shown.press("p")
        shown.until_seen("paused; running")
        recorded.tell("more")
        shown.press("+-")
        shown.press("p")
        shown.until(lambda: row_of(shown, 11))
        shown.press("q")
        assert shown.status() == 0


def test_sizes_change_while_one_looks(recorded: Recorded) -> None:
    with top(recorded.folder, "-i", "100ms") as shown:
        shown.until_seen("program.py:5 ", "q quit")
        for columns, rows in ((40, 10), (200, 50), (20, 5), (100, 24)):
            shown.resize(columns, rows)
            shown.until(lambda: "quit" in shown.rows()[-1])
            shown.until(lambda: any(row.startswith("▸") for row in shown.rows()))


ENDINGS: list[tuple[str, Callable[[Screen], None], int]] = [
    ("q", lambda shown: shown.press("q"), 0),
    ("control and C", lambda shown: shown.press(CONTROL_C), 0),
    ("SIGINT", lambda shown: os.kill(shown.process, signal.SIGINT), 0),
    ("SIGTERM", lambda shown: os.kill(shown.process, signal.SIGTERM), -signal.SIGTERM),
    ("SIGHUP", lambda shown: os.kill(shown.process, signal.SIGHUP), -signal.SIGHUP),
    ("SIGQUIT", lambda shown: os.kill(shown.process, signal.SIGQUIT), -signal.SIGQUIT),
    ("a fault", lambda shown: os.kill(shown.process, signal.SIGSEGV), -signal.SIGSEGV),
]


@pytest.mark.parametrize(("name", "end", "status"), ENDINGS, ids=[one[0] for one in ENDINGS])
def test_the_terminal_is_left_as_it_was(
    recorded: Recorded, name: str, end: Callable[[Screen], None], status: int
) -> None:
    with top(recorded.folder) as shown:
        shown.until_seen("running", "q quit")
        assert shown.modes_now() != shown.modes
        end(shown)
        assert shown.status() == status
        assert shown.modes_now() == shown.modes
        assert shown.raw.count(b"\x1b[?1049h") == 1
        assert shown.raw.endswith(b"\x1b[?7h\x1b[?25h\x1b[?1049l")
    recorded.tell("more")


def test_it_can_be_stopped_and_goes_on(recorded: Recorded) -> None:
    # A shell that waits: only it can tell that its child has stopped.
    program = (
        "import os, signal, sys\n"
        "signal.signal(signal.SIGTTOU, signal.SIG_IGN)\n"
        "child = os.fork()\n"
        "if not child:\n"
        "    os.setpgid(0, 0)\n"
        "    os.tcsetpgrp(0, os.getpid())\n"
        "    signal.signal(signal.SIGTTOU, signal.SIG_DFL)\n"
        "    os.execv(sys.argv[1], sys.argv[1:])\n"
        "_, status = os.waitpid(child, os.WUNTRACED)\n"
        "assert os.WIFSTOPPED(status)\n"
        "os.tcsetpgrp(0, os.getpgrp())\n"
        "print('stopped', flush=True)\n"
        "input()\n"
        "os.tcsetpgrp(0, child)\n"
        "os.kill(child, signal.SIGCONT)\n"
        "_, status = os.waitpid(child, 0)\n"
        "os.tcsetpgrp(0, os.getpgrp())\n"
        "sys.exit(os.waitstatus_to_exitcode(status))\n"
    )
    command = [sys.executable, "-c", program, TOOL, "top", "-i", "100ms"]
    with screen(command, recorded.folder) as shown:
        shown.until_seen("running", "q quit")
        shown.press(CONTROL_Z)
        shown.until(lambda: shown.raw.endswith(b"stopped\r\n"))
        assert shown.modes_now() == shown.modes
        assert b"\x1b[?1049l" in shown.raw
        recorded.tell("more")
        shown.press("\n")
        shown.until(lambda: row_of(shown, 11))
        assert shown.modes_now() != shown.modes
        shown.press("q")
        assert shown.status() == 0
        assert shown.modes_now() == shown.modes


def test_colours_are_left_out_where_nobody_wants_them(recorded: Recorded) -> None:
    colours = re.compile(rb"\x1b\[[1-9][0-9;]*m")
    with top(recorded.folder) as shown:
        shown.until_seen("q quit")
        assert colours.search(shown.raw)
    with top(recorded.folder, NO_COLOR="1") as shown:
        shown.until_seen("q quit")
        assert not colours.search(shown.raw)
    with top(recorded.folder, "--ascii") as shown:
        shown.until_seen("q quit", "> ")
        assert shown.text.isascii()


def test_keys_come_from_the_terminal_where_the_input_is_something_else(recorded: Recorded) -> None:
    command = ["/bin/sh", "-c", f"exec '{TOOL}' top </dev/null"]
    with screen(command, recorded.folder) as shown:
        shown.until_seen("q quit")
        shown.press("q")
        assert shown.status() == 0
        assert shown.modes_now() == shown.modes


def test_the_program_is_not_disturbed(tmp_path: Path) -> None:
    # A signal would end the sleep, a lock would keep the program from its end.
    source = (
        "import sys, time, signal\n"
        "held = bytearray(10_000_000)\n"
        "print('ready', flush=True)\n"
        "sys.stdin.readline()\n"
        "print(signal.sigtimedwait(range(1, 32), 0.5), flush=True)\n"
    )
    masked = "import signal\nsignal.pthread_sigmask(signal.SIG_BLOCK, range(1, 32))\n" + source
    program = Recorded(tmp_path, "--exact", source=masked)
    with top(tmp_path, str(program.number), "-i", "50ms") as shown:
        shown.until_seen("running", "program.py:4 ")
        before = program.own.read_bytes()
        time.sleep(0.3)
        assert program.own.read_bytes() == before
        program.tell("", answer="None")
    program.close()
