# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""`peakline join`: captures that were made apart become one, right to the block."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from peakline import _executable

SIZE = 8_000_000
PROGRAM = """
import sys, time
import peakline

def hold(size):
    held = bytearray(size)
    time.sleep(0.6)
    return len(held)

with peakline.record(sys.argv[1], exact=True):
    hold(int(sys.argv[2]))
"""


def peakline(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [_executable.find(), *map(str, arguments)], capture_output=True, text=True, timeout=120
    )


@pytest.fixture(scope="module")
def captures(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Of two processes that hold SIZE and twice SIZE at the same time."""
    folder = tmp_path_factory.mktemp("apart")
    (folder / "program.py").write_text(PROGRAM, encoding="utf-8")
    paths = [folder / "one.peakline", folder / "two.peakline"]
    running = [
        subprocess.Popen([sys.executable, str(folder / "program.py"), str(path), str(size)])
        for path, size in zip(paths, [SIZE, 2 * SIZE], strict=True)
    ]
    assert [one.wait(timeout=60) for one in running] == [0, 0]
    return paths


def report(path: Path, *options: str) -> dict[str, Any]:
    done = peakline("report", "--json", path, *options)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def held(found: dict[str, Any]) -> int:
    return sum(row["at_peak"] for row in found["lines"] if row["function"] == "hold")


def test_what_both_held_at_once_is_added_up(captures: list[Path], tmp_path: Path) -> None:
    joined = tmp_path / "all.peakline"
    done = peakline("join", "-o", joined, *captures)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    found = report(joined)
    assert 3 * SIZE <= held(found) < 3 * SIZE + 8 * 4096
    assert len(found["processes"]) == 2
    assert " or lower" in peakline("report", joined).stdout
    first = found["processes"][0]
    alone = report(joined, "--process", first["id"])
    assert held(alone) in range(SIZE, SIZE + 4 * 4096) or held(alone) >= 2 * SIZE
    assert alone["peak"]["bytes"] == first["peak"]


def test_one_capture_alone_is_copied(captures: list[Path], tmp_path: Path) -> None:
    copy = tmp_path / "copy.peakline"
    assert peakline("join", "-o", copy, captures[0]).returncode == 0
    assert copy.read_bytes() == captures[0].read_bytes()


def test_what_is_there_is_not_replaced_unless_told_to(captures: list[Path], tmp_path: Path) -> None:
    there = tmp_path / "there.peakline"
    there.write_text("precious")
    done = peakline("join", "-o", there, *captures)
    assert done.returncode == 2
    assert "--force" in done.stderr
    assert there.read_text() == "precious"
    assert peakline("join", "--force", "-o", there, *captures).returncode == 0
    assert held(report(there)) >= 3 * SIZE


def test_what_cannot_be_joined_is_named(captures: list[Path], tmp_path: Path) -> None:
    (tmp_path / "text").write_text("no capture")
    (tmp_path / "folder").mkdir()
    out = tmp_path / "out.peakline"
    for name, words in [
        ("text", "it is no capture"),
        ("folder", "is a folder: 'peakline seal'"),
        ("missing", "No such file"),
    ]:
        done = peakline("join", "-o", out, captures[0], tmp_path / name)
        assert done.returncode in (1, 2)
        assert f"{tmp_path / name}" in done.stderr
        assert words in done.stderr
        assert sorted(path.name for path in tmp_path.iterdir()) == ["folder", "text"]
