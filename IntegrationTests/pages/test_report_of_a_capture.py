# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""The page of a capture that was really recorded: its figures are those of the other reports."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import settle
from reading import about, ready, rows, size

import peakline
from peakline import _executable

PROGRAM = """
import time

kept = []

def load(count):
    return [bytearray(100_000) for _ in range(count)]

def main():
    rows = load(200)
    time.sleep(0.1)
    kept.append(bytearray(5 << 20))
    del rows
    time.sleep(0.1)

main()
"""


def record(folder: Path, *options: str, program: str = PROGRAM) -> Path:
    (folder / "job.py").write_text(program, encoding="utf-8")
    capture = folder / "job.peakline"
    subprocess.run(
        [_executable.find(), "record", *options, "-q", "-o", capture, sys.executable, "job.py"],
        cwd=folder,
        check=True,
    )
    return capture


def said(*words: str | Path) -> str:
    return subprocess.run(
        [_executable.find(), *words], check=True, capture_output=True, text=True
    ).stdout


MARKED = """
import time
import peakline

with peakline.mark("load <b>all</b>"):
    time.sleep(0.1)  # Longer than a step of the timeline.
    rows = [bytearray(100_000) for _ in range(200)]
    time.sleep(0.1)
peakline.mark("loaded")
time.sleep(0.1)
del rows
time.sleep(0.1)
bytearray(10)
"""


def test_a_mark_is_chosen_from_a_list(tmp_path: Path, open_page: Callable[..., Any]) -> None:
    capture = record(tmp_path, "--exact", program=MARKED)
    said("html", capture, "-o", tmp_path / "job.html")
    report = json.loads(said("report", "--json", capture))
    load, loaded = report["marks"]
    page = open_page(tmp_path / "job.html")
    page.wait_for_selector("html.ready", state="attached")
    marks = page.get_by_label("Marks of the program")
    words = marks.locator("option").all_inner_texts()
    assert [text.split(" · ")[0] for text in words] == ["Marks", "load <b>all</b>", "loaded"]
    marks.select_option(index=2)
    page.wait_for_function("document.querySelector('#time-said').textContent.includes('MiB')")
    at = round(loaded["from"] * 1000)
    held = json.loads(said("report", "--json", f"--at={at}ms", capture))
    # Before 3.12 a comprehension is a function, on the same line.
    most = max(line["held"] for line in held["lines"] if "range(200)" in (line["source"] or ""))
    assert most >= 20_000_000
    assert f"{most / (1 << 20):.1f} MiB" in page.locator("#rows").inner_text()
    said_of_moment = page.locator("#time-said").inner_text()
    # The stretch has what was allocated in it, though a moment of it has not.
    marks.select_option(index=1)
    page.wait_for_function(
        "was => document.querySelector('#time-said').textContent !== was", arg=said_of_moment
    )
    assert load["to"] - load["from"] >= 0.1
    assert f"+{most / (1 << 20):.1f} MiB" in page.locator("main").inner_text()


@pytest.mark.parametrize("options", [["--exact"], []])
def test_figures_are_those_of_the_json(
    tmp_path: Path, open_page: Callable[..., Any], options: list[str]
) -> None:
    capture = record(tmp_path, *options)
    target = tmp_path / "job.html"
    said("html", capture, "-o", target)
    report = json.loads(said("report", "--json", capture))
    text = target.read_text(encoding="utf-8")
    assert len(text) < 2_000_000
    page = open_page(target)
    head = json.loads(page.locator("#report").text_content())
    assert head["peak"]["bytes"] == report["peak"]["bytes"]
    assert head["isSampled"] == (report["mode"] == "sampled")
    assert head["end"]["bytes"] > 0
    # What is on the screen: the line that holds most is named, and is the first of the table.
    first = next(line for line in report["lines"] if line["line"])
    assert f"Line {first['line']} of job.py" in page.locator("#findings").inner_text()
    assert f"job.py:{first['line']}" in page.locator("main").inner_text()
    assert "job.py" in page.locator("#title").inner_text()


def test_a_page_by_its_usual_name(tmp_path: Path) -> None:
    capture = record(tmp_path, "--exact")
    done = subprocess.run(
        [_executable.find(), "html", capture], cwd=tmp_path, capture_output=True, text=True
    )
    assert (done.returncode, done.stdout) == (0, "")
    assert (tmp_path / "job.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    missing = subprocess.run(
        [_executable.find(), "html", tmp_path / "none.peakline"], capture_output=True, text=True
    )
    assert missing.returncode == 2
    assert missing.stderr.count("\n") == 1


def test_shown_in_a_notebook(tmp_path: Path, open_page: Callable[..., Any]) -> None:
    capture = record(tmp_path, "--exact")
    page = peakline.show(capture)
    assert "The peak was" in str(page)
    bundle = page._repr_mimebundle_()
    (tmp_path / "cell.html").write_text(
        f"<!DOCTYPE html><title>Cell</title><body>{bundle['text/html']}</body>", encoding="utf-8"
    )
    cell = open_page(tmp_path / "cell.html")
    frame = cell.frame_locator("iframe")
    assert "job.py" in frame.locator("#title").inner_text()
    assert frame.locator("#findings").inner_text().startswith("Line ")
    with pytest.raises(peakline.CannotShow, match=r"none\.peakline"):
        peakline.show(tmp_path / "none.peakline")


WITH_A_LIBRARY = """
import json

def load():
    return json.loads("[" + "[1.5, 2.5]," * 100_000 + "0]")

rows = load()
"""


def test_the_programs_own_lines_come_first(tmp_path: Path, open_page: Callable[..., Any]) -> None:
    (tmp_path / "job.py").write_text(WITH_A_LIBRARY, encoding="utf-8")
    capture, target = tmp_path / "job.peakline", tmp_path / "job.html"
    words = ["record", "--exact", "-q", "-o", capture, sys.executable, "job.py"]
    subprocess.run([_executable.find(), *words], cwd=tmp_path, check=True)
    said("html", capture, "-o", target)
    page = open_page(target)
    first = page.locator("#findings li").first.inner_text()
    assert first.startswith("Line 5 of job.py holds ")
    assert first.endswith(", by calling json.")
    lines = page.locator("#table").inner_text()
    assert "job.py:5" in lines
    assert "decoder.py" not in lines
    # The libraries' own lines are one box away, and the address remembers that.
    button = page.locator("#hide-summary")
    assert button.inner_text() == "Libraries hidden"
    button.click()
    page.get_by_label("All libraries").uncheck()
    page.wait_for_function("location.hash.includes('hide=')")
    assert button.inner_text() == "Hide modules"
    assert "decoder.py" in page.locator("#table").inner_text()
    page.goto(page.url)
    page.reload()
    page.wait_for_function("document.querySelector('#table')?.innerText.includes('decoder.py')")
    assert page.locator("#hide-summary").inner_text() == "Hide modules"
    page.locator("#hide-summary").click()
    page.get_by_label("All libraries").check()
    page.wait_for_function("!location.hash.includes('hide=')")
    assert "decoder.py" not in page.locator("#table").inner_text()


WITH_A_NAMESAKE = """
import logging
from shop import logging as own

kept = []

def load():
    kept.append(logging.makeLogRecord({"payload": bytearray(1 << 20)}))
    return list(map(logging.makeLogRecord, [{}] * 2_000))

rows = load()
data = own.fill()
"""


def test_a_file_that_is_called_like_a_library_is_the_programs_own(
    tmp_path: Path, open_page: Callable[..., Any]
) -> None:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop/__init__.py").write_text("names = bytearray(2 << 20)\n", encoding="utf-8")
    (tmp_path / "shop/logging.py").write_text(
        "def fill():\n    return list(map(bytearray, [100_000] * 200))\n", encoding="utf-8"
    )
    capture = record(tmp_path, "--exact", program=WITH_A_NAMESAKE)
    said("html", capture, "-o", tmp_path / "job.html")
    page = ready(open_page(tmp_path / "job.html"))
    head = json.loads(page.locator("#report").text_content())
    own = head["files"].index(str(tmp_path / "shop/logging.py"))
    assert head["libraries"][own] is None
    assert "logging" in head["libraries"]
    # Each sentence of a line has the figure that the first view has of it.
    got = rows(page)
    assert (str(tmp_path / "shop/__init__.py"), 1) in got
    told = 0
    for finding in page.locator("#findings button").all():
        text = finding.inner_text()
        found = re.search(r"ine (\d+) of (\S+) holds .*?(\d+(?:\.\d+)? [KM]iB)", text)
        if not found:
            continue
        told += 1
        (held,) = (
            each[0]
            for (file, line), each in got.items()
            if file.endswith("/" + found[2]) and line == int(found[1])
        )
        assert about(held) == size(found[3]), text
    assert told
    first = page.locator("#findings li").first.inner_text()
    assert first.startswith("Line 2 of shop/logging.py holds ")
    # Each of the two is hidden by itself.
    page.locator("#hide-summary").click()
    page.wait_for_selector("#modules input[value]")
    boxes = page.get_by_role("checkbox", name="logging")
    assert boxes.count() == 2
    assert sorted(box.is_checked() for box in boxes.all()) == [False, True]
    page.locator('#modules input[value="lib/logging"]').uncheck()
    settle(page)
    files = {file for file, _ in rows(page)}
    assert str(tmp_path / "shop/logging.py") in files
    assert any(file.endswith("/logging/__init__.py") for file in files)
