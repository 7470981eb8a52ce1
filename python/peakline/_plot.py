# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""`plot`: recordings of mprof as a picture, which a notebook shows below its cell.

The executable draws; docs/design.md says how.
"""

from __future__ import annotations

import os

from peakline import _render

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class CannotPlot(ValueError):
    """A recording is not there, or there is nothing to be drawn; the message says which."""


class Plot:
    """A plot of recordings: interactive in a notebook, text elsewhere.

    `str(plot)` is the text, `plot.html` a page of its own, `plot.svg` a picture; all are made when
    they are asked for, of what the files hold then.
    """

    def __init__(self, words: list[str]) -> None:
        self._words = words
        # So that what is wrong with the files is said here, and not when a notebook asks.
        self._text = self._printed("text")

    def _printed(self, kind: str, *options: str) -> str:
        words = ["mprof", "plot", "--print", kind, *options, *self._words]
        try:
            return _render.answer(words)
        except _render.CannotRender as error:
            raise CannotPlot(str(error)) from None

    @property
    def html(self) -> str:
        """A page of its own, which needs no network."""
        return self._printed("page")

    @property
    def svg(self) -> str:
        """A picture, light or dark as its reader's system is."""
        return self._printed("svg")

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes the page, or the picture where the name ends in `.svg`. Raises OSError, and
        ValueError for another ending than `.svg`, `.html` and `.htm`: `mprof plot -o` has more.
        """
        name = os.fsdecode(path)
        ending = os.path.splitext(name)[1].lower()
        if ending not in (".svg", ".html", ".htm"):
            raise ValueError(f"{name!r} must end in .html or .svg: 'mprof plot -o' makes others")
        text = self.svg if ending == ".svg" else self.html
        with open(name, "w", encoding="utf-8") as file:
            file.write(text)

    def to_text(self, *, color: bool = False, width: int | None = None) -> str:
        """The text, with colours if asked for, in rows of `width` cells (80 where that is None)."""
        options = ["--color", "always" if color else "never"]
        if width is not None:
            options += ["--width", str(min(max(width, 20), 10_000))]
        return self._printed("text", *options)

    def __str__(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return self._text.rstrip("\n")

    def _repr_html_(self) -> str:
        return self._printed("fragment")

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/html": self._repr_html_(), "text/plain": self._text}


def plot(
    *recordings: str | os.PathLike[str] | int,
    title: str | None = None,
    window: tuple[float, float] | None = None,
    slope: bool = False,
    flame: bool = False,
    calls: bool = True,
) -> Plot:
    """A plot of recordings that `mprof run` made, or memory_profiler's.

    recordings
        files, or numbers as `mprof list` shows them (-1 is the newest); without any, the newest
        recording of this folder. Several are drawn over one another.
    title
        in place of the command line
    window
        only this stretch, two times in seconds since the start
    slope
        whether to fit a straight line, in MiB per second
    flame
        whether to draw calls by their level on the stack; for one recording
    calls
        whether to show when functions ran

    Raises CannotPlot, a ValueError.
    """
    words = []
    if title is not None:
        words.append(f"--title={title}")
    if window is not None:
        if len(window) != 2:
            raise CannotPlot("window needs two times in seconds, as in (2, 5)")
        words.append(f"--window={float(window[0])!r},{float(window[1])!r}")
    words += ["--slope"] if slope else []
    words += ["--flame"] if flame else []
    words += [] if calls else ["--no-function-ts"]
    return Plot([*words, "--", *_named(recordings)])


def _named(recordings: tuple[str | os.PathLike[str] | int, ...]) -> list[str]:
    return [str(one) if isinstance(one, int) else os.fspath(one) for one in recordings]
