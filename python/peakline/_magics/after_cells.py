# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""`%peakline on`: below each cell a line that says what it did to the memory."""

from __future__ import annotations

import html
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from peakline._heap import HeapUnavailable
from peakline._magics import show
from peakline._magics.cells import Cell
from peakline._magics.meters import HeapMeter, ResidentMeter

if TYPE_CHECKING:
    from peakline._magics.meters import Figures

_MIB = 1048576
_STYLE = "font-size:85%;opacity:.7;font-variant-numeric:tabular-nums"


class AfterCells:
    """Says it after each cell of a shell's user, from `on()` to `off()`; cells that front ends run
    by themselves are not the user's, and those that a cell runs are a part of it.
    """

    def __init__(self, shell: Any) -> None:
        self._shell = shell
        self._hooks = {"pre_run_cell": self._begin, "post_run_cell": self._end}
        self._kind: type[HeapMeter | ResidentMeter] = HeapMeter
        self._meter: HeapMeter | ResidentMeter | None = None
        self._cell: Cell

    def on(self) -> None:
        """Begins with the next cell; says where the heap cannot be counted."""
        try:
            HeapMeter().end()
            self._kind = HeapMeter
        except HeapUnavailable as error:
            print(f"The resident set is shown: {error}.")
            self._kind = ResidentMeter
        self.off()
        for event, hook in self._hooks.items():
            self._shell.events.register(event, hook)

    def off(self) -> None:
        """Ends, this cell included."""
        for event, hook in self._hooks.items():
            with suppress(ValueError):
                self._shell.events.unregister(event, hook)
        self._drop()

    def _drop(self) -> None:
        if self._meter is not None:
            self._meter.end()
            self._meter = None
            del self._cell

    def _begin(self, info: Any) -> None:
        # What runs while a cell awaits is a part of it, like what it runs, unless it is the user's.
        if info.store_history and (self._meter is None or self._cell.is_suspended()):
            self._drop()
            self._cell = Cell(self._shell)
            self._meter = self._kind()

    def _end(self, result: Any) -> None:
        if self._meter is None or not self._cell.is_over(result):
            return
        figures = self._meter.end()
        self._meter = None
        del self._cell
        text = in_words(figures, self._kind.word)
        markup = f'<div style="{_STYLE}">{html.escape(text)}</div>'
        show.line(self._shell, text, markup)


def in_words(figures: Figures, word: str) -> str:
    """As one line of text."""
    peak = "not known" if figures.peak is None else f"{figures.peak / _MIB:+.1f} MiB"
    return (
        f"{figures.in_use / _MIB:.1f} MiB {word}, {_signed(figures.change)}, "
        f"peak of this cell {peak}"
    )


def _signed(size: int) -> str:
    text = f"{size / _MIB:+.1f} MiB"
    return "+0.0 MiB" if text == "-0.0 MiB" else text
