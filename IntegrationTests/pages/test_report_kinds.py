# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Report pages of all kinds of recordings: sampled, compared, hostile, empty, cut off and large."""

from __future__ import annotations

import re
from pathlib import Path

import made_page
import made_report
import pytest
from conftest import settle
from made_examples import HOSTILE, tree_of_processes
from made_report import MIB
from reading import Open, Pages, about, press, ready, rows, select, size, walk


def test_samples_have_errors(pages: Pages, open_page: Open) -> None:
    path, _truth = pages("sampled")
    page = ready(open_page(path))
    first = page.locator("#rows tr").first
    amount = size(first.locator(".amount").inner_text())
    error = (amount * 512 * 1024) ** 0.5
    assert first.locator(".error").inner_text().strip() == f"± {error / MIB:.0f}"
    whisker = first.locator(".whisker").bounding_box()
    fill = first.locator(".fill").bounding_box()
    assert whisker["width"] / fill["width"] == pytest.approx(2 * error / amount, rel=0.2)
    assert "±" in page.locator("#trail b").inner_text()
    assert "512 KiB" in page.locator("#notes").inner_text()
    exact = ready(open_page(pages("job")[0]))
    assert exact.locator(".whisker").count() == 0
    assert "±" not in exact.locator("main").inner_text()


def test_a_difference_shows_what_changed(pages: Pages, open_page: Open) -> None:
    path, truth = pages("difference")
    page = ready(open_page(path))
    assert "+26.0 MiB" in page.locator("#figures").inner_text()
    before = truth.made.other["peakBefore"]
    changes = [b - a for a, b in zip(before, truth.made.own["peak"], strict=True)]
    expected = truth.by_line(changes)
    # What is as it was, is in no row.
    assert expected.pop(("/w/orders.py", 30)) == (0, 0)
    assert rows(page) == expected
    relative = {
        row.locator(".where").inner_text(): row.locator(".share").inner_text()
        for row in page.locator("#rows tr").all()
    }
    assert relative["orders.py:21"] == "+60 %"
    assert relative["orders.py:23"] == "gone"
    assert relative["orders.py:24"] == "new"
    page.locator("#flame").focus()
    assert walk(page, "ArrowDown", "ArrowDown", "ArrowDown") == ("main orders.py:21", 30 * MIB)
    # As wide as the more of both: before 21 came 50 and then 80, of 80 + 28 + 12 + 9 + 7.
    colors = page.evaluate(
        """() => {
          const canvas = document.getElementById('flame-canvas');
          const at = share => [...canvas.getContext('2d')
            .getImageData(share * canvas.width, 3 * 21 + 3, 1, 1).data];
          return [0.3, 0.7, 0.98].map(at);
        }"""
    )
    more, less, same = colors
    assert more[0] > more[2] + 30
    assert less[2] > less[0] + 30
    assert max(same[:3]) - min(same[:3]) < 12
    sampled = ready(open_page(pages("sampled-difference")[0]))
    within = sampled.locator("#rows .within").all()
    assert len(within) >= 1
    assert all("chance" in cell.get_attribute("title") for cell in within)


def test_names_are_text_whatever_they_are(pages: Pages, open_page: Open) -> None:
    path, _ = pages("hostile")
    page = ready(open_page(path))
    page.on("dialog", lambda dialog: pytest.fail(dialog.message))
    assert page.locator("img").count() == 0
    assert HOSTILE in page.locator("h1").inner_text()
    assert HOSTILE in page.locator("#about").inner_text()
    assert HOSTILE in page.locator("#notes").inner_text()
    assert f"print('{HOSTILE}')" in page.locator("#code").text_content()
    everything = page.evaluate("document.querySelector('main').textContent")
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e]", everything)
    page.locator("#flame").focus()
    names = [press(page, "ArrowDown", "ArrowDown")]
    names += [press(page, "ArrowRight") for _ in range(4)]
    assert any("פונקציה" in name for name in names)
    assert any("__proto__" in name for name in names)
    assert "(no name)" in names[-1]
    page.fill("#search", "</script>")
    page.click("#hide-summary")
    page.get_by_role("checkbox", name="img").first.check()
    settle(page)
    box = page.locator("#timeline").bounding_box()
    page.mouse.move(box["x"] + 300, box["y"] + 60)
    settle(page)
    assert page.locator("img").count() == 0


def test_what_is_folded_is_said(open_page: Open, tmp_path: Path) -> None:
    made = tree_of_processes()
    made.folded = {"nodes": 49_994, "share": 0.0000041, "changes": 1200}
    page = ready(open_page(made_page.write(made.finish(), tmp_path / "folded.html")))
    note = page.locator("#notes").inner_text()
    assert (
        "49,994 frames that hold at most <0.1 % of anything each count with their callers" in note
    )
    assert "1,200 changes" in note


def test_an_empty_recording_says_so(pages: Pages, open_page: Open) -> None:
    page = ready(open_page(pages("empty")[0]))
    assert page.locator("#flame-empty").is_visible()
    assert page.locator("#no-rows").inner_text() == "Nothing was held."
    assert page.locator("#source").is_hidden()
    assert page.locator("#chosen").is_hidden()
    page.locator("#timeline").focus()
    press(page, "ArrowRight", "+", "-", "p", "Escape", "Home")
    page.click("#callers-view")
    page.locator("#flame").focus()
    press(page, "ArrowDown", "ArrowRight", "Enter", "Escape")
    assert page.locator("#flame-empty").is_visible()


def test_a_page_that_is_cut_off_says_so(pages: Pages, open_page: Open, tmp_path: Path) -> None:
    text = pages("job")[0].read_text(encoding="utf-8")
    start = text.index('id="columns">') + 400
    broken = tmp_path / "broken.html"
    broken.write_text(text[:start] + text[text.index("</script>", start) :], encoding="utf-8")
    page = open_page(broken)
    page.wait_for_selector("#trouble:not([hidden])")
    assert page.locator("#trouble").inner_text().startswith("This page could not be read:")


def test_the_largest_page_works(pages: Pages, open_page: Open) -> None:
    path, truth = pages("large")
    page = ready(open_page(path))
    assert len(truth.made.parent) >= 100_000
    assert len(truth.made.changes) >= 131_072
    ms, _ = select(page, truth, 250_000)
    assert size(page.locator("#trail b").inner_text()) == about(sum(truth.at(ms)))
    page.click("#callers-view")
    page.locator("#flame").focus()
    owns: dict[str, float] = {}
    for node, amount in enumerate(truth.at(ms)):
        kind, file, line, _function = truth.keys[truth.made.place[node]]
        if kind == made_report.LINE:
            key = f"function_{line} {truth.files[file].rsplit('/', 1)[-1]}:{line} {file}"
            owns[key] = owns.get(key, 0) + amount
    assert walk(page, "ArrowDown")[1] == about(max(owns.values()))
    assert page.locator("#rows tr").count() == 40
    page.click("#more")
    settle(page)
    assert page.locator("#rows tr").count() == 540
