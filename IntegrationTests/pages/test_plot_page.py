# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""The page of `mprof plot`: what is pointed at, zoomed into and switched, by mouse and keyboard."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import settle

Open = Callable[..., Any]

# Ten seconds, a step of 10 MiB each; a child of 40 MiB from 3 s to 6 s.
RECORDING = (
    "CMDLINE python stairs.py\n"
    + "".join(f"MEM {10 + n // 10 * 10}.000000 {1000 + n / 10:.4f}\n" for n in range(101))
    + "".join(f"CHLD 41 40.000000 {1003 + n / 10:.4f}\n" for n in range(31))
    + "FUNC __main__.load 10.0000 1000.5000 50.0000 1004.2000 0\n"
    + "FUNC __main__.parse 20.0000 1001.5000 30.0000 1002.5000 1\n"
    + "MARK 70.0000 1007.0000 </script><b>bold</b> & Ünïcode\n"
)
LEFT, RIGHT = 64, 12
"""Pixels beside the picture, where its axis is."""


def plot(folder: Path, *options: str, name: str = "page.html", text: str = RECORDING) -> Path:
    """The page of a recording."""
    (folder / "a.dat").write_text(text, encoding="utf-8")
    command = ["mprof", "plot", "-o", name, *options, "a.dat"]
    subprocess.run(command, cwd=folder, check=True)
    return folder / name


def point(page: Any, seconds: float, of: float = 10.0, y: float = 120) -> None:
    """Moves the mouse over a moment."""
    box = page.locator("#area").bounding_box()
    share = seconds / of * (box["width"] - LEFT - RIGHT)
    page.mouse.move(box["x"] + LEFT + share, box["y"] + y)
    settle(page)


def readout(page: Any) -> list[str]:
    """The rows beside the moment that is pointed at."""
    rows = page.locator("#readout > div").all()
    return [row.inner_text().replace("\n", " ") for row in rows]


def test_pointing_tells_what_there_was(tmp_path: Path, open_page: Open) -> None:
    page = open_page(plot(tmp_path))
    point(page, 4.0)
    moment, *rows = readout(page)
    assert moment.startswith(("3.99", "4.0"))
    assert rows == ["program 50.0 MiB", "child 41 40.0 MiB", "load 3.70 s, +40.0 MiB"]
    point(page, 7.0)
    assert readout(page)[1:] == ["program 80.0 MiB", "</script><b>bold</b> & Ünïcode mark"]
    page.mouse.move(1, 1)
    settle(page)
    assert page.locator("#readout").is_hidden()


def test_a_stretch_that_is_drawn_is_zoomed_into(tmp_path: Path, open_page: Open) -> None:
    page = open_page(plot(tmp_path))
    whole = page.locator("#all")
    assert whole.is_disabled()
    point(page, 2.0)
    page.mouse.down()
    point(page, 4.0)
    page.mouse.up()
    settle(page)
    assert whole.is_enabled()
    # The middle of the picture is now at three seconds.
    point(page, 5.0)
    assert readout(page)[0].startswith(("2.99", "3.0"))
    page.dblclick("#area", position={"x": 300, "y": 100})
    settle(page)
    assert whole.is_disabled()


def test_all_of_it_goes_by_keyboard(tmp_path: Path, open_page: Open) -> None:
    page = open_page(plot(tmp_path))
    page.locator("#area").focus()
    page.keyboard.press("p")
    settle(page)
    assert readout(page)[:2] == ["10.00 s", "program 110 MiB"]
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    settle(page)
    assert readout(page)[:2] == ["0.10 s", "program 10.0 MiB"]
    for key in ("+", "+"):
        page.keyboard.press(key)
    settle(page)
    assert page.locator("#all").is_enabled()
    page.keyboard.press("Escape")
    settle(page)
    assert page.locator("#all").is_disabled()
    assert page.locator("#readout").get_attribute("role") == "status"


def test_a_curve_is_hidden_and_shown_by_its_name(tmp_path: Path, open_page: Open) -> None:
    page = open_page(plot(tmp_path))
    child = page.get_by_role("button", name="child 41")
    child.click()
    assert child.get_attribute("aria-pressed") == "false"
    point(page, 4.0)
    assert "child 41 40.0 MiB" not in readout(page)
    child.click()
    point(page, 4.0)
    assert "child 41 40.0 MiB" in readout(page)


def color(page: Any, seconds: float, mebibytes: float, top: float) -> list[int]:
    """The colour of the picture at a moment and an amount of memory, whose axis ends at `top`."""
    return page.evaluate(  # type: ignore[no-any-return]
        """([share, height]) => {
          const canvas = document.getElementById("chart");
          const [width, tall] = [canvas.clientWidth, canvas.clientHeight];
          const x = 64 + share * (width - 76);
          const y = tall - 24 - height * (tall - 38);
          return [...canvas.getContext("2d").getImageData(x, y, 1, 1).data];
        }""",
        [seconds / 10, mebibytes / top],
    )


def test_processes_can_be_put_on_one_another(tmp_path: Path, open_page: Open) -> None:
    page = open_page(plot(tmp_path))
    # Between the program's 50 MiB at four seconds and the sum of both there is nothing yet.
    assert color(page, 4.5, 70, 110 * 1.04)[3] == 0
    page.click("#stack")
    settle(page)
    assert page.locator("#stack").get_attribute("aria-pressed") == "true"
    filled = color(page, 4.5, 70, 110 * 1.04)
    assert filled[3] > 150
    assert filled[0] > filled[2]  # the child's orange, and not the program's blue
    assert color(page, 4.5, 100, 110 * 1.04)[3] == 0
    assert color(page, 2.5, 50, 110 * 1.04)[3] == 0


def test_what_was_not_there_at_once_is_not_stacked(tmp_path: Path, open_page: Open) -> None:
    """Two children that take turns with 100 MiB, many times in each column of dots."""
    turns = "".join(
        f"CHLD {41 + other} {100 * (n % 2 == other)}.000000 {1000 + n / 1000:.4f}\n"
        for n in range(10_001)
        for other in (0, 1)
    )
    text = f"CMDLINE turns\nMEM 10.0 1000.0000\nMEM 10.0 1010.0000\n{turns}"
    page = open_page(plot(tmp_path, text=text))
    page.click("#stack")
    settle(page)
    assert color(page, 5.0, 105, 110 * 1.04)[3] > 150
    # 200 MiB would make the axis twice as long; the sum is 110.
    point(page, 5.0)
    assert readout(page)[-1].startswith("together 110")


def test_a_child_of_one_sample_is_seen(tmp_path: Path, open_page: Open) -> None:
    text = "MEM 50.0 1000.0000\nMEM 50.0 1010.0000\nCHLD 41 500.0 1005.0000\n"
    page = open_page(plot(tmp_path, text=text))
    assert color(page, 5.0, 500, 500 * 1.04)[3] > 200


def test_the_peak_of_a_window_is_the_windows(tmp_path: Path, open_page: Open) -> None:
    page = open_page(plot(tmp_path, "-w", "2,4"))
    page.click("#peak")
    settle(page)
    assert readout(page)[0].startswith("4.0")
    assert "program 50.0 MiB" in readout(page)


def test_a_sample_that_is_far_from_the_pointer_says_so(tmp_path: Path, open_page: Open) -> None:
    text = "MEM 10.0 1000.0000\nMEM 50.0 1004.0000\nMEM 10.0 1010.0000\n"
    page = open_page(plot(tmp_path, text=text))
    point(page, 5.0)
    assert readout(page)[1] == "program 50.0 MiB at 4.00 s"


def test_a_finger_points_too(tmp_path: Path, open_page: Open) -> None:
    page = open_page(plot(tmp_path), has_touch=True)
    page.touchscreen.tap(500, 300)
    settle(page)
    assert "program" in " ".join(readout(page))


def test_light_and_dark(tmp_path: Path, open_page: Open) -> None:
    path = plot(tmp_path)

    def background(page: Any) -> str:
        return page.evaluate("() => getComputedStyle(document.documentElement).backgroundColor")  # type: ignore[no-any-return]

    dark = open_page(path, color_scheme="dark")
    assert background(dark) == "rgb(22, 24, 28)"
    dark.click("#theme")
    assert background(dark) == "rgb(255, 255, 255)"
    assert background(open_page(path, color_scheme="light")) == "rgb(255, 255, 255)"


@pytest.mark.parametrize("width", [320, 2000])
def test_it_fits_small_and_large_screens(tmp_path: Path, open_page: Open, width: int) -> None:
    page = open_page(plot(tmp_path), width=width)
    assert page.evaluate("() => document.documentElement.scrollWidth") <= width
    point(page, 5.0)
    box = page.locator("#readout").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nobody_is_shut_out(tmp_path: Path, open_page: Open, scheme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = open_page(plot(tmp_path), color_scheme=scheme)
    page.get_by_role("button", name="child 41").click()
    point(page, 4.0)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_without_scripts_there_is_a_picture(tmp_path: Path, open_page: Open) -> None:
    page = open_page(plot(tmp_path), java_script_enabled=False)
    assert page.locator("#still svg").is_visible()
    assert page.locator("#area").is_hidden()
    assert page.locator("button").first.is_hidden()


def test_the_fragment_is_the_page_in_a_frame(tmp_path: Path, open_page: Open) -> None:
    plot(tmp_path)
    command = ["mprof", "plot", "--print", "fragment", "a.dat"]
    answer = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    (tmp_path / "nb.html").write_text(f"<!DOCTYPE html><body>{answer.stdout}</body>")
    page = open_page(tmp_path / "nb.html")
    assert page.locator("img").is_hidden()
    # Its script has run by then.
    page.locator("iframe").element_handle().content_frame().wait_for_load_state()
    frame = page.frame_locator("iframe")
    assert frame.locator("#chart").is_visible()
    frame.locator("#area").focus()
    page.keyboard.press("p")
    assert "110 MiB" in frame.locator("#readout").inner_text()
    # Untrusted notebooks lose both; the picture is what remains.
    start, end = answer.stdout.index("<style>"), answer.stdout.index("</style>")
    bare = answer.stdout[:start] + answer.stdout[end:]
    bare = bare[: bare.index("<iframe")] + bare[bare.index("</iframe>") :]
    (tmp_path / "bare.html").write_text(f"<!DOCTYPE html><body>{bare}</body>")
    picture = open_page(tmp_path / "bare.html").locator("img")
    assert picture.is_visible()
    assert picture.evaluate("image => image.naturalWidth") == 960
