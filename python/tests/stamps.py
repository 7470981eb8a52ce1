# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""FUNC lines, read as mprof reads them, of a TimeStamper or of a program."""

from __future__ import annotations

import io
from pathlib import Path
from typing import NamedTuple

from programs import run, write

from memory_profiler import TimeStamper


class Func(NamedTuple):
    """A FUNC line, read as mprof reads it: seven words, split at blanks."""

    name: str
    before: float
    began: float
    after: float
    ended: float
    level: int


def parsed(text: str) -> list[Func]:
    """The FUNC lines; a line that is none is an error."""
    found = []
    for line in text.splitlines():
        kind, name, before, began, after, ended, level = line.split(" ")
        assert kind == "FUNC"
        found.append(
            Func(name, float(before), float(began), float(after), float(ended), int(level))
        )
    return found


def lines_of(stamper: TimeStamper) -> list[Func]:
    stream = io.StringIO()
    stamper.show_results(stream)
    return parsed(stream.getvalue())


def levels_of(stamper: TimeStamper) -> list[tuple[str, int]]:
    """(last part of the name, level) of each call, sorted."""
    return sorted((line.name.rpartition(".")[2], line.level) for line in lines_of(stamper))


def stamped(folder: Path, source: str, *flags: object) -> list[Func]:
    """The FUNC lines of a program that ends well, started by `--timestamp`."""
    write(folder, "program.py", source)
    answer = run(folder, "-m", "memory_profiler", "--timestamp", *flags, "program.py")
    assert (answer.returncode, answer.stderr) == (0, "")
    return parsed(answer.stdout)
