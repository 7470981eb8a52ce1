# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""`show`: a capture as a page, or what changed since another; a notebook shows it below its cell.

The executable makes the page; docs/design.md says how.
"""

from __future__ import annotations

import html
import os

from peakline import _render

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class CannotShow(ValueError):
    """A capture is not there, or cannot be read; the message says which."""


class Page:
    """The page of a capture: interactive in a notebook, a summary as text elsewhere.

    `page.html` is the page as text, one file that needs no network; `page.save(path)` writes it;
    `str(page)` is what `peakline report` prints, or `peakline diff` where two are compared.
    """

    def __init__(self, words: list[str], height: int, report: str = "report") -> None:
        self._words = words
        self._height = height
        # So that what is wrong with a file is said here, and not when a notebook asks.
        self._text = _answer([report, *words])

    @property
    def html(self) -> str:
        """A page of its own, which needs no network."""
        return _answer(["html", "-o", "-", *self._words])

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes the page. Raises OSError."""
        with open(os.fsdecode(path), "w", encoding="utf-8") as file:
            file.write(self.html)

    def __str__(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return self._text.rstrip("\n")

    def _repr_html_(self) -> str:
        # In a frame that can reach nothing outside of itself.
        return (
            f'<iframe sandbox="allow-scripts" title="Peakline report" loading="lazy" '
            f'style="width:100%;height:{self._height}px;border:0" '
            f'srcdoc="{html.escape(self.html)}"></iframe>'
        )

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/html": self._repr_html_(), "text/plain": self._text}


def show(
    capture: str | os.PathLike[str] | None = None,
    *,
    before: str | os.PathLike[str] | None = None,
    process: str | int | None = None,
    height: int = 900,
) -> Page:
    """The page of a capture: timeline, flame graph, sources and table.

    capture
        a file that `peakline record` or `peakline.record` made; without it the newest here
    before
        another one, of the same program as it was: the page shows what changed from this one on
    process
        of a tree of processes one by itself, by its number or its command
    height
        of the frame in a notebook, in pixels

    Raises CannotShow, a ValueError.
    """
    words = [] if process is None else [f"--process={process}"]
    if before is not None:
        if capture is None:
            raise CannotShow("what is compared needs a name: show(after, before=before)")
        return Page([*words, "--", os.fspath(before), os.fspath(capture)], height, "diff")
    if capture is not None:
        words += ["--", os.fspath(capture)]
    return Page(words, height)


def _answer(words: list[str]) -> str:
    try:
        return _render.answer(words)
    except _render.CannotRender as error:
        raise CannotShow(str(error)) from None
