# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""The report page in frames, on small screens, on paper, and for everybody."""

from __future__ import annotations

import html
import re
from pathlib import Path

import made_page
import pytest
from conftest import settle
from made_examples import EXAMPLES
from reading import Open, Pages, ready


def test_it_works_in_a_frame_without_rights(pages: Pages, open_page: Open, tmp_path: Path) -> None:
    inside = pages("job")[0].read_text(encoding="utf-8")
    outer = tmp_path / "outer.html"
    outer.write_text(
        '<!DOCTYPE html><meta charset="utf-8"><body style="margin:0">'
        '<iframe sandbox="allow-scripts" style="width:1000px;height:780px;border:0" '
        f'srcdoc="{html.escape(inside)}"></iframe>',
        encoding="utf-8",
    )
    page = open_page(outer)
    frame = page.frame_locator("iframe")
    frame.locator("html.ready").wait_for(state="attached")
    frame.locator("#callers-view").click()
    frame.locator("#rows button").first.click()
    frame.locator("#theme").click()
    frame.locator("#copy").click()
    page.wait_for_timeout(400)
    assert frame.locator("#callers-view").get_attribute("aria-pressed") == "true"
    assert frame.locator("#chosen-name").inner_text().endswith("merge.py:841_reindex_and_concat")


@pytest.mark.parametrize("name", [name for name in EXAMPLES if name != "large"])
@pytest.mark.parametrize("width", [360, 820])
def test_nothing_is_cut_off_on_small_screens(
    pages: Pages, open_page: Open, name: str, width: int
) -> None:
    page = ready(open_page(pages(name)[0], width=width, height=740))
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for part in ("#timeline", "#flame", "#table"):
        box = page.locator(part).bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
        assert box["width"] > 0.8 * width or (width > 800 and box["width"] > 300)
    for menu in ("#keys", "#hide"):
        page.locator(f"{menu} summary").click()
        box = page.locator(f"{menu} .sheet").bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
        page.locator(f"{menu} summary").click()


def test_paper_is_white(pages: Pages, open_page: Open, tmp_path: Path) -> None:
    page = ready(open_page(pages("job")[0], color_scheme="dark"))
    background = "getComputedStyle(document.documentElement).backgroundColor"
    dark = page.evaluate(background)
    pdf = page.pdf()
    assert pdf.startswith(b"%PDF")
    page.emulate_media(media="print")
    page.wait_for_timeout(200)
    assert page.evaluate(background) == "rgb(255, 255, 255)"
    assert page.locator("#hide").is_hidden()
    assert page.locator("#rows tr").last.is_visible()
    page.emulate_media(media="screen")
    page.wait_for_timeout(200)
    assert page.evaluate(background) == dark


def test_the_button_changes_the_colours(pages: Pages, open_page: Open) -> None:
    page = ready(open_page(pages("job")[0]))
    pixel = """() => [...document.getElementById('flame-canvas').getContext('2d')
      .getImageData(400, 10, 1, 1).data]"""
    light = page.evaluate(pixel)
    page.click("#theme")
    settle(page)
    dark = page.evaluate(pixel)
    assert sum(dark[:3]) < sum(light[:3]) - 200
    page.click("#theme")
    settle(page)
    assert page.evaluate(pixel) == light


def test_nothing_moves_where_that_is_not_wanted(pages: Pages, open_page: Open) -> None:
    page = ready(open_page(pages("job")[0], reduced_motion="reduce"))
    assert (
        page.evaluate("getComputedStyle(document.getElementById('copy')).transitionDuration")
        == "0s"
    )
    page.locator("#findings button").first.click()
    settle(page)
    top = page.evaluate("scrollY")
    page.wait_for_timeout(300)
    assert page.evaluate("scrollY") == top > 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["job", "sampled-difference", "empty"])
def test_everybody_can_use_it(pages: Pages, open_page: Open, name: str, scheme: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    page = ready(open_page(pages(name)[0], color_scheme=scheme))
    if name == "job":
        page.click("#hide-summary")
        page.fill("#search", "(")
        settle(page)
    found = axe.Axe().run(page).response["violations"]
    assert [(each["id"], [node["html"] for node in each["nodes"]][:3]) for each in found] == []


def test_the_page_is_small_and_asks_for_nothing(pages: Pages) -> None:
    web = made_page.SOURCES / "Web/report"
    style = made_page.bare((web / "report.css").read_text(encoding="utf-8"))
    script = made_page.script()
    assert len((style + script).encode()) <= 150 * 1024
    for word in (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "eval(",
        "fetch(",
        "import(",
        "localStorage",
    ):
        assert word not in script, word
    assert not re.search(r"\bhttps?:|@import|url\(", style + script)
