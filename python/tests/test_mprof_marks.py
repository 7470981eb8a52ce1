# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""`peakline.mark`: names for moments and stretches in the recordings of mprof."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from mprof_runs import mprof, recording
from programs import write

import mprof as mprof_module

SCRIPT = """
    import os, time
    import peakline

    peakline.mark("begun")
    with peakline.mark("lade Daten – ü"):
        kept = bytearray(32 << 20)
        with peakline.mark("inner  part"):
            time.sleep(0.05)
    os.chdir("/")
    os.closerange(3, 256)
    peakline.mark("line\\nbreak")
    print("done")
"""


def test_marks_are_in_the_recording_and_on_the_plot(tmp_path: Path) -> None:
    write(tmp_path, "s.py", SCRIPT)
    answer = mprof(tmp_path, "run", "-q", "-T", "0.01", "-o", "a.dat", "s.py")
    assert (answer.returncode, answer.stdout, answer.stderr) == (0, "done\n", "")
    marks = recording(tmp_path / "a.dat").marks
    assert [(mark[0], mark[-1]) for mark in marks] == [
        ("MARK", "begun"),
        ("MARK", "lade Daten – ü"),
        ("MARK", "inner  part"),
        ("SPAN", "inner  part"),
        ("SPAN", "lade Daten – ü"),
        ("MARK", "line break"),
    ]
    inner, outer = (list(map(float, mark[1:-1])) for mark in marks[3:5])
    assert inner[4] == 1
    assert outer[4] == 0
    assert inner[3] - inner[1] >= 0.05
    assert outer[1] <= inner[1]
    assert inner[3] <= outer[3]
    # bytearray's pages are touched by calloc only where they are written; the stretch knows of all.
    assert outer[2] - outer[0] < 33
    text = mprof(tmp_path, "plot", "a.dat").stdout
    for name in ("begun", "lade Daten – ü", "inner  part", "line break"):
        assert name in text
    read = mprof_module.read_mprofile_file(str(tmp_path / "a.dat"))["func_timestamp"]
    assert list(read) == ["begun", "lade Daten – ü", "inner  part", "line break"]
    assert read["lade Daten – ü"][0][:2] == [outer[1], outer[3]]
    assert read["begun"][0][0] == read["begun"][0][1]


def test_a_mark_is_there_when_the_program_is_killed(tmp_path: Path) -> None:
    script = """
        import os, peakline
        with peakline.mark("never ends"):
            os.kill(os.getpid(), 9)
    """
    write(tmp_path, "s.py", script)
    answer = mprof(tmp_path, "run", "-q", "-E", "-o", "a.dat", "s.py")
    assert answer.returncode == 128 + signal.SIGKILL
    (mark,) = recording(tmp_path / "a.dat").marks
    assert (mark[0], mark[-1]) == ("MARK", "never ends")


def test_a_forked_childs_marks_are_there_too(tmp_path: Path) -> None:
    script = """
        import os, peakline
        if os.fork() == 0:
            peakline.mark("child")
            os._exit(0)
        os.wait()
        peakline.mark("parent")
    """
    write(tmp_path, "s.py", script)
    assert mprof(tmp_path, "run", "-q", "-o", "a.dat", "s.py").returncode == 0
    assert [mark[-1] for mark in recording(tmp_path / "a.dat").marks] == ["child", "parent"]


def test_without_a_recording_a_mark_does_nothing(tmp_path: Path) -> None:
    write(tmp_path, "s.py", SCRIPT)
    answer = subprocess.run(
        [sys.executable, "s.py"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (answer.returncode, answer.stdout, answer.stderr) == (0, "done\n", "")
    assert os.listdir(tmp_path) == ["s.py"]


def test_no_name_is_a_mistake(tmp_path: Path) -> None:
    """Half a character, a file's name that is no UTF-8: a recording is UTF-8 all the same."""
    script = """
        import peakline
        for name in ("half \\ud800", "file \\udcff", "", 5, None, "a" * 5000):
            with peakline.mark(name):
                pass
    """
    write(tmp_path, "s.py", script)
    answer = mprof(tmp_path, "run", "-q", "-E", "-o", "a.dat", "s.py")
    assert (answer.returncode, answer.stderr) == (0, "")
    names = [mark[-1] for mark in recording(tmp_path / "a.dat").marks if mark[0] == "SPAN"]
    assert names == ["half ?", "file ?", "<mark>", "5", "None", "a" * 5000]


def test_levels_come_right_behind_a_generator(tmp_path: Path) -> None:
    script = """
        import peakline

        def steps():
            with peakline.mark("generator"):
                yield
                yield

        running = steps()
        next(running)
        with peakline.mark("outer"):
            running.close()
            with peakline.mark("in outer"):
                pass
        with peakline.mark("after"):
            pass
    """
    write(tmp_path, "s.py", script)
    assert mprof(tmp_path, "run", "-q", "-o", "a.dat", "s.py").returncode == 0
    marks = recording(tmp_path / "a.dat").marks
    levels = {mark[-1]: int(mark[-2]) for mark in marks if mark[0] == "SPAN"}
    assert levels["after"] == 0
    assert levels["in outer"] >= 1


def test_what_memory_profilers_reader_knows_is_as_it_reads_it(tmp_path: Path) -> None:
    """It splits a line at its first blank, takes MEM, FUNC, CHLD and CMDLINE, and refuses empty
    lines, lines without a blank and what is no UTF-8.
    """
    write(tmp_path, "s.py", SCRIPT)
    mprof(tmp_path, "run", "-q", "-C", "-M", "-o", "a.dat", "s.py")
    kinds = set()
    for line in (tmp_path / "a.dat").read_bytes().decode("utf-8").splitlines(keepends=True):
        kind, rest = line.split(" ", 1)
        assert rest
        kinds.add(kind)
    known = {"MEM", "FUNC", "CHLD", "CMDLINE"}
    assert kinds - known <= {"MARK", "SPAN", "INCLUDES", "UNSEEN"}
    assert {"MEM", "CMDLINE", "MARK", "SPAN", "INCLUDES"} <= kinds
