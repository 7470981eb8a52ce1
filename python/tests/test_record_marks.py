# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""`peakline.mark` in captures: moments and stretches with names."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from captures import Mark, members, read, record, run_recorded
from programs import run

import peakline
from peakline import _executable

MOST = 4096
"""As many as a capture keeps."""

PROGRAM = """
import os, threading, time
import peakline

peakline.mark("begun")
with peakline.mark("lade Daten \u2013 \u00fc"):
    with peakline.mark("inner  part"):
        time.sleep(0.02)
peakline.mark("<b>line\\nbreak</b>")
thread = threading.Thread(target=lambda: peakline.mark("in a thread"))
thread.start()
thread.join()
open_end = peakline.mark("killed in it")
open_end.__enter__()
os.kill(os.getpid(), 9)
"""


def names(marks: list[Mark]) -> list[str]:
    return [mark.name for mark in marks]


@pytest.mark.parametrize("options", [["--exact"], []])
def test_marks_are_there_whatever_becomes_of_the_program(
    tmp_path: Path, options: list[str]
) -> None:
    capture, _ = record(tmp_path, PROGRAM, *options)
    assert names(capture.marks) == [
        "begun",
        "lade Daten – ü",
        "inner  part",
        "<b>line break</b>",
        "in a thread",
        "killed in it",
    ]
    begun, outer, inner, line, _, last = capture.marks
    assert inner.end - inner.begin >= 20_000_000
    assert begun.end == begun.begin <= outer.begin <= inner.begin
    assert inner.end <= outer.end <= line.begin
    # It has not ended.
    assert last.begin == last.end
    assert len({mark.process for mark in capture.marks}) == 1


def test_marks_are_in_the_json(tmp_path: Path) -> None:
    capture, _ = record(tmp_path, PROGRAM)
    words = [_executable.find(), "report", "--json", str(tmp_path / "out.peakline")]
    report = json.loads(subprocess.run(words, check=True, capture_output=True).stdout)
    assert [
        (mark["name"], round(mark["from"] * 1e9), round(mark["to"] * 1e9), mark["pid"])
        for mark in report["marks"]
    ] == [tuple(mark) for mark in capture.marks]
    assert report["marks"][-1]["to"] <= report["duration"] + 0.01


def test_the_command_may_be_of_another_installation(tmp_path: Path) -> None:
    shutil.copytree(Path(peakline.__file__).parent, tmp_path / "other" / "peakline")
    program = "import peakline\nprint(peakline.__file__)\nwith peakline.mark('noted'): pass\n"
    capture, done = record(tmp_path, program, PYTHONPATH=str(tmp_path / "other"))
    assert str(tmp_path / "other") in done.stdout
    assert names(capture.marks) == ["noted"]


def test_each_recording_has_the_marks_of_its_time(tmp_path: Path) -> None:
    first, second = tmp_path / "1.peakline", tmp_path / "2.peakline"
    with peakline.record(first), peakline.mark("both"):
        peakline.mark("one")
        with peakline.record(second, exact=True):
            peakline.mark("two")
            stretch = peakline.mark("ends later")
            stretch.__enter__()
        stretch.__exit__()
    peakline.mark("nowhere")
    assert names(read(first).marks) == ["both", "one", "two", "ends later"]
    assert names(read(second).marks) == ["two", "ends later"]
    # As far as it saw: of the second it was not over.
    for path, is_over in ((first, True), (second, False)):
        *_, last = read(path).marks
        assert (last.end > last.begin) is is_over


def test_a_stretch_that_began_before_is_there_from_the_beginning(tmp_path: Path) -> None:
    first, second = tmp_path / "1.peakline", tmp_path / "2.peakline"
    with peakline.record(first):
        with peakline.mark("older"):
            inner = peakline.record(second)
            inner.start()
        inner.stop()
    (mark,) = read(second).marks
    assert mark.name == "older"
    assert mark.begin == 0 < mark.end


def test_of_very_many_the_first_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "1.peakline"
    with peakline.record(path):
        for number in range(MOST + 10):
            peakline.mark(f"number {number}")
    assert names(read(path).marks) == [f"number {number}" for number in range(MOST)]
    words = [_executable.find(), "report", str(path)]
    text = subprocess.run(words, check=True, capture_output=True, text=True).stdout
    assert "There are no marks but the first 4,096." in " ".join(text.split())


def test_a_long_name_is_cut_and_a_lone_surrogate_replaced(tmp_path: Path) -> None:
    path = tmp_path / "1.peakline"
    with peakline.record(path):
        peakline.mark("é" * 2000)
        peakline.mark("odd \udcff")
    assert names(read(path).marks) == ["é" * 500, "odd ?"]


FORKS = """
import os
import peakline

with peakline.mark("shared"):
    child = os.fork()
    peakline.mark("child" if child == 0 else "parent")
if child == 0:
    os._exit(0)
os.waitpid(child, 0)
"""


def test_processes_of_a_tree_have_their_own(tmp_path: Path) -> None:
    done = run_recorded(tmp_path, FORKS)
    assert done.returncode == 0, done.stderr
    path = tmp_path / "out.peakline"
    parent, child = members(path).values()
    assert sorted(names(parent.marks)) == ["parent", "shared"]
    assert sorted(names(child.marks)) == ["child", "shared"]
    (shared,) = (mark for mark in child.marks if mark.name == "shared")
    # It goes on in the child, which was not there at its beginning.
    assert shared.begin == 0 < shared.end
    words = [_executable.find(), "report", "--json", str(path)]
    report = json.loads(subprocess.run(words, check=True, capture_output=True).stdout)
    # By when they began, on one clock.
    begins = [mark["from"] for mark in report["marks"]]
    assert begins == sorted(begins)
    assert sorted(mark["name"] for mark in report["marks"]) == [
        "child",
        "parent",
        "shared",
        "shared",
    ]
    assert len({mark["pid"] for mark in report["marks"]}) == 2


def test_where_nothing_records_no_native_code_is_loaded(tmp_path: Path) -> None:
    answer = run(
        tmp_path,
        "-c",
        "import peakline\n"
        "for _ in range(3): peakline.mark('x')\n"
        "with peakline.mark('y'): pass\n"
        "print('agent' in open('/proc/self/maps').read())",
    )
    assert (answer.stdout, answer.stderr) == ("False\n", "")
