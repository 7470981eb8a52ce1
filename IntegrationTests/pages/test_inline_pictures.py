# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""What `%mprun` and a comparison show in a notebook, in a browser: figures, bars and curves are
those of the JSON, in any light and width, and what is left without styles reads as a table.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from peakline import _executable

MIB = 1 << 20
NASTY = "</table><script>alert('1 & \"2\"')</script>"
Open = Callable[..., Any]


def line(number: int, source: str, adds: int, peak: int, usage: int, seconds: float) -> Any:
    return {
        "line": number,
        "source": source,
        "occurrences": 1,
        "usage": usage,
        "increment": adds,
        "rss_increment": adds,
        "seconds": seconds,
        "heap_increment": adds,
        "own_peak": peak,
        "allocated": max(adds, peak),
        "freed": max(0, -adds),
        "allocations": 3,
        "python_increment": 0,
        "requested": max(adds, peak),
        "other_threads": 0,
    }


def profile(name: str, factor: int = 1) -> Any:
    size = factor * MIB
    lines = [
        line(7, f"def {name}(path):", 0, 0, 9 * MIB, 1e-6),
        line(8, "    text = open(path).read()", 20 * size, 20 * size, 9 * MIB + 20 * size, 0.1),
        line(9, "    rows = parse(text)", 60 * size, 75 * size, 9 * MIB + 80 * size, 0.6),
        line(10, "    del text", -20 * size, 0, 9 * MIB + 60 * size, 0.05),
        line(11, "    return sum(rows)", -60 * size, 5 * size, 9 * MIB, 0.2),
    ]
    function = {
        "file": "/home/you/load.py",
        "name": name,
        "first_line": 7,
        "baseline": 9 * MIB,
        "note": None,
        "recursive": False,
        "lines": lines,
    }
    return {
        "schema": 2,
        "kind": "lines",
        "backend": "heap",
        "python": "3.12.1",
        "caveats": [],
        "functions": [function],
    }


def comparison() -> Any:
    def alternative(name: str, peaks: list[int], kept: int, factor: int | None) -> Any:
        runs = [
            {
                "own_peak": peak * MIB,
                "retained": kept * MIB,
                "allocated": 200 * MIB,
                "allocations": 1000,
                "seconds": peak / 100,
            }
            for peak in peaks
        ]
        found: dict[str, Any] = {"name": name, "error": None, "runs": runs}
        if factor is not None:
            found["lines"] = profile("load", factor)
        return found

    return {
        "schema": 2,
        "kind": "comparison",
        "python": "3.12.1",
        "caveats": [],
        "alternatives": [
            alternative("plain", [190, 190, 200], 40, 2),
            alternative("lean", [80, 84, 95], 40, 1),
            alternative(NASTY, [160, 170, 175], 0, None),
        ],
    }


DOCUMENTS = {"lines": profile("load"), "comparison": comparison()}


@pytest.fixture
def show(tmp_path: Path, open_page: Open) -> Callable[..., Any]:
    """Opens the report of a document as a notebook has it: somewhere in a page."""

    def show(document: Any, *, change: Callable[[str], str] = str, **options: Any) -> Any:
        (tmp_path / "report.json").write_text(json.dumps(document), encoding="utf-8")
        words = [_executable.find(), "report", "--html", tmp_path / "report.json"]
        html = subprocess.run(words, check=True, capture_output=True, text=True).stdout
        target = tmp_path / "cell.html"
        target.write_text(
            f"<!DOCTYPE html><html lang=en><title>Cell</title><body><main><h1>Cell</h1>"
            f"{change(html)}</main></body></html>",
            encoding="utf-8",
        )
        return open_page(target, **options)

    return show


def wide(page: Any, selector: str) -> list[float]:
    """The widths of some elements, in pixels."""
    widths: list[float] = page.eval_on_selector_all(
        selector, "all => all.map(one => one.getBoundingClientRect().width)"
    )
    return widths


def test_bars_are_as_long_as_the_figures_say(show: Callable[..., Any]) -> None:
    document = profile("load")
    page = show(document)
    rows = page.locator("tbody tr")
    lines = document["functions"][0]["lines"]
    assert rows.count() == len(lines)
    # The whole is what is given back at most and what is added or needed at most.
    room = page.eval_on_selector("thead .pk-slot span", "one => one.getBoundingClientRect().width")
    scale = room / (135 * MIB)
    for index, known in enumerate(lines):
        bars = rows.nth(index).locator(".pk-bar")
        sizes = [
            bars.nth(n).evaluate("b => b.getBoundingClientRect().width")
            for n in range(bars.count())
        ]
        added, peak = known["increment"], known["own_peak"]
        expected = [] if added == 0 else [abs(added)]
        if peak > max(added, 0):
            expected.append(peak - max(added, 0))
        assert sizes == pytest.approx([size * scale for size in expected], abs=0.5)
        # What is given back ends where what is added begins.
        for n, size in enumerate(expected):
            box = bars.nth(n).bounding_box()
            slot = rows.nth(index).locator(".pk-slot").bounding_box()
            padding = float(
                rows.nth(index)
                .locator(".pk-slot")
                .evaluate("s => parseFloat(getComputedStyle(s).paddingLeft)")
            )
            axis = slot["x"] + padding + 60 * MIB * scale
            if n == 0 and added < 0:
                assert box["x"] + box["width"] == pytest.approx(axis, abs=0.7)
            elif n == 0:
                assert box["x"] == pytest.approx(axis, abs=0.7)
            assert size > 0
    assert page.locator("tr.pk-mark th").inner_text() == "9"


def test_figures_are_those_of_the_document(show: Callable[..., Any]) -> None:
    page = show(profile("load"), width=1400)
    row = page.locator("tbody tr").nth(2)
    shown = " ".join(row.inner_text().split())
    assert shown == "9 89.0 MiB 60.0 MiB 75.0 MiB 75.0 MiB 3 600 ms rows = parse(text)"
    assert row.locator("td[title]").first.get_attribute("title") == f"{89 * MIB:,} bytes"
    label = page.locator("svg[role=img]").get_attribute("aria-label")
    assert label == (
        "The heap above the start, from line 7 to line 11: at most 95.0 MiB, in line 9"
        " (shaded: line 9)."
    )
    assert "Line 9 makes 79 % of the peak, 95.0 MiB above the start" in page.inner_text("caption")
    # The curve's points, of 64 units from 95 MiB above the start down to it.
    points = page.locator(".pk-usage").get_attribute("d")
    heights = [float(point.split()[1]) for point in re.split("[ML]", points)[1:]]
    assert heights == pytest.approx(
        [2 + (95 - above) / 95 * 60 for above in (0, 0, 20, 80, 60, 0)], abs=0.06
    )


def test_a_comparison_shows_medians_whiskers_and_what_was_kept(show: Callable[..., Any]) -> None:
    page = show(comparison(), width=1400)
    rows = page.locator("table.pk-compare tbody tr")
    whole = (
        float(page.locator("table.pk-compare svg").first.get_attribute("viewBox").split()[2]) - 2
    )
    for index, (median, least, most, kept) in enumerate(
        [(190, 190, 200, 40), (84, 80, 95, 40), (170, 160, 175, 0)]
    ):
        picture = rows.nth(index).locator("svg").first
        bar = float(picture.locator(".pk-median").get_attribute("width"))
        assert bar == pytest.approx(median / 200 * whole, abs=0.06)
        whisker = picture.locator(".pk-whisker").get_attribute("d")
        start, end = re.match(r"M([\d.]+) [\d.]+L([\d.]+) ", whisker).groups()
        assert float(start) == pytest.approx(least / 200 * whole, abs=0.06)
        assert float(end) == pytest.approx(most / 200 * whole, abs=0.06)
        marks = picture.locator(".pk-kept")
        assert marks.count() == (kept > 0)
        if kept:
            place = float(marks.get_attribute("x")) + 1
            assert place == pytest.approx(kept / 200 * whole, abs=0.06)
    assert "best" in rows.nth(1).inner_text()
    assert "2.26× the lowest" in rows.nth(0).inner_text()
    assert rows.nth(2).locator("th").inner_text() == NASTY
    assert "lean has the lowest peak (84.0 MiB, the next 2.02×)" in page.inner_text(
        "caption >> nth=0"
    )
    assert page.locator(".pk-curves svg path").count() == 3


@pytest.mark.parametrize("kind", DOCUMENTS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [500, 900, 1400])
def test_everybody_can_read_it(
    show: Callable[..., Any], kind: str, scheme: str, width: int
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    page = show(DOCUMENTS[kind], width=width, color_scheme=scheme)
    found = axe.Axe().run(page).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"]) for one in found] == []
    # The page itself does not scroll to the side.
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_without_styles_and_pictures_a_table_is_left(show: Callable[..., Any], kind: str) -> None:
    def stripped(html: str) -> str:
        html = re.sub(r"<style>.*?</style>", "", html, flags=re.DOTALL)
        html = re.sub(r' (class|style|role|aria-[a-z]+)="[^"]*"', "", html)
        # As sanitizers do: the elements go, their texts stay.
        return re.sub(r"</?(svg|path|rect)[^>]*>", "", html)

    plain = show(DOCUMENTS[kind], change=stripped, java_script_enabled=False)
    left = [" ".join(row.split()) for row in plain.locator("tr").all_inner_texts()]
    styled = show(DOCUMENTS[kind], width=1400)
    shown = [" ".join(row.split()) for row in styled.locator("tr").all_inner_texts()]
    assert left == shown
    assert plain.locator("caption").count() == styled.locator("caption").count() > 0


def test_a_narrow_cell_keeps_what_tells_most(show: Callable[..., Any]) -> None:
    page = show(profile("load"), width=500)
    heads = page.locator("thead th:visible").all_inner_texts()
    assert heads == ["Line", "Increment", "Own peak", "Code"]
    assert page.locator("tbody .pk-bar").first.is_visible()
    everything = show(profile("load"), width=1400)
    assert everything.locator("thead th:visible").count() == 8
