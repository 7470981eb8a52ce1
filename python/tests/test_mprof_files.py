# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""`mprof list`, `rm`, `clean`, `peak` and `export`, of files of all origins."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from mprof_runs import is_one_line, mprof

NAMES = [f"mprofile_2026112{day}22131{day}.dat" for day in range(3)]

ORIGINAL = """\
FUNC __main__.inner 40.4219 1795212793.5963 50.4258 1795212793.7528 1
FUNC __main__.outer 30.0000 1795212793.5000 50.4258 1795212793.7600 0
CMDLINE /home/you/venv/bin/python w.py
MEM 0.269531 1795212793.5513
CHLD 1564 1.750000 1795212793.6000
CHLD 1565 2.250000 1795212793.6001
MEM 50.425781 1795212793.6516
CHLD 1564 3.500000 1795212793.7000
MEM 60.125000 1795212793.7570
MEM 0.000000 1795212793.8519
"""
"""As memory_profiler 0.61 leaves one: the marks first, and a zombie's last sample."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in NAMES:
        (tmp_path / name).write_text(ORIGINAL)
    (tmp_path / "other.dat").write_text(ORIGINAL)
    (tmp_path / "mprofile_1.dat").write_text(ORIGINAL)
    return tmp_path


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


# ---- list, rm, clean


def test_the_list_numbers_files_of_the_usual_name(folder: Path) -> None:
    answer = mprof(folder, "list")
    assert (answer.returncode, answer.stderr) == (0, "")
    assert answer.stdout == (
        "0 mprofile_20261120221310.dat 22:13:10 20/11/2026\n"
        "1 mprofile_20261121221311.dat 22:13:11 21/11/2026\n"
        "2 mprofile_20261122221312.dat 22:13:12 22/11/2026\n"
    )


@pytest.mark.parametrize(
    ("words", "gone"),
    [(["0"], [0]), (["-1"], [2]), (["-3", "1"], [0, 1]), ([NAMES[1], "0"], [0, 1])],
)
def test_files_are_removed_by_number_or_name(
    folder: Path, words: list[str], gone: list[int]
) -> None:
    before = names(folder)
    (folder / NAMES[0].replace(".dat", "_ts.dat")).write_text("")
    rehearsal = mprof(folder, "rm", "--dry-run", *words)
    assert rehearsal.stdout.splitlines()[0] == "Files to be removed: "
    assert sorted(rehearsal.stdout.splitlines()[1:]) == [NAMES[place] for place in gone]
    answer = mprof(folder, "rm", *words)
    assert (answer.returncode, answer.stdout, answer.stderr) == (0, "", "")
    left = [name for name in before if name not in [NAMES[place] for place in gone]]
    assert [name for name in names(folder) if not name.endswith("_ts.dat")] == left
    assert any(name.endswith("_ts.dat") for name in names(folder)) == (0 not in gone)


@pytest.mark.parametrize("word", ["3", "-4", "nothing.dat"])
def test_what_is_not_there_is_one_line_and_nothing_is_removed(folder: Path, word: str) -> None:
    before = names(folder)
    answer = mprof(folder, "rm", "0", word)
    assert answer.returncode == 1
    assert is_one_line(answer.stderr, word.strip("-"))
    assert names(folder) == before


def test_nothing_to_remove_is_said(folder: Path) -> None:
    answer = mprof(folder, "rm")
    assert answer.returncode == 1
    assert answer.stdout == "A profile to remove must be provided (number or filename)\n"


def test_clean_removes_all_of_the_usual_name_and_nothing_else(folder: Path) -> None:
    rehearsal = mprof(folder, "clean", "--dry-run")
    assert rehearsal.stdout == "\n".join(["Files to be removed: ", *NAMES, ""])
    assert mprof(folder, "clean").returncode == 0
    assert names(folder) == ["mprofile_1.dat", "other.dat"]


def test_clean_goes_on_behind_a_folder_of_the_usual_name(folder: Path) -> None:
    (folder / "mprofile_20261101000000.dat").mkdir()
    rehearsal = mprof(folder, "clean", "--dry-run")
    assert rehearsal.stdout == "\n".join(["Files to be removed: ", *NAMES, ""])
    answer = mprof(folder, "clean")
    assert (answer.returncode, answer.stdout) == (0, "")
    assert is_one_line(answer.stderr, "mprofile_20261101000000.dat is a folder")
    assert names(folder) == ["mprofile_1.dat", "mprofile_20261101000000.dat", "other.dat"]


def test_what_cannot_be_removed_does_not_keep_the_others(folder: Path) -> None:
    for name in ("a.dat", "c.dat"):
        (folder / name).mkdir()
    answer = mprof(folder, "rm", "a.dat", NAMES[0], "c.dat", "other.dat")
    assert answer.returncode == 1
    assert [line.split()[1] for line in answer.stderr.splitlines()] == ["a.dat", "c.dat"]
    assert names(folder) == ["a.dat", "c.dat", "mprofile_1.dat", *NAMES[1:]]


def test_names_that_begin_with_a_dash_have_their_folder_before_them(folder: Path) -> None:
    (folder / "-x.dat").write_text(ORIGINAL)
    assert mprof(folder, "peak", "./-x.dat").stdout.startswith("./-x.dat\t60.125 MiB\n")
    assert mprof(folder, "peak", "--", "-x.dat").stdout.startswith("-x.dat\t60.125 MiB\n")
    mprof(folder, "export", "./-x.dat", "--to", "csv", "-o", "-x.csv")
    assert (folder / "-x.csv").exists()
    assert mprof(folder, "rm", "./-x.dat").returncode == 0
    assert not (folder / "-x.dat").exists()


# ---- peak


def test_the_peak_of_the_newest_file_and_of_its_children(folder: Path) -> None:
    answer = mprof(folder, "peak")
    assert (answer.returncode, answer.stderr) == (0, "")
    assert answer.stdout == (
        "Using last profile data.\n"
        f"{NAMES[2]}\t60.125 MiB\n"
        "  Child 1564\t\t\t3.500 MiB\n"
        "  Child 1565\t\t\t2.250 MiB\n"
    )


def test_the_peak_while_a_function_ran(folder: Path) -> None:
    for function, peak in [("inner", "50.426"), ("outer", "60.125"), ("nothing", "NaN")]:
        answer = mprof(folder, "peak", "--func", f"__main__.{function}", "other.dat", "-1")
        first = answer.stdout.splitlines()
        assert first[0] == f"other.dat\t{peak} MiB"
        assert first[3] == f"{NAMES[2]}\t{peak} MiB"


def test_files_without_samples_are_one_line_and_the_others_are_shown(folder: Path) -> None:
    (folder / "empty.dat").write_text("")
    (folder / "only.dat").write_text("CMDLINE true\n")
    (folder / "image.dat").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9)
    answer = mprof(folder, "peak", "empty.dat", "only.dat", "image.dat", "other.dat", "gone.dat")
    assert answer.returncode == 1
    assert answer.stdout.startswith("other.dat\t60.125 MiB\n")
    lines = answer.stderr.splitlines()
    assert len(lines) == 4
    for name, line in zip(["empty", "only", "image", "gone"], lines, strict=True):
        assert line.startswith("mprof: ")
        assert name in line


def test_nothing_at_all_is_status_255(tmp_path: Path) -> None:
    answer = mprof(tmp_path, "peak")
    assert answer.returncode == 255
    assert is_one_line(answer.stderr, "mprofile_*.dat")
    assert mprof(tmp_path, "peak", "gone.dat").returncode == 255


def test_a_file_that_is_cut_off_is_read_up_to_there(folder: Path) -> None:
    (folder / "cut.dat").write_text(ORIGINAL + "MEM 99.5 17952127")
    answer = mprof(folder, "peak", "cut.dat")
    assert answer.returncode == 0
    assert answer.stdout.startswith("cut.dat\t60.125 MiB\n")
    assert is_one_line(answer.stderr, "cut.dat: line 11 ")


# ---- export


def test_json_has_all_records(folder: Path) -> None:
    answer = mprof(folder, "export", "other.dat", "--to", "json")
    found = json.loads(answer.stdout)
    assert found["file"] == "other.dat"
    assert found["command_line"] == "/home/you/venv/bin/python w.py"
    assert found["peak"] == 60.125
    assert found["memory"]["mib"] == [0.269531, 50.425781, 60.125, 0.0]
    assert found["memory"]["time"][0] == 1795212793.5513
    assert [child["pid"] for child in found["children"]] == ["1564", "1565"]
    assert found["children"][0]["peak"] == 3.5
    assert found["functions"][0] == {
        "kind": "function",
        "name": "__main__.inner",
        "start": 1795212793.5963,
        "end": 1795212793.7528,
        "mib_at_start": 40.4219,
        "mib_at_end": 50.4258,
        "level": 1,
    }
    assert found["unseen_at_most"] is None
    assert found["unreadable_lines"] == 0


def test_csv_has_a_row_for_each_record(folder: Path) -> None:
    answer = mprof(folder, "export", "--to=csv", "-o", "a.csv")
    assert (answer.returncode, answer.stdout) == (0, "")
    rows = list(csv.DictReader(io.StringIO((folder / "a.csv").read_text())))
    assert [row["kind"] for row in rows] == ["memory"] * 4 + ["child"] * 3 + ["function"] * 2
    assert rows[1]["mib"] == "50.425781"
    assert rows[4]["name"] == "1564"
    assert rows[-1]["name"] == "__main__.outer"
    assert rows[-1]["end_mib"] == "50.4258"


@pytest.mark.parametrize("arguments", [[], ["--to", "xml"], ["--to", "csv", "a", "b"]])
def test_a_form_that_is_none_is_one_line(folder: Path, arguments: list[str]) -> None:
    answer = mprof(folder, "export", *arguments)
    assert answer.returncode == 2
    assert is_one_line(answer.stderr, "mprof export: ")
