# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""`peakline diff`: two versions of a program, of which it is known what the second has more."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from captures import Capture, read, record

from peakline import _executable

MIB = 1 << 20

BEFORE = """
SIZE, COUNT = 4 << 20, 30_000

def work():
    kept = [None] * 80_000
    large = bytearray(SIZE)
    for index in range(COUNT):
        kept[index] = object()
        kept[40_000 + index] = bytes(100)
    dropped = bytearray(2 << 20)
    return kept, large, dropped

result = work()
import os
os._exit(0)
"""

# Ten lines above; eight MiB more in one line, 10,000 objects in two others; one gone, one new.
AFTER = "# one more\n" * 9 + BEFORE.replace("4 << 20, 30_000", "12 << 20, 40_000").replace(
    "def work", "\ndef work"
).replace("dropped = bytearray(2 << 20)", "added = bytearray(3 << 20)").replace("dropped", "added")

LARGE, OBJECT, BYTES, DROPPED, ADDED = 6, 8, 9, 10, 20
# A bytearray's own bytes, beside its block: without a sample they are in no estimate, and no error.
OWN = 64
MORE = {LARGE: 8 * MIB, OBJECT: 10_000 * 16, BYTES: 10_000 * 144}


def diff(*words: str | Path, status: int = 0) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [_executable.find(), "diff", *map(str, words)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == status, done.stderr
    return done


def two(tmp_path: Path, *options: str, seeds: bool = False) -> tuple[list[Path], list[Capture]]:
    """Both versions recorded, as two checkouts would be."""
    paths, captures = [], []
    for number, (name, source) in enumerate([("before", BEFORE), ("after", AFTER)], 1):
        folder = tmp_path / name
        folder.mkdir()
        seed = [f"--seed={number}"] if seeds else []
        capture, done = record(folder, source, "-q", *options, *seed, PYTHONHASHSEED="0")
        assert (done.returncode, done.stderr) == (0, "")
        paths.append(folder / "out.peakline")
        captures.append(capture)
    return paths, captures


def lines_of_work(document: dict[str, Any]) -> dict[int, dict[str, Any]]:
    """By the number that a line had; of new ones, that it has."""
    return {
        line["line_before"] or line["line"]: line
        for line in document["lines"]
        if line["function"] == "work"
    }


def test_an_exact_difference_is_right_to_the_byte(tmp_path: Path) -> None:
    paths, (before, after) = two(tmp_path, "--exact")
    document = json.loads(diff(*paths, "--json").stdout)
    assert (document["mode"], document["same_program"]) == ("exact", True)
    # What was compiled from a string has no text.
    assert document["matched_by_number"] < 10
    lines = lines_of_work(document)
    for number, more in MORE.items():
        line = lines[number]
        assert (line["status"], line["line_before"], line["line"]) == ("both", number, number + 10)
        for figure in ("at_peak", "live_at_end"):
            # A cache of 3.10 for the code's look-ups is now with one line and now with another.
            assert line[figure]["change"] - more in (0, 2056, -2056)
            assert line[figure]["standard_error"] == 0
            assert line[figure]["beyond_error"] is True
    assert lines[LARGE]["allocations"]["change"] == 0
    assert lines[OBJECT]["allocations"]["change"] == 10_000
    assert lines[OBJECT]["allocated"]["change"] == 160_000
    assert (lines[DROPPED]["status"], lines[ADDED]["status"]) == ("gone", "new")
    assert lines[DROPPED]["source"].strip() == "dropped = bytearray(2 << 20)"
    # Whole pages less malloc's own words, and the object.
    assert lines[DROPPED]["at_peak"]["change"] == -(2 * MIB + 4096 - 16 + 64)
    assert lines[ADDED]["at_peak"]["change"] == 3 * MIB + 4096 - 16 + 64
    # The table of pointers is a line that has not changed.
    assert set(lines) - {*MORE, DROPPED, ADDED} <= {7}
    # The tests' own reader says the same of each.
    for line in lines.values():
        former = before.line("work", line["line_before"]) if line["line_before"] else None
        latter = after.line("work", line["line"]) if line["status"] != "gone" else None
        for figure, field in [
            ("at_peak", "at_peak"),
            ("live_at_end", "live"),
            ("allocated", "allocated"),
            ("allocations", "allocations"),
        ]:
            assert line[figure]["before"] == (getattr(former, field) if former else 0)
            assert line[figure]["after"] == (getattr(latter, field) if latter else 0)
    peak = document["totals"]["at_peak"]
    assert (peak["before"], peak["after"]) == (before.peak, after.peak)
    # An arena more or less: those of the interpreter itself differ from run to run.
    assert abs(peak["change"] - 9 * MIB - 1_600_000) < 1_300_000
    # The stacks are those of the module's line and the function's.
    (largest, *_) = document["stacks"]
    assert largest["change"] == 8 * MIB
    assert [frame["line"] for frame in largest["frames"]] == [23, 16]
    assert {frame["status"] for frame in largest["frames"]} == {"both"}


def test_the_other_way_round_is_the_negative_and_itself_is_nothing(tmp_path: Path) -> None:
    paths, _ = two(tmp_path, "--exact")
    there = json.loads(diff(*paths, "--json", "--all").stdout)
    back = json.loads(diff(*reversed(paths), "--json", "--all").stdout)
    assert len(there["lines"]) == len(back["lines"]) > 4
    for key in ("lines", "stacks"):
        figure = (lambda one: one["at_peak"]) if key == "lines" else (lambda one: one)
        changes = sorted(figure(one)["change"] for one in there[key])
        assert changes == sorted(-figure(one)["change"] for one in back[key])
    itself = json.loads(diff(paths[0], paths[0], "--json").stdout)
    assert (itself["lines"], itself["stacks"], itself["changed_stacks"]) == ([], [], 0)
    assert {total["change"] for total in itself["totals"].values()} == {0}
    assert "Both are the same recording." in diff(paths[0], paths[0]).stdout


def test_a_sampled_difference_is_right_within_its_error(tmp_path: Path) -> None:
    paths, (before, after) = two(tmp_path, "--sample=16KiB", seeds=True)
    document = json.loads(diff(*paths, "--json").stdout)
    assert document["mode"] == "sampled"
    lines = lines_of_work(document)
    for number, more in MORE.items():
        former, latter = before.line("work", number), after.line("work", number + 10)
        if number not in lines:
            # As many samples in both, by chance: that is no change.
            assert former.at_peak == latter.at_peak
            assert more <= 5 * (former.variance + latter.variance) ** 0.5
            continue
        for figure in ("at_peak", "live_at_end"):
            change = lines[number][figure]
            error = change["standard_error"]
            # Chance alone goes beyond that in one of a million cases.
            assert abs(change["change"] - more) <= 5 * error + OWN
            assert error < 700_000
    former, latter = before.line("work", BYTES), after.line("work", BYTES + 10)
    expected = (former.variance + latter.variance) ** 0.5
    assert lines[BYTES]["at_peak"]["standard_error"] == pytest.approx(expected)
    assert lines[LARGE]["at_peak"]["beyond_error"] is True
    assert (lines[DROPPED]["status"], lines[ADDED]["status"]) == ("gone", "new")
    # The height of the peak is no estimate; an arena more or less.
    assert document["totals"]["at_peak"]["after"] == after.peak
    assert abs(document["totals"]["at_peak"]["change"] - 9 * MIB - 1_600_000) < 1_300_000
    for words in ([], ["--markdown"], ["--json"], ["--stacks", "--fail-above=90%"]):
        assert "exact" not in diff(*paths, *words).stdout


def test_a_recording_of_all_may_be_compared_with_a_sampled_one(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    record(tmp_path / "a", BEFORE, "-q", "--exact")
    record(tmp_path / "b", BEFORE, "-q", "--sample=16KiB", "--seed=5")
    paths = [tmp_path / name / "out.peakline" for name in "ab"]
    document = json.loads(diff(*paths, "--json").stdout)
    assert document["mode"] == "sampled"
    for number, line in lines_of_work(document).items():
        if number in MORE:
            change = line["at_peak"]
            assert abs(change["change"]) <= 5 * change["standard_error"] + OWN
    assert "exact" not in diff(*paths).stdout


def test_growth_beyond_what_is_allowed_is_status_3(tmp_path: Path) -> None:
    paths, _ = two(tmp_path, "--exact")
    told = diff(*paths, "--fail-above=5%", status=3)
    assert told.stderr.startswith("peakline: the peak grew by ")
    assert told.stderr.count("\n") == 1
    assert "more than the 5 % allowed" in told.stderr
    assert "FAILED: the peak grew by" in told.stdout
    diff(*paths, "--fail-above=9MiB", status=3)
    assert "PASSED" in diff(*paths, "--fail-above=11MiB").stdout
    assert "PASSED" in diff(*reversed(paths), "--fail-above=0").stdout
    diff(*paths, "--figure=live", "--fail-above=9MiB", status=3)
    judged = json.loads(diff(*paths, "--json", "--fail-above=1%", status=3).stdout)["judgement"]
    assert (judged["failed"], judged["allowed_percent"]) == (True, 1.0)


def test_what_cannot_be_compared_is_refused_in_a_sentence(tmp_path: Path) -> None:
    record(tmp_path, "x = bytearray(1_000_000)", "-q", "--exact")
    capture, other = tmp_path / "out.peakline", tmp_path / "other"
    other.write_text("no capture " * 100)
    for words, status, said in [
        ((capture, other), 1, f"peakline: {other}: it is no capture"),
        ((tmp_path / "none", capture), 2, "it cannot be read (No such file or directory)"),
        ((capture, tmp_path), 2, "it is a folder"),
        ((capture,), 2, "Missing expected argument '<after>'"),
        ((capture, capture, "--thread=nobody"), 2, "there is no thread 'nobody'"),
    ]:
        done = diff(*words, status=status)
        assert said in done.stderr
        assert (done.stderr.count("\n"), done.stdout) == (1, "")


def test_different_programs_are_compared_and_called_so(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    record(tmp_path / "a", "x = bytearray(1_000_000)", "-q", "--exact")
    (tmp_path / "other.py").write_text("y = bytearray(2_000_000)")
    path = tmp_path / "b.peakline"
    subprocess.run(
        [_executable.find(), "record", "-q", "--exact", "-o", path, tmp_path / "other.py"],
        check=True,
    )
    told = diff(tmp_path / "a" / "out.peakline", path).stdout
    assert "NOTE: The two ran different programs, " in told
    assert "other.py:1 (new)" in told
    assert "program.py:1 (gone)" in told


def test_a_capture_may_come_through_the_standard_input(tmp_path: Path) -> None:
    record(tmp_path, "x = bytearray(1_000_000)", "-q", "--exact")
    path = tmp_path / "out.peakline"
    done = subprocess.run(
        [_executable.find(), "diff", "-", path],
        input=path.read_bytes(),
        capture_output=True,
        check=True,
    )
    assert b"No line has another figure." in done.stdout
    assert read(path).is_exact
