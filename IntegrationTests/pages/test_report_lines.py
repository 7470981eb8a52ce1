# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""The report page's table, source and findings."""

from __future__ import annotations

import re
from pathlib import Path

import made_page
from conftest import settle
from made_job import JOB, JOB_TEXT, KEEP, READER
from made_report import MIB, Description
from reading import Open, Pages, about, press, ready, size


def test_the_source_has_its_figures_beside_it(pages: Pages, open_page: Open) -> None:
    path, truth = pages("job")
    page = ready(open_page(path, width=1440, height=900))
    assert page.locator("#file option:checked").inner_text() == "job.py"
    lines = page.locator("#code .row > code").all_text_contents()
    assert lines == JOB_TEXT.split("\n")[:-1]
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


def test_a_line_far_down_is_brought_into_sight(open_page: Open, tmp_path: Path) -> None:
    made = Description(threads=[("", 0), ("MainThread (9)", 0)])
    long = "word " * 60
    made.texts = {"/w/long.py": [f"x{n} = 1  # {long if n % 3 == 0 else ''}" for n in range(900)]}
    for line in (3, 640):
        made.hold([("thread", 1), ("/w/long.py", line, "f")], [(100, line * MIB)], thread=1)
    made.findings = [("Line 640 of long.py holds most.", ("/w/long.py", 640, "f"))]
    page = ready(open_page(made_page.write(made.finish(), tmp_path / "long.html")))
    page.locator("#findings button").click()
    page.wait_for_function("document.querySelectorAll('#code .row').length === 900")
    settle(page)
    area, line = (page.locator(each).bounding_box() for each in ("#code", "#code .row.chosen"))
    assert area["y"] <= line["y"] <= area["y"] + area["height"] - line["height"]


def test_rows_and_lines_are_walked_by_keyboard(pages: Pages, open_page: Open) -> None:
    path, _ = pages("job")
    page = ready(open_page(path))
    # One stop for all of them: nobody presses the tabulator forty times.
    assert page.locator('#rows [tabindex="0"], #rows button:not([tabindex])').count() == 1
    assert page.locator('#code [tabindex="0"], #code button:not([tabindex])').count() == 1
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
