# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""`%%peakline`: records a cell and shows the page of it; `%peakline_diff`: what has changed."""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from peakline._magics import show
from peakline._magics.arguments import parse, usage_error
from peakline._magics.cells import Cell
from peakline._magics.kept import Kept

if TYPE_CHECKING:
    from peakline._magics.arguments import Arguments
    from peakline._record import Recording

HEIGHT = 720
"""Of a page below a cell, in pixels."""


class Recorder:
    """Records the cells of a shell, one at a time."""

    def __init__(self, shell: Any) -> None:
        self._shell = shell
        self._kept = Kept()
        self._recording: Recording | None = None
        self._cell: Cell
        self._title = ""
        self._height = HEIGHT

    def begin(self, line: str) -> None:
        """Records the rest of the cell that is running. Raises UsageError."""
        from peakline import CannotRecord, HeapUnavailable

        options = parse(line, "", ("exact", "sample=", "height="))
        height, file = _height(options), _unquoted(options.rest)
        cell = Cell(self._shell)
        title = cell.title
        if self._recording is not None and not self._cell.is_suspended():
            raise usage_error("this cell is being recorded: '%%peakline' cannot be in itself")
        self._discard()
        try:
            recording = self._begun(options, file)
        except OSError as error:
            raise usage_error(f"{file or error.filename}: {error.strerror}") from None
        except (ValueError, CannotRecord, HeapUnavailable) as error:
            raise usage_error(str(error)) from None
        self._cell, self._title, self._height = cell, title, height
        self._recording = recording
        self._shell.events.register(cell.last_event, self._end_with_cell)

    def _begun(self, options: Arguments, file: str) -> Recording:
        from peakline._record import DEFAULT_INTERVAL, record

        sample: int | str = options.last("sample") or DEFAULT_INTERVAL
        recording = record(self._kept.new(file), sample=sample, exact="exact" in options)
        recording.start()
        try:
            # What was there is there until this one is.
            recording.path = self._kept.named(recording.path, file)
        except BaseException:
            recording.end()
            raise
        return recording

    def compare(self, line: str) -> None:
        """Shows the difference of the last two. Raises UsageError."""
        options = parse(line, "", ("height=",))
        height = _height(options)
        if options.rest:
            raise usage_error(f"'%peakline_diff' takes no {options.rest!r}: it has --height alone")
        before, after = self._kept.last_two()
        show.pages(self._shell, after, before=before, height=height)

    def close(self) -> None:
        """Ends what is going on, for good."""
        self._discard()

    def _end_with_cell(self, *results: Any) -> None:
        """Called when any cell is over, also one that another has run."""
        recording = self._recording
        if recording is None or not self._cell.is_over(*results):
            return
        self._stop_listening()
        # In a forked child the recording is its parent's.
        if not recording.end():
            return
        from peakline import CannotShow
        from peakline._record import seal

        seal(recording.path, title=self._title)
        self._kept.add(recording.path)
        try:
            show.pages(self._shell, recording.path, height=self._height)
        except CannotShow as error:
            print(f"The cell was recorded, but cannot be shown: {error}", file=sys.stderr)

    def _discard(self) -> None:
        recording = self._recording
        if recording is not None:
            self._stop_listening()
            recording.end()

    def _stop_listening(self) -> None:
        self._recording = None
        with suppress(ValueError):
            self._shell.events.unregister(self._cell.last_event, self._end_with_cell)
        del self._cell


def _height(options: Arguments) -> int:
    text = options.last("height")
    if text is None:
        return HEIGHT
    if not text.isdecimal() or not 100 <= int(text) <= 10_000:
        raise usage_error(f"--height needs a number of pixels, 100 to 10000, not {text!r}")
    return int(text)


def _unquoted(text: str) -> str:
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'" else text
