# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""`peakline ci`: fails exactly when a test, or a program, needs more memory than its baseline."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from captures import record

from peakline import _executable

MIB = 1 << 20
TESTS = """
import pytest

@pytest.mark.parametrize("number", [1, 2])
def test_small(number):
    assert len(bytearray(number << 20)) > 0

def test_large():
    assert len(bytearray(SIZE)) > 0
"""


def run(*words: str | Path, status: int = 0) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [_executable.find(), *map(str, words)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == status, done.stdout + done.stderr
    return done


def measure(folder: Path, size: int) -> Path:
    """What the tests hold, the large one so many bytes."""
    (folder / "test_it.py").write_text(TESTS.replace("SIZE", str(size)))
    file = folder / f"{size}.json"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_it.py"]
    subprocess.run([*command, f"--peakline-json={file}"], cwd=folder, check=True)
    return file


def test_it_fails_exactly_when_a_test_needs_more(tmp_path: Path) -> None:
    baseline = tmp_path / "baseline.json"
    first = measure(tmp_path, 8 * MIB)
    done = run("ci", first, "--baseline", baseline, "--update")
    assert done.stdout == f"peakline: {baseline} has the figures of {first} now\n"
    assert baseline.read_bytes() == first.read_bytes()
    assert "None of 3 tests grew" in run("ci", first, "--baseline", baseline).stdout
    # Three percent, then twelve.
    run("ci", measure(tmp_path, 8 * MIB + 250_000), "--baseline", baseline)
    grown = measure(tmp_path, 9 * MIB)
    done = run("ci", grown, "--baseline", baseline, status=3)
    assert done.stdout.startswith("1 of 3 tests grew by more than 5% (and 64KiB).\n")
    (row,) = [row for row in done.stdout.splitlines() if row.endswith("::test_large")]
    before, _, after, _, change, *_ = row.split()
    assert (float(before), float(after)) == pytest.approx((8, 9), abs=0.1)
    assert float(change) == pytest.approx(1, abs=0.1)
    assert "assert len(bytearray(9437184)) > 0" in done.stdout
    assert done.stderr == "peakline: 1 of 3 tests grew by more than 5% (and 64KiB)\n"
    run("ci", grown, "--baseline", baseline, "--fail-above", "15%")
    run("ci", grown, "--baseline", baseline, "--fail-above", "0", "--ignore-below", "2MiB")
    # Less than it was, and a test that is gone, are no growth.
    run("ci", first, "--baseline", grown, "--fail-above", "0")


def test_the_summary_is_appended(tmp_path: Path) -> None:
    file = measure(tmp_path, MIB)
    summary = tmp_path / "summary.md"
    summary.write_text("before\n")
    for _ in range(2):
        run("ci", file, "--baseline", file, "--summary", summary)
    assert summary.read_text().startswith("before\n### Memory of tests\n")
    assert summary.read_text().count("None of 3 tests grew") == 2


def test_captures_are_judged_by_their_peaks(tmp_path: Path) -> None:
    paths = []
    for name, size in [("before", 20), ("after", 30)]:
        (tmp_path / name).mkdir()
        record(tmp_path / name, f"kept = bytearray({size} << 20)\n", "-q")
        paths.append(tmp_path / name / "out.peakline")
    done = run("ci", paths[1], "--baseline", paths[0], status=3)
    assert "kept = bytearray(30 << 20)" in done.stdout
    run("ci", paths[1], "--baseline", paths[0], "--fail-above", "11MiB")
    run("ci", paths[0], "--baseline", paths[1], "--fail-above", "0")
    kept = tmp_path / "kept.peakline"
    run("ci", paths[0], "--baseline", kept, "--update")
    assert kept.read_bytes() == paths[0].read_bytes()


def test_figures_may_come_through_the_standard_input(tmp_path: Path) -> None:
    record(tmp_path, "kept = bytearray(20 << 20)\n", "-q")
    capture = tmp_path / "out.peakline"
    for file in (capture, measure(tmp_path, MIB)):
        command = [_executable.find(), "ci", "-", "--baseline", file]
        with file.open("rb") as figures:
            subprocess.run(command, stdin=figures, stdout=subprocess.DEVNULL, check=True)
    done = run("ci", "-", "--baseline", "-", status=2)
    assert "the standard input is one file" in done.stderr


def test_growth_has_a_unit(tmp_path: Path) -> None:
    done = run("ci", "a", "--baseline", "b", "--fail-above", "5", status=2)
    assert "--fail-above needs a unit: 5% or 5MiB" in done.stderr
    done = run("diff", "a", "b", "--fail-above", "5", status=2)
    assert "--fail-above needs a unit: 5% or 5MiB" in done.stderr


@pytest.mark.parametrize(
    ("content", "said", "status"),
    [
        (None, "cannot be read", 2),
        ("{}", "'schema' is missing", 1),
        ('{"schema": 2, "kind": "lines"}', "", 1),
        ("no JSON", "cannot be read as JSON", 1),
    ],
)
def test_what_is_no_baseline_is_one_sentence(
    tmp_path: Path, content: str | None, said: str, status: int
) -> None:
    new = tmp_path / "new.json"
    document = {"schema": 2, "kind": "tests", "python": "3", "caveats": [], "interval": 0}
    new.write_text(json.dumps({**document, "tests": []}))
    baseline = tmp_path / "baseline.json"
    if content is not None:
        baseline.write_text(content)
    done = run("ci", new, "--baseline", baseline, status=status)
    assert done.stderr.startswith("peakline: ")
    assert said in done.stderr
    assert done.stderr.count("\n") == 1
    # Nor is it made the baseline.
    if content is not None:
        run("ci", baseline, "--baseline", tmp_path / "other.json", "--update", status=1)
        assert not (tmp_path / "other.json").exists()
