# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Runs the real `mprof` in a folder, and reads what it wrote without any of Peakline's code."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from peakline import _executable

MPROF = str(Path(_executable.find()).with_name("mprof"))


class Recording(NamedTuple):
    """The records of a file, by kind, as lists of words."""

    commands: list[str]
    memory: list[tuple[float, float]]
    """MiB, time."""
    children: list[tuple[int, float, float]]
    calls: list[list[str]]
    unseen: list[float]
    marks: list[tuple[str, ...]]
    """The kind, the figures, and the name."""


def environment(**changes: str) -> dict[str, str]:
    """This process's, with this Python as the one for scripts."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "PEAKLINE"))}
    return {**clean, "PEAKLINE_PYTHON": sys.executable, **changes}


def mprof(
    folder: Path, *arguments: object, stdin: str = "", **changes: str
) -> subprocess.CompletedProcess[str]:
    """Runs mprof to its end."""
    return subprocess.run(
        [MPROF, *map(str, arguments)],
        cwd=folder,
        env=environment(**changes),
        input=stdin,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


_started: list[subprocess.Popen[str]] = []


def _as_usual(has_group: bool) -> None:
    if has_group:
        os.setpgid(0, 0)
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM, signal.SIGUSR1):
        signal.signal(number, signal.SIG_DFL)


def start(
    folder: Path, *arguments: object, has_group: bool = False, **options: object
) -> subprocess.Popen[str]:
    """Starts mprof, its output in a pipe, with signals as a terminal's programs have them: whoever
    runs the tests may ignore some, as nohup does. It `has_group` as a shell's jobs have one each.
    """
    process = subprocess.Popen(  # type: ignore[call-overload]
        [MPROF, *map(str, arguments)],
        cwd=folder,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: _as_usual(has_group),
        **options,
    )
    _started.append(process)
    return process  # type: ignore[no-any-return]


def end_all() -> None:
    """Kills what a failed test has left, with its program: later tests count our children."""
    while _started:
        process = _started.pop()
        if process.poll() is None:
            with open(f"/proc/{process.pid}/task/{process.pid}/children") as file:
                for child in file.read().split():
                    os.kill(int(child), signal.SIGKILL)
            process.kill()
            process.wait()


def recording(path: Path) -> Recording:
    """The records of a file."""
    found = Recording([], [], [], [], [], [])
    for line in path.read_text().splitlines():
        kind, *words = line.split(" ")
        if kind == "CMDLINE":
            found.commands.append(" ".join(words))
        elif kind == "MEM":
            found.memory.append((float(words[0]), float(words[1])))
        elif kind == "CHLD":
            found.children.append((int(words[0]), float(words[1]), float(words[2])))
        elif kind == "FUNC":
            found.calls.append(words)
        elif kind == "UNSEEN":
            found.unseen.append(float(words[0]))
        elif kind in ("MARK", "SPAN"):
            found.marks.append((kind, *line.split(" ", 3 if kind == "MARK" else 6)[1:]))
        elif kind == "INCLUDES":
            assert words == ["children"]
        else:
            raise AssertionError(line)
    return found


def only(folder: Path) -> Path:
    """The one recording of the usual name in a folder."""
    (path,) = folder.glob("mprofile_*.dat")
    return path


def is_one_line(text: str, *parts: str) -> bool:
    return (
        text.endswith("\n")
        and text.count("\n") == 1
        and text.startswith("mprof")
        and all(part in text for part in parts)
    )
