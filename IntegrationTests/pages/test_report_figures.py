# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""The figures of the report page, of the peak and of moments, against the data."""

from __future__ import annotations

import pytest
from conftest import settle
from made_report import MIB
from reading import LEFT, RIGHT, Open, Pages, about, ready, rows, select, size


def test_the_first_screen_says_what_grew_when_and_where(pages: Pages, open_page: Open) -> None:
    path, truth = pages("job")
    page = ready(open_page(path, width=1440, height=900))
    assert page.title() == "python job.py data/2026 – memory"
    assert page.locator("h1").inner_text() == "python job.py data/2026"
    figures = {
        each.locator("dt").inner_text(): each.locator("dd").inner_text()
        for each in page.locator("#figures > div").all()
    }
    assert size(figures["Peak"]) == about(truth.head["peak"]["bytes"])
    assert "at 1.65 s of 3.20 s" in figures["Peak"]
    assert size(figures["Left at the end"]) == about(truth.usage(3200))
    assert size(figures["Allocated"]) == about(sum(truth.made.own["allocated"]))
    findings = page.locator("#findings li").all_inner_texts()
    assert findings == [text for text, _ in truth.made.findings]
    for part in ("#findings", "#timeline", "#flame"):
        box = page.locator(part).bounding_box()
        assert box["y"] + min(box["height"], 150) <= 900, part


def test_the_table_has_what_the_data_has(pages: Pages, open_page: Open) -> None:
    path, truth = pages("job")
    page = ready(open_page(path))
    expected = truth.by_line(truth.made.own["peak"])
    assert rows(page) == {name: each for name, each in expected.items() if each != (0, 0)}
    first = page.locator("#rows tr").first
    heaviest = max(expected.values())
    assert size(first.locator(".amount").inner_text()) == about(heaviest[0])
    share = heaviest[0] / truth.head["peak"]["bytes"]
    assert first.locator(".share").inner_text() == f"{share * 100:.0f} %"
    # With what no line holds it is the peak.
    shown = page.locator("#rows .own .amount, #rows .rest .own").all_inner_texts()
    assert sum(map(size, shown)) == about(truth.head["peak"]["bytes"])


@pytest.mark.parametrize(
    ("button", "column"),
    [
        ("Live at end", "live"),
        ("Allocated", "allocated"),
        ("Allocations", "allocations"),
        ("Temporary", "temporary"),
    ],
)
def test_every_measure_is_the_data_s(
    pages: Pages, open_page: Open, button: str, column: str
) -> None:
    path, truth = pages("job")
    page = ready(open_page(path))
    page.get_by_role("radio", name=button, exact=True).click()
    settle(page)
    expected = truth.by_line(truth.made.own[column])
    assert rows(page) == {name: each for name, each in expected.items() if each != (0, 0)}
    whole = page.locator("#trail b").inner_text().replace(",", "")
    assert size(whole) == about(sum(truth.made.own[column]))


@pytest.mark.parametrize("name", ["job", "processes"])
@pytest.mark.parametrize("share", [0.11, 0.5, 0.8])
def test_a_moment_that_is_clicked_is_shown_everywhere(
    pages: Pages, open_page: Open, name: str, share: float
) -> None:
    path, truth = pages(name)
    page = ready(open_page(path))
    ms, end = select(page, truth, share * truth.head["duration"])
    assert (
        ms == end == pytest.approx(share * truth.head["duration"], abs=truth.head["duration"] / 200)
    )
    expected = truth.by_line(truth.at(ms))
    assert rows(page) == {name: each for name, each in expected.items() if each != (0, 0)}
    assert size(page.locator("#trail b").inner_text()) == about(sum(truth.at(ms)))
    page.keyboard.press("Escape")
    page.locator("#timeline").focus()
    page.keyboard.press("Escape")
    settle(page)
    assert page.get_by_role("radio", name="At peak").get_attribute("aria-checked") == "true"


@pytest.mark.parametrize(("name", "first", "last"), [("job", 0.4, 0.9), ("processes", 0.3, 0.7)])
def test_a_stretch_that_is_drawn_shows_what_changed_in_it(
    pages: Pages, open_page: Open, name: str, first: float, last: float
) -> None:
    path, truth = pages(name)
    page = ready(open_page(path))
    duration = truth.head["duration"]
    begin, end = select(page, truth, last * duration, first * duration)
    assert begin < end
    changes = [b - a for a, b in zip(truth.at(begin), truth.at(end), strict=True)]
    expected = truth.by_line(changes)
    # What has moved only is shown, too, with nothing.
    assert {k: v for k, v in rows(page).items() if v != (0, 0)} == {
        k: v for k, v in expected.items() if v != (0, 0)
    }
    assert size(page.locator("#trail b").inner_text()) == about(sum(changes))
    assert page.locator("#own-heading").inner_text().startswith("Change")
    assert "more" in page.locator("#flame-legend").inner_text()


def test_what_is_pointed_at_in_time_is_told_by_process(pages: Pages, open_page: Open) -> None:
    path, _truth = pages("processes")
    page = ready(open_page(path))
    box = page.locator("#timeline").bounding_box()

    def point(ms: float) -> dict[str, float]:
        x = box["x"] + LEFT + ms / 8000 * (box["width"] - LEFT - RIGHT)
        page.mouse.move(x, box["y"] + 60)
        settle(page)
        names = page.locator("#tip .tip-row bdi").all_inner_texts()
        amounts = page.locator("#tip .tip-row b").all_inner_texts()
        return {name: size(amount) for name, amount in zip(names, amounts, strict=True)}

    assert point(4900) == {
        "In use": 400 * MIB,
        "40 python main.py": 20 * MIB,
        "41 python worker.py a": 120 * MIB,
        "42 python worker.py b": 200 * MIB,
        "43 python worker.py c": 60 * MIB,
    }
    # The one that was killed at 5 s holds nothing any more.
    assert "42 python worker.py b" not in point(5200)
    assert page.locator("#bands").inner_text().count("MiB") == 4
    assert "killed by SIGKILL" in page.locator("#bands").inner_text()
    page.locator("#bands").get_by_role("button", name="42 python worker.py b").click()
    settle(page)
    assert page.locator("#trail bdi").inner_text() == "42 python worker.py b"
