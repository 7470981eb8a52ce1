# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""The flame graph of the report page."""

from __future__ import annotations

import re

from conftest import settle
from made_job import JOB, JOIN
from made_report import MIB
from reading import ROW, Open, Pages, about, press, ready, rows, size, walk


def test_the_keyboard_walks_through_the_frames(pages: Pages, open_page: Open) -> None:
    path, truth = pages("job")
    page = ready(open_page(path))
    page.locator("#flame").focus()
    assert walk(page) == ("All", about(sum(truth.made.own["peak"])))
    assert walk(page, "ArrowDown")[0] == "MainThread (1234)"
    assert walk(page, "ArrowRight")[0] == "watcher (1251)"
    assert walk(page, "ArrowLeft")[0] == "MainThread (1234)"
    name, amount = walk(page, "ArrowDown", "ArrowDown", "ArrowDown")
    totals = truth.by_line(truth.made.own["peak"])
    assert (name, amount) == (f"by_region job.py:{JOIN}", about(totals[JOB, JOIN][1]))
    press(page, "Enter")
    assert page.locator("#trail bdi").inner_text() == f"by_region job.py:{JOIN}"
    assert walk(page, "ArrowUp")[0].startswith("main job.py")
    press(page, "Escape")
    assert page.locator("#trail bdi").inner_text().startswith("main job.py")
    assert walk(page, "Home")[0] == "All"
    assert page.locator("#trail bdi").inner_text() == "At peak"


def test_a_click_zooms_and_looks_at_the_line(pages: Pages, open_page: Open) -> None:
    path, _truth = pages("job")
    page = ready(open_page(path))
    box = page.locator("#flame").bounding_box()
    page.mouse.move(box["x"] + 60, box["y"] + 4 * ROW + 8)
    settle(page)
    assert page.locator("#tip .tip-name").inner_text() == "by_region"
    assert "orders.merge(customers" in page.locator("#tip code").inner_text()
    page.mouse.click(box["x"] + 60, box["y"] + 4 * ROW + 8)
    settle(page)
    assert page.locator("#trail bdi").inner_text() == f"by_region job.py:{JOIN}"
    assert page.locator("#chosen-name").inner_text() == f"job.py:{JOIN}by_region"
    # One above it zooms out again.
    page.mouse.click(box["x"] + 60, box["y"] + 8)
    settle(page)
    assert page.locator("#whole").is_hidden()


def test_inverted_it_begins_with_what_holds(pages: Pages, open_page: Open) -> None:
    path, truth = pages("processes")
    page = ready(open_page(path))
    page.click("#callers-view")
    page.locator("#flame").focus()
    owns = sorted(
        (own for own, _ in truth.by_line(truth.made.own["peak"]).values() if own), reverse=True
    )
    assert walk(page, "ArrowDown") == ("load worker.py:14", about(owns[0]))
    assert walk(page, "ArrowRight") == ("main main.py:8", about(owns[1]))
    # Its callers have what comes to them, and no more.
    press(page, "ArrowLeft")
    assert walk(page, "ArrowDown") == ("<module> worker.py:30", about(owns[0]))
    threads = [walk(page, key) for key in ("ArrowDown", "ArrowRight", "ArrowRight")]
    assert threads == [
        ("MainThread (42)", 200 * MIB),
        ("MainThread (41)", 120 * MIB),
        ("MainThread (43)", 60 * MIB),
    ]


def test_what_calls_itself_counts_once(pages: Pages, open_page: Open) -> None:
    path, truth = pages("deep")
    page = ready(open_page(path))
    expected = truth.by_line(truth.made.own["peak"])
    assert rows(page) == {name: each for name, each in expected.items() if each != (0, 0)}
    whole = sum(truth.made.own["peak"])
    assert max(total for _, total in expected.values()) == whole
    # The deepest frame is far down, and the keyboard gets there.
    page.locator("#flame").focus()
    name, amount = walk(page, *["ArrowDown"] * 302)
    assert name == "walk tree.py:7"
    assert amount == about(whole / 300)
    assert page.locator("#flame").evaluate("area => area.scrollTop") > 4000
    page.click("#callers-view")
    page.locator("#flame").focus()
    assert walk(page, "Home", "ArrowDown") == ("walk tree.py:7", about(whole))


def test_a_search_says_the_share_it_finds(pages: Pages, open_page: Open) -> None:
    path, truth = pages("job")
    page = ready(open_page(path))
    page.keyboard.press("/")
    page.keyboard.type("merge|read_csv")
    settle(page)
    nodes = truth.made.own["peak"]
    found = 0.0
    for node, amount in enumerate(nodes):
        above = node
        while above:
            kind, file, _, function = truth.keys[truth.made.place[above]]
            text = truth.files[file] + list(truth.made.functions)[function] if kind == 2 else ""
            if re.search("merge|read_csv", text):
                found += amount
                break
            above = truth.made.parent[above]
    words = page.locator("#found").inner_text()
    assert words.startswith(f"{found / truth.head['peak']['bytes'] * 100:.0f} %, ")
    assert size(words.split(", ")[1]) == about(found)
    page.fill("#search", "(")
    settle(page)
    assert page.locator("#found").inner_text() == "Not a regular expression"
    assert page.locator("#search").get_attribute("aria-invalid") == "true"
    page.fill("#search", "nowhere at all")
    settle(page)
    assert page.locator("#found").inner_text() == "Nothing found"
    page.locator("#search").press("Escape")
    settle(page)
    assert page.locator("#found").inner_text() == ""


def test_bytes_of_hidden_modules_count_with_their_callers(pages: Pages, open_page: Open) -> None:
    path, truth = pages("job")
    page = ready(open_page(path))
    page.click("#hide-summary")
    page.get_by_role("checkbox", name="pandas").check()
    settle(page)
    nodes = list(truth.made.own["peak"])
    for node in range(len(nodes) - 1, 0, -1):
        name = truth.name(node)
        if name is not None and "/pandas/" in name[0]:
            nodes[truth.made.parent[node]] += nodes[node]
            nodes[node] = 0.0
    expected = truth.by_line(nodes)
    got = rows(page)
    assert got == {
        name: each
        for name, each in expected.items()
        if each != (0, 0) and "/pandas/" not in name[0]
    }
    assert got[JOB, JOIN][0] == 336 * MIB
    assert page.locator("#hide-summary").inner_text() == "1 module hidden"
    page.keyboard.press("Escape")
    assert page.locator("#modules").is_hidden()
    assert size(page.locator("#trail b").inner_text()) == about(sum(truth.made.own["peak"]))
