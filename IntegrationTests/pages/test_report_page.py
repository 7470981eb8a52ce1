# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""The report page: the numbers it shows against the data, by mouse and by keyboard."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import made_report
import pytest
from conftest import settle
from made_report import EXAMPLES, HOSTILE, JOB, JOIN, KEEP, MIB, READER, Description

Open = Callable[..., Any]
Place = tuple[str, int]
"""A file's name and a line."""
LEFT, RIGHT = 62, 14
"""Pixels beside the timeline, where its axis is."""
ROW = 21
"""The height of a frame."""


# ---- What the data says --------------------------------------------------------------------------


class Truth:
    """A described recording, and what each line has of it, reckoned without the page."""

    def __init__(self, made: Description) -> None:
        self.made = made
        self.recording = made.finish()
        self.head = self.recording["head"]
        self.keys = list(made.places)
        self.files = list(made.files)

    def name(self, node: int) -> Place | None:
        kind, file, line, _ = self.keys[self.made.place[node]]
        return (self.files[file], line) if kind == made_report.LINE else None

    def at(self, ms: float) -> list[float]:
        """What each node holds itself at a moment."""
        nodes = [0.0] * len(self.made.parent)
        for (node, _, _, _), held in zip(self.made.counters, self.made.held(ms), strict=True):
            nodes[node] += held
        return nodes

    def by_line(self, nodes: list[float]) -> dict[Place, tuple[int, int]]:
        """Of each line what it holds itself, and with what it calls; each byte once."""
        own: dict[Place, float] = {}
        total: dict[Place, float] = {}
        for node, amount in enumerate(nodes):
            above, seen = node, set()
            while above:
                name = self.name(above)
                if name is not None:
                    seen.add(name)
                above = self.made.parent[above]
            for name in seen:
                total[name] = total.get(name, 0) + amount
            if (name := self.name(node)) is not None:
                own[name] = own.get(name, 0) + amount
        return {name: (round(own.get(name, 0)), round(total[name])) for name in total}

    def usage(self, ms: float) -> float:
        return self.made.baseline + sum(self.made.held(ms))


@pytest.fixture(scope="session")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], tuple[Path, Truth]]:
    """The page of an example, and the truth about it."""
    folder = tmp_path_factory.mktemp("report")
    known: dict[str, tuple[Path, Truth]] = {}

    def page(name: str) -> tuple[Path, Truth]:
        if name not in known:
            truth = Truth(EXAMPLES[name]())
            path = made_report.write(truth.recording, folder / f"{name}.html")
            known[name] = path, truth
        return known[name]

    return page


Pages = Callable[[str], tuple[Path, Truth]]


# ---- What the page says --------------------------------------------------------------------------


def ready(page: Any) -> Any:
    page.wait_for_selector("html.ready", state="attached")
    settle(page)
    settle(page)
    return page


def size(text: str) -> float:
    """The bytes of a text such as +1.50 MiB."""
    found = re.search(r"([-−+]?)(\d+(?:\.\d+)?) ?(B|KiB|MiB|GiB)?", text)
    assert found, text
    scale = {"B": 1, None: 1, "KiB": 1024, "MiB": MIB, "GiB": 1024 * MIB}[found[3]]
    return float(found[2]) * scale * (-1 if found[1] in {"-", "−"} else 1)


def about(bytes_: float) -> Any:
    """As exact as three digits are."""
    return pytest.approx(bytes_, rel=0.006, abs=1)


def rows(page: Any) -> dict[Place, tuple[int, int]]:
    """What the table says of each line, to the byte: its text, as it is copied."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.click("#copy")
    page.wait_for_function("document.getElementById('copy').textContent === 'Copied'")
    text = page.evaluate("navigator.clipboard.readText()")
    heads, *lines = [line.split("\t") for line in text.strip("\n").split("\n")]
    assert heads[:3] == ["File", "Line", "Function"]
    assert all(len(line) == len(heads) for line in lines)
    return {(line[0], int(line[1])): (int(line[3]), int(line[4])) for line in lines if line[1]}


def select(page: Any, truth: Truth, *moments: float) -> tuple[int, int]:
    """Clicks a moment, or draws a stretch; the milliseconds that the page says."""
    page.locator("#timeline").scroll_into_view_if_needed()
    box = page.locator("#timeline").bounding_box()
    across = [
        box["x"] + LEFT + ms / truth.head["duration"] * (box["width"] - LEFT - RIGHT)
        for ms in moments
    ]
    page.mouse.move(across[0], box["y"] + 60)
    page.mouse.down()
    for x in across[1:]:
        page.mouse.move((across[0] + x) / 2, box["y"] + 60)
        page.mouse.move(x, box["y"] + 60)
    page.mouse.up()
    settle(page)
    return times(page)


def times(page: Any) -> tuple[int, int]:
    page.wait_for_function("location.hash.includes('time=')")
    page.wait_for_timeout(260)
    found = re.search(r"time=(\d+)-(\d+)", page.evaluate("location.hash"))
    assert found
    return int(found[1]), int(found[2])


def said(page: Any) -> str:
    """What a reader of the screen was told last."""
    settle(page)
    return str(page.locator("#said").inner_text())


def press(page: Any, *keys: str) -> str:
    for key in keys:
        page.keyboard.press(key)
    return said(page)


# ---- Numbers -------------------------------------------------------------------------------------


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


# ---- The flame graph -----------------------------------------------------------------------------


def walk(page: Any, *keys: str) -> tuple[str, float]:
    """The name and the amount of the frame that the keys lead to."""
    name, amount = press(page, *keys).rsplit(": ", 1)
    return name, size(amount)


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


# ---- Source, table, findings ---------------------------------------------------------------------


def test_the_source_has_its_figures_beside_it(pages: Pages, open_page: Open) -> None:
    path, truth = pages("job")
    page = ready(open_page(path, width=1440, height=900))
    assert page.locator("#file option:checked").inner_text() == "job.py"
    lines = page.locator("#code .row > code").all_text_contents()
    assert lines == made_report.JOB_TEXT.split("\n")[:-1]
    for column, heading in (
        ("peak", "At peak"),
        ("live", "Live at end"),
        ("allocated", "Allocated"),
    ):
        for (file, line), (own, total) in truth.by_line(truth.made.own[column]).items():
            if file != JOB or (own, total) == (0, 0):
                continue
            cell = page.locator(f'#code .row[data-line="{line}"] .figure[title^="{heading}:"]')
            itself, callees = cell.get_attribute("title").split(": ")[1].split(" itself, ")
            assert (size(itself), size(callees)) == (about(own), about(total)), (line, heading)
    assert page.locator("#code .keyword").all_text_contents().count("def") == 4
    assert page.locator("#code .name").all_text_contents() == [
        "by_region",
        "remember",
        "main",
        "watch",
    ]


def test_a_line_shows_its_heaviest_stacks(pages: Pages, open_page: Open) -> None:
    path, truth = pages("job")
    page = ready(open_page(path, width=1440, height=900))
    page.select_option("#file", label="reader.py")
    settle(page)
    page.locator('#code .row[data-line="8"]').click()
    settle(page)
    own, total = truth.by_line(truth.made.own["peak"])[READER, 8]
    assert page.locator("#chosen-name").inner_text().startswith("reader.py:8")
    assert "read_csv(path" in page.locator("#chosen-code").inner_text()
    now = page.locator("#amounts .now td").all_inner_texts()
    assert [size(each) for each in now] == [about(own), about(total)]
    stack = page.locator("#stacks button")
    assert stack.count() == 1
    assert size(stack.inner_text()) == about(total)
    assert stack.locator("bdi").all_inner_texts()[0] == "MainThread (1234)"
    assert size(page.locator("#callees button").first.inner_text()) == about(total)
    stack.click()
    settle(page)
    assert page.locator("#trail bdi").inner_text() == "read_orders reader.py:8"


def test_the_table_is_sorted_filtered_and_grouped(pages: Pages, open_page: Open) -> None:
    path, truth = pages("job")
    page = ready(open_page(path))
    heads = page.locator("#table th[aria-sort]")
    assert heads.all_inner_texts() == ["At peak"]
    page.get_by_role("button", name="With callees").click()
    settle(page)
    totals = [size(text) for text in page.locator("#rows td.total").all_inner_texts() if text]
    assert totals == sorted(totals, reverse=True)
    assert len(totals) > 10
    page.get_by_role("button", name="With callees").click()
    settle(page)
    totals = [size(text) for text in page.locator("#rows td.total").all_inner_texts() if text]
    assert totals == sorted(totals)
    assert heads.get_attribute("aria-sort") == "ascending"
    page.get_by_role("button", name="Line", exact=True).click()
    page.fill("#filter", "JOB.py")
    settle(page)
    names = page.locator("#rows .where").all_inner_texts()
    assert len(names) >= 6
    assert names == sorted(names, key=lambda name: int(name.split(":")[1]))
    page.fill("#filter", "no such line")
    settle(page)
    assert page.locator("#no-rows").inner_text() == "No line has this in its name."
    page.fill("#filter", "")
    page.select_option("#grouping", "file")
    settle(page)
    lines = truth.made.own["peak"]
    managers = sum(
        amount
        for node, amount in enumerate(lines)
        if (truth.name(node) or ("", 0))[0].endswith("managers.py")
    )
    row = page.locator("#rows tr", has_text="managers.py").locator(".amount").inner_text()
    assert size(row) == about(managers)


def test_a_finding_leads_to_its_line(pages: Pages, open_page: Open) -> None:
    path, _ = pages("job")
    page = ready(open_page(path, width=1440, height=900))
    page.get_by_role("button", name=re.compile("24.0 MiB that are never freed")).focus()
    page.keyboard.press("Enter")
    page.wait_for_timeout(700)
    chosen = page.locator("#code .row.chosen")
    assert chosen.get_attribute("data-line") == str(KEEP)
    area, line = page.locator("#code").bounding_box(), chosen.bounding_box()
    assert area["y"] <= line["y"] <= area["y"] + area["height"]
    assert page.locator("#chosen-name").inner_text() == f"job.py:{KEEP}remember"


def test_rows_and_lines_are_walked_by_keyboard(pages: Pages, open_page: Open) -> None:
    path, _ = pages("job")
    page = ready(open_page(path))
    page.locator("#rows button").first.focus()
    press(page, "ArrowDown", "Enter")
    second = page.locator("#rows tr").nth(1)
    assert "chosen" in second.get_attribute("class")
    assert second.evaluate("row => row.contains(document.activeElement)")
    page.locator("#code button.number").first.focus()
    press(page, "ArrowDown", "Enter")
    assert page.locator("#code .row.chosen button").evaluate(
        "each => each === document.activeElement"
    )


# ---- Time by keyboard, the address ---------------------------------------------------------------


def test_time_goes_by_keyboard(pages: Pages, open_page: Open) -> None:
    path, truth = pages("job")
    page = ready(open_page(path))
    page.locator("#timeline").focus()
    peak = truth.head["peak"]["ms"]
    press(page, "ArrowRight")
    assert times(page) == (peak + 32, peak + 32)
    words = press(page, "Shift+ArrowRight", "Shift+ArrowRight")
    assert times(page) == (peak + 32, peak + 96)
    change = sum(truth.at(peak + 96)) - sum(truth.at(peak + 32))
    assert size(words.split(": ")[1]) == about(change)
    press(page, "Home")
    assert times(page) == (0, 0)
    press(page, "End")
    assert times(page) == (3200, 3200)
    press(page, "+", "+")
    assert page.locator("#time-all").is_visible()
    page.wait_for_function("location.hash.includes('range=')")
    press(page, "-", "-")
    assert page.locator("#time-all").is_hidden()
    press(page, "p")
    assert page.locator('#measures [aria-checked="true"]').inner_text() == "At peak"
    assert page.locator("#time-clear").is_hidden()


def test_measures_are_radio_buttons(pages: Pages, open_page: Open) -> None:
    path, _ = pages("job")
    page = ready(open_page(path))
    page.locator('#measures [aria-checked="true"]').focus()
    press(page, "ArrowRight")
    # The moment cannot be chosen before there is one.
    assert page.locator('#measures [aria-checked="true"]').inner_text() == "Live at end"
    assert page.locator('#measures [tabindex="0"]').count() == 1
    press(page, "ArrowLeft")
    assert page.locator('#measures [aria-checked="true"]').inner_text() == "At peak"


def state(page: Any) -> dict[str, Any]:
    return {
        "measure": page.locator('#measures [aria-checked="true"]').inner_text(),
        "trail": page.locator("#trail").inner_text(),
        "inverted": page.locator("#callers-view").get_attribute("aria-pressed"),
        "found": page.locator("#found").inner_text(),
        "hidden": page.locator("#hide-summary").inner_text(),
        "rows": page.locator("#rows").inner_text(),
        "chosen": page.locator("#chosen-name").inner_text(),
        "file": page.locator("#file option:checked").inner_text(),
        "filter": page.locator("#filter").input_value(),
        "sort": page.locator("#table th[aria-sort]").inner_text(),
    }


def test_a_view_can_be_sent_by_its_address(pages: Pages, open_page: Open) -> None:
    path, truth = pages("job")
    page = ready(open_page(path))
    assert page.evaluate("location.hash") == ""
    select(page, truth, 900, 1500)
    page.click("#callers-view")
    page.click("#hide-summary")
    page.get_by_role("checkbox", name="json").check()
    page.fill("#search", "merge")
    page.fill("#filter", "py")
    page.get_by_role("button", name="With callees").click()
    page.locator("#rows button").nth(1).click()
    page.locator("#flame").focus()
    press(page, "ArrowDown", "ArrowDown", "Enter")
    page.wait_for_timeout(300)
    expected, address = state(page), page.evaluate("location.hash")
    other = open_page(path)
    other.goto("about:blank")
    other.goto(path.as_uri() + address)
    assert state(ready(other)) == expected
    # Also where the address alone changes; and what it says wrongly is left alone.
    third = ready(open_page(path))
    first = state(third)
    third.evaluate("address => { location.hash = address; }", address)
    third.wait_for_timeout(300)
    assert state(third) == expected
    third.evaluate(
        "() => { location.hash = 'show=moment&frame=9.9x.3&place=99999&order=no&time=z'; }"
    )
    third.wait_for_timeout(300)
    assert state(third)["measure"] == "At peak"
    third.evaluate("() => { location.hash = ''; }")
    third.wait_for_timeout(300)
    assert state(third) == first


# ---- Kinds of recordings -------------------------------------------------------------------------


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


# ---- Surroundings --------------------------------------------------------------------------------


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
    web = made_report.SOURCES / "Web/report"
    style = made_report.bare((web / "report.css").read_text(encoding="utf-8"))
    script = made_report.script()
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
