# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Programs that are attached to, and the commands that do it."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from captures import Capture, read

from peakline import _executable

BLOCK = 50_040
"""What malloc gives for `bytes(50_000)`: 33 more, up to a multiple of 16, less a header."""

WORK = """
def work(kept):
    for n in range(len(kept)):
        kept[n] = bytes(50_000)
"""
"""100 times, it is 100 blocks of `BLOCK` in line 4, and nothing else."""


class Target:
    """A program that runs without Peakline, in a folder of its own."""

    def __init__(self, folder: Path, source: str, *before: str) -> None:
        self.folder = folder / "target"
        self.folder.mkdir()
        # Not in its working folder, in which nothing may appear.
        script = folder / "program.py"
        script.write_text(WORK + source, encoding="utf-8")
        self.process = subprocess.Popen(
            [*before, sys.executable, str(script)],
            cwd=self.folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.number = self.process.pid

    def line(self) -> str:
        """The next line that it prints."""
        assert self.process.stdout is not None
        return self.process.stdout.readline().rstrip("\n")

    def tell(self, text: str) -> None:
        """Gives it a line to read."""
        assert self.process.stdin is not None
        self.process.stdin.write(text + "\n")
        self.process.stdin.flush()

    def end(self) -> tuple[int, str, str]:
        """Its status, and what else it prints, when it ends by itself."""
        output, errors = self.process.communicate(timeout=60)
        return self.process.returncode, output, errors

    @property
    def is_alive(self) -> bool:
        return self.process.poll() is None


@contextlib.contextmanager
def target(folder: Path, source: str, before: tuple[str, ...] = ()) -> Iterator[Target]:
    """A program that has said a first line, and is killed if it has not ended in the end.

    `before` is a command that starts it.
    """
    running = Target(folder, source, *before)
    # Or a test that has gone wrong would wait for its next line.
    watchdog = threading.Timer(120, running.process.kill)
    watchdog.start()
    try:
        assert running.line() == "ready"
        yield running
    finally:
        watchdog.cancel()
        running.process.kill()
        running.process.communicate()


def peakline(folder: Path, *words: Any) -> subprocess.CompletedProcess[str]:
    """Runs a command to its end."""
    return subprocess.run(
        [_executable.find(), *map(str, words)],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


class Attached:
    """`peakline attach` that waits, once it has said that it records."""

    def __init__(self, folder: Path, number: int, *options: str, name: str = "a.peakline") -> None:
        self.path = folder / name
        self.command = subprocess.Popen(
            [_executable.find(), "attach", "-o", name, *options, str(number)],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.command.stderr is not None
        self.said = self.command.stderr.readline()
        assert "is being recorded" in self.said, self.said + self.command.stderr.read()

    @property
    def pause(self) -> int:
        """For how many microseconds the program stood still."""
        return int(self.said.split("stood still for ")[1].split()[0])

    def end(self, number: int | None = signal.SIGINT) -> tuple[int, str]:
        """Its status, and what else it says."""
        if number is not None:
            self.command.send_signal(number)
        _, errors = self.command.communicate(timeout=60)
        return self.command.returncode, errors

    def capture(self) -> Capture:
        """What was captured, when it has ended."""
        return read(self.path)


class Waiting:
    """`peakline attach` that may have to wait for long until it records."""

    def __init__(self, folder: Path, program: Target, *, name: str = "a.peakline") -> None:
        self.command = subprocess.Popen(
            [_executable.find(), "attach", "-o", name, "--timeout", "3600", str(program.number)],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )

    def line(self) -> str:
        """The next line that it says."""
        assert self.command.stderr is not None
        return self.command.stderr.readline()

    def end(self, number: int) -> tuple[int, str]:
        """Its status, and what else it says, once a signal has come."""
        self.command.send_signal(number)
        _, errors = self.command.communicate(timeout=60)
        return self.command.returncode, errors


def wait_for(what: Any) -> None:
    """Waits until something is true, half a minute at most."""
    deadline = time.monotonic() + 30
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def obstacle() -> str | None:
    """Why nothing can be attached to here; None if it can."""
    if os.uname().machine != "x86_64":
        return "processes are attached to on x86-64 only"
    child = subprocess.Popen([sys.executable, "-S", "-c", "input()"], stdin=subprocess.PIPE)
    try:
        # A look at its memory needs the same right as tracing it.
        with open(f"/proc/{child.pid}/mem", "rb"):
            return None
    except OSError as error:
        return f"this system does not let processes be traced ({error.strerror})"
    finally:
        child.kill()
        child.communicate()
