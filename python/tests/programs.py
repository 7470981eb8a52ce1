# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Runs programs in a Python of their own, and reads the tables that they print."""

from __future__ import annotations

import contextlib
import io
import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any, NamedTuple

import peakline

PACKAGES = str(Path(peakline.__file__).resolve().parent.parent)

_ROW = re.compile(
    r" *(?P<line>\d+) (?: *(?P<usage>-?[\d.]+) MiB +(?P<increment>-?[\d.]+) MiB +(?P<times>\d+) {3}"
    r"| {40})(?P<source>.*)"
)


class Row(NamedTuple):
    """A line of a table that was measured; MiB."""

    usage: float
    increment: float
    occurrences: int
    source: str


class Table(NamedTuple):
    """A printed table."""

    filename: str
    note: str
    rows: dict[int, Row]
    """By line; those without figures are left out."""
    sources: dict[int, str]
    """The text of all lines."""

    def row(self, fragment: str) -> Row:
        """The only measured row whose text has the fragment."""
        found = [row for row in self.rows.values() if fragment in row.source]
        assert len(found) == 1, (fragment, self)
        return found[0]


def tables(text: str) -> list[Table]:
    """The tables in a text, in order; what stands around them is skipped."""
    found = []
    for part in re.split(r"^(?=Filename: )", text, flags=re.MULTILINE)[1:]:
        head, _, body = part.partition("=\n")
        filename, note, *_ = [*head.splitlines(), ""]
        rows: dict[int, Row] = {}
        sources: dict[int, str] = {}
        for line in body.splitlines():
            match = _ROW.fullmatch(line)
            if match is None:
                break
            number = int(match["line"])
            sources[number] = match["source"]
            if match["usage"]:
                rows[number] = Row(
                    float(match["usage"]),
                    float(match["increment"]),
                    int(match["times"]),
                    match["source"],
                )
        found.append(Table(filename.removeprefix("Filename: "), note, rows, sources))
    return found


def write(folder: Path, name: str, source: str) -> Path:
    """Writes a program."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(textwrap.dedent(source), encoding="utf-8")
    return path


def run(
    folder: Path, *arguments: object, stdin: str = "", **environment: str
) -> subprocess.CompletedProcess[str]:
    """Runs this Python with arguments in a folder."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "PEAKLINE"))}
    clean.update(PYTHONPATH=PACKAGES, PYTHONDONTWRITEBYTECODE="1", PYTHONIOENCODING="utf-8")
    return subprocess.run(
        [sys.executable, *map(str, arguments)],
        cwd=folder,
        env={**clean, **environment},
        input=stdin,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


def tables_of(action: Any, *arguments: Any) -> list[Table]:
    """What a call prints."""
    with contextlib.redirect_stdout(io.StringIO()) as stream:
        action(*arguments)
    return tables(stream.getvalue())
