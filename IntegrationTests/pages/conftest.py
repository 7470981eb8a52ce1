# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Pages in a real browser: Debian's Chromium, driven by Playwright."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import made_page
import pytest

CHROMIUM = os.environ.get("CHROMIUM", "")


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    if not CHROMIUM:
        pytest.skip("there is no Chromium: tools/chromium could not install it")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser: Any) -> Iterator[Callable[..., Any]]:
    """Opens a file; in the end no page may have complained, or asked for anything but its file."""
    contexts, complaints, requests = [], [], []

    def open_page(path: Path, *, width: int = 1000, height: int = 800, **options: Any) -> Any:
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: requests.append(request.url))
        page.goto(path.as_uri())
        if options.get("java_script_enabled", True):
            settle(page)
        return page

    yield open_page
    for context in contexts:
        context.close()
    # That is about the tests, which look at single dots.
    assert [text for text in complaints if not text.startswith("Canvas2D: Multiple readback")] == []
    assert all(url.startswith(("file://", "data:", "about:srcdoc")) for url in requests), requests


def settle(page: Any) -> None:
    """Waits until what was asked for has been drawn."""
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => setTimeout(done, 30)))")


@pytest.fixture(scope="session")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Any]:
    """The page of an example, and the truth about it."""
    from made_examples import EXAMPLES
    from reading import Truth

    folder = tmp_path_factory.mktemp("report")
    known: dict[str, tuple[Path, Truth]] = {}

    def page(name: str) -> tuple[Path, Truth]:
        if name not in known:
            truth = Truth(EXAMPLES[name]())
            path = made_page.write(truth.recording, folder / f"{name}.html")
            known[name] = path, truth
        return known[name]

    return page
