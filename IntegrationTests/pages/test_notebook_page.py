# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""A notebook with a recorded cell: run, saved, read again, exported by nbconvert, and opened."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

nbclient = pytest.importorskip("nbclient", reason="nbclient is not installed: pip install nbclient")
nbconvert = pytest.importorskip("nbconvert", reason="nbconvert is not installed")
nbformat = pytest.importorskip("nbformat")
pytest.importorskip("ipykernel", reason="ipykernel is not installed: pip install ipykernel")

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

CELL = """%%peakline --exact
rows = load(40)
await asyncio.sleep(0.01)
!echo said
more = bytearray(5 << 20)
'value'"""
CELLS = [
    "%load_ext peakline\n%peakline on\nimport asyncio",
    "def load(count):\n    return [bytearray(1 << 20) for _ in range(count)]",
    CELL,
    CELL.replace("load(40)", "load(60)"),
    "%peakline_diff",
]


class Opened(NamedTuple):
    """The notebook as HTML in a browser."""

    page: Any
    frame: Any
    """What is in the frame below the cell."""
    change: Any
    """What is in the last frame, below `%peakline_diff`."""
    complaints: list[str]


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("notebook")
    cells = [nbformat.v4.new_code_cell(cell) for cell in CELLS]
    notebook = nbformat.v4.new_notebook(cells=cells)
    with pytest.MonkeyPatch.context() as patch:
        for name in ("IPYTHONDIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR"):
            patch.setenv(name, str(folder / name))
        patch.setenv("JUPYTER_PREFER_ENV_PATH", "1")
        nbclient.NotebookClient(notebook, timeout=300, kernel_name="python3").execute()
    saved = folder / "saved.ipynb"
    nbformat.write(notebook, saved)
    text, _ = nbconvert.HTMLExporter().from_notebook_node(nbformat.read(saved, as_version=4))
    target = folder / "notebook.html"
    target.write_text(text, encoding="utf-8")
    return target


@pytest.fixture(params=["light", "dark"])
def opened(browser: Any, exported: Path, request: pytest.FixtureRequest) -> Iterator[Opened]:
    context = browser.new_context(
        viewport={"width": 1200, "height": 1600}, color_scheme=request.param
    )
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))

    # What nbconvert's own template asks for is not there; whether the frame asks is another matter.
    def answer(route: Any) -> None:
        is_frames = route.request.frame != page.main_frame
        if is_frames and not route.request.url.startswith(("data:", "about:")):
            complaints.append(route.request.url)
        if route.request.url.startswith("file:"):
            route.continue_()
        else:
            route.fulfill(status=200, content_type="text/javascript", body="")

    context.route("**/*", answer)
    page.goto(exported.as_uri())
    frames = []
    for handle in page.locator("iframe").element_handles():
        handle.scroll_into_view_if_needed()
        frames.append(handle.content_frame())
        frames[-1].wait_for_selector("html.ready")
    assert len(frames) == 3
    yield Opened(page, frames[0], frames[-1], complaints)
    context.close()
    # nbconvert's template misses the libraries that were not loaded for it.
    ours = [text for text in complaints if not re.search(r"require|MathJax|mermaid|Canvas2D", text)]
    assert ours == []


def test_the_frame_shows_the_page_of_the_cell(opened: Opened) -> None:
    frame = opened.frame
    assert frame.locator("#title").inner_text() == "In[3]: rows = load(40)"
    head = json.loads(frame.locator("#report").text_content())
    held = [text for text in frame.locator("#findings").inner_text().splitlines() if text]
    assert any("In[2]" in text for text in held)
    named = {head["files"][one["file"]]: one["lines"] for one in head["sources"]}
    assert named["In[3]"] == CELL.splitlines()
    assert named["In[2]"] == CELLS[1].splitlines()
    # The text is for those who get no frame.
    assert not opened.page.locator(".peakline-page pre").first.is_visible()


def test_the_difference_of_two_cells(opened: Opened) -> None:
    text = opened.change.locator("#findings").inner_text()
    found = re.search(r"Line 2 of In\[2\] holds ([\d.]+) MiB more at the peak", text)
    assert found, text
    assert float(found[1]) == pytest.approx(20, abs=0.5)
    head = json.loads(opened.change.locator("#report").text_content())
    assert head["kind"] == "difference"
    # At the second one's peak the rows of the first are still there, and the line below has not
    # run: it is the same line in both, though cells have numbers of their own.
    assert "Line 5 of In[4] holds 5.00 MiB less at the peak" in text


def test_it_fits_below_the_cell_and_works(opened: Opened) -> None:
    box = opened.page.locator("iframe").first.bounding_box()
    assert box["width"] > 900
    assert box["height"] == 720
    frame = opened.frame
    assert frame.evaluate("document.documentElement.scrollWidth <= innerWidth")
    frame.locator("#search").fill("load")
    frame.wait_for_function("document.querySelector('#search').value === 'load'")
    assert frame.locator("main").inner_text().count("In[2]:2") > 0


def test_it_can_reach_nothing_outside(opened: Opened) -> None:
    assert opened.page.locator("iframe").first.get_attribute("sandbox") == "allow-scripts"
    assert opened.frame.evaluate("origin") == "null"


def test_below_the_cells_there_is_a_line(opened: Opened) -> None:
    text = opened.page.locator("body").inner_text()
    found = re.findall(r"MiB of heap in use, ([+-][\d.]+) MiB, peak of this cell", text)
    assert len(found) == 4
    assert float(found[1]) == pytest.approx(45.2, abs=1.5)
