# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""How long the report page takes to answer, with as much data as it may hold.

    pages.py                    a page of 100,000 nodes and 262,144 changes, in CHROMIUM
    pages.py --only search      only what is done with "search" in its name
    pages.py --page FILE        another page, such as that of a capture

Each thing is done with the mouse or the keyboard, as a person would, and counts from the event
until the frame after the next one begins: what was asked for is on the screen by then.
"""

from __future__ import annotations

import argparse
import itertools
import os
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

sys.path.append(str(Path(__file__).resolve().parents[1] / "IntegrationTests/pages"))

# Seconds from the navigation, and milliseconds of everything else, that are promised.
OPENS, ANSWERS = 1000.0, 50.0
LISTEN = """
addEventListener("DOMContentLoaded", () => {
  const painted = done => requestAnimationFrame(() => requestAnimationFrame(done));
  new MutationObserver(() => painted(() => { window.openedAt ??= performance.now(); }))
    .observe(document.documentElement, { attributeFilter: ["class"] });
});
window.expectEvent = (...names) => {
  window.took = new Promise(done => {
    const begun = event => {
      for (const name of names) removeEventListener(name, begun, true);
      const start = performance.now();
      requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - start)));
    };
    for (const name of names) addEventListener(name, begun, true);
  });
};
"""


class Person:
    """Somebody in front of the page."""

    def __init__(self, page: Any, path: Path) -> None:
        self.page = page
        self.path = path
        self.turns = itertools.count(1)

    def open(self) -> float:
        self.page.goto("about:blank")
        self.page.goto(self.path.as_uri())
        self.page.wait_for_function("window.openedAt")
        return float(self.page.evaluate("window.openedAt"))

    def times(self, event: str, act: Callable[[], object]) -> float:
        """Milliseconds from the event until it is painted."""
        # What follows later, out of sight, is of the thing before.
        self.page.wait_for_timeout(120)
        self.page.evaluate("names => expectEvent(...names)", event.split())
        act()
        return float(self.page.evaluate("window.took"))

    def box(self, selector: str) -> dict[str, float]:
        found: dict[str, float] = self.page.locator(selector).bounding_box()
        return found

    def at(self, selector: str, x: float, y: float) -> tuple[float, float]:
        """A point of an element: shares of its width and pixels from its top."""
        box = self.box(selector)
        return box["x"] + box["width"] * x, box["y"] + y

    def share(self) -> float:
        """Another part of the way each time, all over it."""
        return 0.1 + 0.8 * (next(self.turns) * 0.618 % 1)

    def press(self, key: str) -> Callable[[], None]:
        return lambda: self.page.keyboard.press(key)

    def click(self, selector: str) -> Callable[[], None]:
        # Where it is is found out before, since that takes time.
        x, y = self.at(selector, 0.5, self.box(selector)["height"] / 2)
        self.page.mouse.move(x, y)
        return lambda: self.page.mouse.click(x, y)


Thing = Callable[[Person], Iterator[float]]
THINGS: dict[str, Thing] = {}


def thing(words: str) -> Callable[[Thing], Thing]:
    def enter(function: Thing) -> Thing:
        THINGS[words] = function
        return function

    return enter


@thing("choose an instant")
def instant(person: Person) -> Iterator[float]:
    while True:
        x, y = person.at("#timeline", person.share(), 60)
        person.page.mouse.move(x, y)
        yield person.times("pointerup", lambda x=x, y=y: person.page.mouse.click(x, y))


@thing("go on by an arrow key")
def arrow(person: Person) -> Iterator[float]:
    person.page.locator("#timeline").focus()
    while True:
        yield person.times("keydown", person.press("ArrowRight"))


@thing("draw a window, each move")
def window(person: Person) -> Iterator[float]:
    x, y = person.at("#timeline", 0.3, 60)
    person.page.mouse.move(x, y)
    person.page.mouse.down()
    try:
        while True:
            x, y = person.at("#timeline", person.share(), 60)
            yield person.times("pointermove", lambda x=x, y=y: person.page.mouse.move(x, y))
    finally:
        person.page.mouse.up()


@thing("point at the timeline")
def point(person: Person) -> Iterator[float]:
    while True:
        x, y = person.at("#timeline", person.share(), 60)
        yield person.times("pointermove", lambda x=x, y=y: person.page.mouse.move(x, y))


@thing("zoom the timeline")
def zoom_time(person: Person) -> Iterator[float]:
    person.page.locator("#timeline").focus()
    for key in itertools.cycle("++++----"):
        yield person.times("keydown", person.press(key))


@thing("change the measure")
def measure(person: Person) -> Iterator[float]:
    for number in itertools.cycle((3, 4, 5, 6, 1)):
        yield person.times("click", person.click(f"#measures button:nth-child({number})"))


@thing("invert")
def invert(person: Person) -> Iterator[float]:
    for name in itertools.cycle(("callers", "callees")):
        yield person.times("click", person.click(f"#{name}-view"))


@thing("choose an instant, inverted")
def inverted_instant(person: Person) -> Iterator[float]:
    person.page.click("#callers-view")
    yield from instant(person)


@thing("search, each letter")
def search(person: Person) -> Iterator[float]:
    person.page.locator("#search").focus()
    while True:
        for key in "lib1.*function_3":
            yield person.times("input", person.press(key))
        person.page.fill("#search", "")


@thing("hide or show a module")
def hide(person: Person) -> Iterator[float]:
    person.page.click("#hide-summary")
    for number in itertools.cycle((3, 1, 4, 1, 5, 3, 2)):
        box = f"#modules li:nth-child({number}) input"
        yield person.times("change", person.click(box))


@thing("zoom the flame graph")
def zoom(person: Person) -> Iterator[float]:
    while True:
        for row in (3, 4, 5, 6):
            x, y = person.at("#flame", 0.02, row * 21 + 8)
            person.page.mouse.move(x, y)
            yield person.times("click", lambda x=x, y=y: person.page.mouse.click(x, y))
        yield person.times("click", person.click("#whole"))


@thing("point at the flame graph")
def point_flame(person: Person) -> Iterator[float]:
    while True:
        x, y = person.at("#flame", person.share(), 3 * 21 + 8)
        yield person.times("pointermove", lambda x=x, y=y: person.page.mouse.move(x, y))


@thing("walk between frames")
def walk(person: Person) -> Iterator[float]:
    person.page.locator("#flame").focus()
    for key in itertools.cycle(("ArrowDown", "ArrowDown", "ArrowDown", "ArrowRight", "Home")):
        yield person.times("keydown", person.press(key))


@thing("sort the table")
def sort(person: Person) -> Iterator[float]:
    for order in itertools.cycle(("total", "line", "own")):
        yield person.times("click", person.click(f'#table th[data-order="{order}"] button'))


@thing("filter the table, each letter")
def filter_(person: Person) -> Iterator[float]:
    person.page.locator("#filter").focus()
    while True:
        for key in "function_1":
            yield person.times("input", person.press(key))
        person.page.fill("#filter", "")


@thing("group the table")
def group(person: Person) -> Iterator[float]:
    for value in itertools.cycle(("function", "file", "line")):
        yield person.times(
            "change", lambda value=value: person.page.select_option("#grouping", value)
        )


@thing("scroll the table")
def scroll(person: Person) -> Iterator[float]:
    person.page.mouse.move(*person.at("#table", 0.5, 200))
    for delta in itertools.cycle((600, -600)):
        yield person.times("scroll", lambda delta=delta: person.page.mouse.wheel(0, delta))


@thing("choose a row of the table")
def row(person: Person) -> Iterator[float]:
    for number in itertools.cycle((1, 2, 3, 4, 5)):
        yield person.times("click", person.click(f"#rows tr:nth-of-type({number + 1}) button"))


@thing("show another file")
def file(person: Person) -> Iterator[float]:
    person.page.locator("#source").scroll_into_view_if_needed()
    for number in itertools.cycle((1, 2, 0)):
        yield person.times(
            "change",
            lambda number=number: person.page.select_option("#file", value=str(number)),
        )


@thing("choose a line of the source")
def line(person: Person) -> Iterator[float]:
    person.page.locator("#source").scroll_into_view_if_needed()
    person.page.select_option("#file", index=1)
    person.page.wait_for_timeout(500)
    for number in itertools.cycle((2, 5, 9, 12)):
        selector = f'#code .row[data-line="{number}"] .number'
        person.page.locator(selector).first.scroll_into_view_if_needed()
        yield person.times("click", person.click(selector))


def large_page(folder: Path) -> Path:
    """A page of made-up data, of the most that a page holds."""
    from made_examples import large
    from made_page import write

    return write(large(changes=1 << 18).finish(), folder / "large.html")


def main() -> int:
    """Prints the table; 1 if a promise is not kept."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--only", default="")
    parser.add_argument("--page", type=Path)
    options = parser.parse_args()
    print("| what is done | least | median | worst | promised |")
    print("| --- | ---: | ---: | ---: | ---: |")
    is_kept = True

    def tell(words: str, times: list[float], promise: float) -> None:
        nonlocal is_kept
        median, worst = statistics.median(times), max(times)
        mark = "" if median <= promise else " ✗"
        is_kept = is_kept and not mark
        cells = " | ".join(f"{each:.0f} ms" for each in (min(times), median, worst))
        print(f"| {words} | {cells} | ≤ {promise:.0f} ms{mark} |", flush=True)

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        path = (options.page or large_page(Path(folder))).resolve()
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM") or None, args=["--no-sandbox"]
        )
        page = browser.new_page(viewport={"width": 1400, "height": 1000})
        page.add_init_script(LISTEN)
        person = Person(page, path)
        if options.only in "open":
            tell("open", [person.open() for _ in range(max(3, options.rounds // 4))], OPENS)
        for words, function in THINGS.items():
            if options.only not in words:
                continue
            person.open()
            page.wait_for_timeout(500)
            times = list(itertools.islice(function(person), options.rounds))
            tell(words, times, ANSWERS)
        browser.close()
    return 0 if is_kept else 1


if __name__ == "__main__":
    sys.exit(main())
