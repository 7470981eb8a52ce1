# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""What the report page says, and what the data says that it is made from."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import made_report
import pytest
from conftest import settle
from made_report import MIB, Description

Open = Callable[..., Any]
Place = tuple[str, int]
"""A file's name and a line."""
LEFT, RIGHT = 62, 14
"""Pixels beside the timeline, where its axis is."""
ROW = 21
"""The height of a frame."""


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


Pages = Callable[[str], tuple[Path, Truth]]


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


def walk(page: Any, *keys: str) -> tuple[str, float]:
    """The name and the amount of the frame that the keys lead to."""
    name, amount = press(page, *keys).rsplit(": ", 1)
    return name, size(amount)


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
