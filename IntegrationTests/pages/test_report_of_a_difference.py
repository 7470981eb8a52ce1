# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""The page of the difference of two captures of a program whose two versions are known."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import peakline
from peakline import _executable

MIB = 1 << 20
HOSTILE = "<img src=x onerror=alert(1)>"

BEFORE = f'''
MIB = 1 << 20

def load(count):
    rows = [bytearray(MIB) for _ in range(count)]
    return rows

def index():
    return bytearray(8 * MIB)

def table():
    return bytearray(4 * MIB)

def main():
    rows = load(10)
    words = index()
    cells = table()
    title = "{HOSTILE}"
    return rows, words, cells, title

main()
'''

# Lines stand further down; one holds more, one is gone, one is new, one is as it was.
AFTER = f'''# With another index.
MIB = 1 << 20

def table():
    return bytearray(4 * MIB)

def listed():
    return bytearray(5 * MIB)

def load(count):
    # More.
    count = 3 * count
    rows = [bytearray(MIB) for _ in range(count)]
    return rows

def main():
    rows = load(10)
    words = listed()
    cells = table()
    title = "{HOSTILE}"
    return rows, words, cells, title

main()
'''

LOADED, TABLE, ADDED, GONE = 13, 5, 8, 9
"""Their lines in the second version; that which is gone in the first."""


def record(folder: Path, program: str, *options: str) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "job.py").write_text(program, encoding="utf-8")
    capture = folder.parent / f"{folder.name}.peakline"
    subprocess.run(
        [_executable.find(), "record", *options, "-q", "-o", capture, sys.executable, "job.py"],
        cwd=folder,
        check=True,
    )
    return capture


def versions(folder: Path, *options: str) -> tuple[Path, Path]:
    """As two checkouts would be recorded."""
    return record(folder / "old", BEFORE, *options), record(folder / "new", AFTER, *options)


def run(*words: str | Path, status: int = 0) -> subprocess.CompletedProcess[str]:
    done = subprocess.run([_executable.find(), *words], capture_output=True, text=True, check=False)
    assert done.returncode == status, done.stderr
    return done


def changes(*words: str | Path) -> Any:
    return json.loads(run("diff", "--json", "--all", *words).stdout)


FIGURES = """async () => {
  const head = JSON.parse(document.getElementById('report').textContent);
  const letters = atob(document.getElementById('columns').textContent);
  const packed = Uint8Array.from(letters, letter => letter.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('deflate'));
  const buffer = await new Response(stream).arrayBuffer();
  const columns = {};
  let offset = 0;
  for (const {name, type, count} of head.columns) {
    const Column = type === 'i32' ? Int32Array : Float64Array;
    columns[name] = [...new Column(buffer, offset, count)];
    offset += Math.ceil(count * Column.BYTES_PER_ELEMENT / 8) * 8;
  }
  return [head, columns];
}"""


def by_line(page: Any) -> dict[tuple[str, int, str, bool], dict[str, float]]:
    """What lines had and have, by file, line, function, and whether they are gone."""
    head, columns = page.evaluate(FIGURES)
    former = {each["file"] for each in head["former"]}
    lines: dict[tuple[str, int, str, bool], dict[str, float]] = {}
    for node, place in enumerate(columns["node.place"]):
        if columns["place.kind"][place] != 2:
            continue
        file = columns["place.file"][place]
        function = head["functions"][columns["place.function"][place]]
        line = columns["place.line"][place]
        sums = lines.setdefault((head["files"][file], line, function, file in former), {})
        for name, column in columns.items():
            if name.startswith("node.") and name not in ("node.place", "node.parent"):
                key = name.removeprefix("node.")
                sums[key] = sums.get(key, 0) + column[node]
    return lines


def rows(page: Any) -> dict[str, list[str]]:
    """The table by line; of several functions of one line that which changed most."""
    found: dict[str, list[str]] = {}
    for row in page.locator("#rows tr:not(.rest)").all():
        kinds = ("own .amount", "share", "before", "after")
        cells = [row.locator(f".{kind}").inner_text().strip() for kind in kinds]
        found.setdefault(row.locator(".where").inner_text(), cells)
    return found


@pytest.mark.parametrize("options", [["--exact"], ["--sample", "64KiB"]])
def test_figures_are_those_of_the_difference(
    tmp_path: Path, open_page: Callable[..., Any], options: list[str]
) -> None:
    before, after = versions(tmp_path, *options)
    page_file = tmp_path / "page.html"
    run("html", before, after, "-o", page_file)
    page = open_page(page_file, width=1400, height=1000)
    expected = changes(before, after)
    lines = by_line(page)
    names = {"at_peak": "peak", "live_at_end": "live", "allocated": "allocated"}
    names["allocations"] = "allocations"
    told = [line for line in expected["lines"] if line["line"]]
    assert len(told) >= 3
    for line in told:
        is_gone = line["status"] == "gone"
        mine = lines[line["file"], line["line"], line["function"], is_gone]
        for key, name in names.items():
            assert round(mine[f"{name}Before"]) == line[key]["before"], line
            assert round(mine[name]) == line[key]["after"], line
            if expected["mode"] == "sampled" and key != "allocations":
                error = (mine[f"{name}Variance"] + mine[f"{name}VarianceBefore"]) ** 0.5
                assert error == pytest.approx(line[key]["standard_error"])
    # What is told apart there has no change here.
    known = {
        (each["file"], each["line"], each["function"], each["status"] == "gone") for each in told
    }
    for key, mine in lines.items():
        assert key in known or mine["peak"] == mine["peakBefore"]


def test_the_first_screen_says_what_grew(tmp_path: Path, open_page: Callable[..., Any]) -> None:
    before, after = versions(tmp_path, "--exact")
    done = run("html", before, after)
    assert done.stdout == ""
    page = open_page(tmp_path / "new-diff.html", width=1400, height=1000)
    findings = page.locator("#findings li").all_inner_texts()
    assert re.fullmatch(
        rf"Line {LOADED} of job\.py holds 20\.\d MiB more at the peak: "
        r"30\.\d MiB, up from 10\.\d MiB\.",
        findings[0],
    )
    assert f"Line {GONE} of job.py is gone: it held 8.00 MiB at the peak." in findings
    assert f"Line {ADDED} of job.py is new, and holds 5.00 MiB at the peak." in findings
    totals = changes(before, after)["totals"]["at_peak"]
    assert f"+{totals['change'] / MIB:.1f} MiB" in page.locator("#figures").inner_text()
    table = rows(page)
    own, share, was, now = table[f"job.py:{LOADED}"]
    assert (own[:3], own[-3:], share, was[:3], now[:3]) == ("+20", "MiB", "+200 %", "10.", "30.")
    assert table[f"job.py:{GONE} (gone)"] == ["−8.00 MiB", "gone", "8.00 MiB", ""]
    assert table[f"job.py:{ADDED}"] == ["+5.00 MiB", "new", "", "5.00 MiB"]
    # It moved, and that is all.
    assert f"job.py:{TABLE}" not in table
    assert list(table)[:3] == [
        f"job.py:{LOADED}",
        f"job.py:{GONE} (gone)",
        f"job.py:{ADDED}",
    ]
    # What is gone from a file counts with what it is now.
    page.select_option("#grouping", "file")
    page.wait_for_function("document.querySelector('#line-heading').textContent === 'File'")
    assert [name for name in rows(page) if "job.py" in name] == ["job.py"]


def test_what_is_gone_has_its_source(tmp_path: Path, open_page: Callable[..., Any]) -> None:
    before, after = versions(tmp_path, "--exact")
    run("html", before, after)
    page = open_page(tmp_path / "new-diff.html", width=1400, height=1000)
    code = page.locator("#code")
    code.locator(".row").first.wait_for()
    assert "return bytearray(5 * MIB)" in code.text_content()
    assert "return bytearray(8 * MIB)" not in code.text_content()
    assert HOSTILE in code.text_content()
    assert page.locator("img").count() == 0
    assert page.locator("#former").inner_text().endswith("gone")
    page.click("#former")
    page.get_by_text("job.py as it is now").wait_for()
    row = code.locator(f".row[data-line='{GONE}']")
    assert "return bytearray(8 * MIB)" in row.text_content()
    assert "−8.00 MiB" in row.text_content()
    page.click("#former")
    row = code.locator(f".row[data-line='{LOADED}']")
    row.wait_for()
    assert "+20" in row.text_content()


COLOR = """([x, y]) => {
  const canvas = document.getElementById('flame-canvas');
  const ratio = canvas.width / canvas.clientWidth;
  return [...canvas.getContext('2d').getImageData(x * ratio, y * ratio, 1, 1).data];
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_say_more_or_less(
    tmp_path: Path, open_page: Callable[..., Any], scheme: str
) -> None:
    before, after = versions(tmp_path, "--exact")
    run("html", before, after)
    page = open_page(tmp_path / "new-diff.html", width=1400, height=1000, color_scheme=scheme)
    assert page.locator("#flame-legend").inner_text().startswith("less")
    box = page.locator("#flame-canvas").bounding_box()
    # The calls of main: what is pointed at is told, and has its colour below its name.
    found: dict[str, list[tuple[str, list[int]]]] = {}
    for x in range(4, int(box["width"]) - 4, 12):
        page.mouse.move(box["x"] + x, box["y"] + 3 * 21 + 10)
        if page.locator("#tip").is_visible():
            name, _, amount = page.locator("#tip > div").all_inner_texts()[:3]
            color = page.evaluate(COLOR, [x, 3 * 21 + 18])[:3]
            found.setdefault(name, []).append((amount, color))
    for name, sign in (("load", "+"), ("listed", "+"), ("index", "−"), ("table", "0")):
        # In its middle, away from its neighbours.
        amount, (red, green, blue) = found[name][len(found[name]) // 2]
        assert amount.startswith(sign), found
        if sign == "+":
            assert red > blue + 30
        elif sign == "−":
            assert blue > red + 30
        else:
            assert max(red, green, blue) - min(red, green, blue) < 14


def test_the_curve_before_is_beside_it(tmp_path: Path, open_page: Callable[..., Any]) -> None:
    before, after = versions(tmp_path, "--exact")
    run("html", before, after)
    page = open_page(tmp_path / "new-diff.html", width=1400, height=1000)
    assert {"After", "Before"} <= set(page.locator("#bands li").all_inner_texts())
    head, columns = page.evaluate(FIGURES)
    peak = head["before"]["peak"]
    moments = head["before"]["moments"]
    assert max(moments["highest"]) == peak["bytes"]
    assert moments["ms"][moments["highest"].index(peak["bytes"])] == pytest.approx(peak["ms"])
    assert max(columns["moment.highest"]) == head["peak"]["bytes"]


def test_nothing_changed(tmp_path: Path, open_page: Callable[..., Any]) -> None:
    before = record(tmp_path / "old", BEFORE, "--exact")
    run("html", before, before, "-o", tmp_path / "same.html")
    page = open_page(tmp_path / "same.html")
    assert page.locator("#findings").inner_text().startswith("Nothing changed: the peak is ")
    assert page.locator("#no-rows").inner_text() == "Nothing changed."
    assert "Both are the same recording." in page.locator("#notes").inner_text()


def test_exact_beside_sampled(tmp_path: Path, open_page: Callable[..., Any]) -> None:
    before = record(tmp_path / "old", BEFORE, "--exact")
    after = record(tmp_path / "new", AFTER, "--sample", "64KiB")
    run("html", before, after)
    page = open_page(tmp_path / "new-diff.html", width=1400, height=1000)
    assert "Before: every allocation; after: estimates" in page.locator("#notes").inner_text()
    assert f"Line {LOADED} of job.py holds" in page.locator("#findings").inner_text()
    assert page.locator(".whisker").count() > 0
    # Chance is not called a change.
    expected = {
        (line["line"], line["status"] == "gone", line["function"]): line["at_peak"]["beyond_error"]
        for line in changes(before, after)["lines"]
        if line["file"] and line["file"].endswith("job.py")
    }
    checked = 0
    for row in page.locator("#rows tr:not(.rest)").all():
        found = re.fullmatch(r"job\.py:(\d+)( \(gone\))?", row.locator(".where").inner_text())
        if not found:
            continue
        key = int(found[1]), bool(found[2]), row.locator(".function").inner_text()
        if key in expected:
            assert (row.locator(".own.within").count() == 1) != expected[key], key
            checked += 1
    assert checked >= 3


def test_a_process_of_each(tmp_path: Path, open_page: Callable[..., Any]) -> None:
    tree = """
import subprocess, sys
subprocess.run([sys.executable, "-c", "import job; job.main()"], check=True)
"""
    captures = []
    for name, program in (("old", BEFORE), ("new", AFTER)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "tree.py").write_text(tree, encoding="utf-8")
        (tmp_path / name / "job.py").write_text(program.rsplit("main()", 1)[0], encoding="utf-8")
        capture = tmp_path / f"{name}.peakline"
        subprocess.run(
            [
                _executable.find(),
                "record",
                "--exact",
                "-q",
                "-o",
                capture,
                sys.executable,
                "tree.py",
            ],
            cwd=tmp_path / name,
            check=True,
        )
        captures.append(capture)
    run("html", "--process", "*job*", *captures)
    page = open_page(tmp_path / "new-diff.html", width=1400, height=1000)
    assert f"Line {LOADED} of job.py holds 20" in page.locator("#findings").inner_text()
    # What is of no process of the first is said, and of which capture.
    missing = run("html", "--process", "*nothing*", *captures, status=2)
    assert "old.peakline: there is no process '*nothing*'" in missing.stderr
    assert missing.stderr.count("\n") == 1


def test_what_cannot_be_compared_is_said(tmp_path: Path) -> None:
    before = record(tmp_path / "old", BEFORE, "--exact")
    for words, sentence in (
        (["-", "-"], "the standard input is one capture"),
        ([before] * 3, "a page is of one capture or of two"),
        ([before, tmp_path / "none.peakline"], "none.peakline"),
        ([before, before, "-o", before], "it is the capture"),
    ):
        done = subprocess.run(
            [_executable.find(), "html", *words], capture_output=True, text=True, check=False
        )
        assert done.returncode != 0
        assert sentence in done.stderr


def test_shown_in_a_notebook(tmp_path: Path, open_page: Callable[..., Any]) -> None:
    before, after = versions(tmp_path, "--exact")
    shown = peakline.show(after, before=before)
    assert str(shown) == run("diff", before, after).stdout
    bundle = shown._repr_mimebundle_()
    (tmp_path / "cell.html").write_text(
        f"<!DOCTYPE html><title>Cell</title><body>{bundle['text/html']}</body>", encoding="utf-8"
    )
    cell = open_page(tmp_path / "cell.html", width=1400, height=1000)
    frame = cell.frame_locator("iframe")
    assert frame.locator("#findings").inner_text().startswith(f"Line {LOADED} of job.py holds 20")
    with pytest.raises(peakline.CannotShow, match=r"none\.peakline"):
        peakline.show(after, before=tmp_path / "none.peakline")
    with pytest.raises(peakline.CannotShow, match="needs a name"):
        peakline.show(before=before)
