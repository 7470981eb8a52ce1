# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Cells as IPython runs them: which one is running, when it is over, and `%%peakline` at the top
of one.
"""

from __future__ import annotations

import re
import sys
from _thread import get_ident
from typing import TYPE_CHECKING, Any

from IPython.core.inputtransformer2 import cell_magic
from IPython.core.interactiveshell import InteractiveShell

from peakline._magics.arguments import usage_error

if TYPE_CHECKING:
    from types import FrameType

_RUNS_CELLS = InteractiveShell.run_cell_async.__code__
_LONGEST_TITLE = 80


class Cell:
    """The cell that is running here, the innermost of several. Raises UsageError where none is."""

    def __init__(self, shell: Any) -> None:
        frame: FrameType | None = sys._getframe()
        while frame is not None and frame.f_code is not _RUNS_CELLS:
            frame = frame.f_back
        if frame is None:
            raise usage_error("no cell is running here that could be recorded")
        self._frame = frame
        self._thread = get_ident()
        self._result = frame.f_locals.get("result")
        self._raw = str(frame.f_locals.get("raw_cell", ""))
        # Front ends run cells of their own, and `%run` those of a notebook, with that event only.
        silent = bool(frame.f_locals.get("silent"))
        self.last_event = "post_execute" if silent else "post_run_cell"
        """The event after it whose arguments `is_over` takes."""
        self.number: int = shell.displayhook.prompt_count
        """That of its prompt."""

    def is_suspended(self) -> bool:
        """Whether it is not among the callers here: it is over, or awaits something."""
        if get_ident() != self._thread:
            return False
        frame: FrameType | None = sys._getframe()
        while frame is not None and frame is not self._frame:
            frame = frame.f_back
        return frame is None

    def is_over(self, *results: Any) -> bool:
        """Whether its last event is this one, and not that of a cell which it has run, or which
        ran while it awaits something.
        """
        for result in results:
            if result is self._result:
                return True
            # That of an interrupted cell is made anew, or there is none.
            if result is not None and result.info.raw_cell != self._raw:
                return False
        return self.is_suspended()

    @property
    def title(self) -> str:
        """What to call it: its prompt, and its first line that is no magic's."""
        lines = self._raw.splitlines()
        code = [line.strip() for line in lines if line.strip() and not line.startswith("%")]
        title = f"In[{self.number}]: {code[0]}" if code else f"In[{self.number}]"
        # A command line has no zero bytes, a page no control characters.
        title = "".join(each if each.isprintable() else " " for each in title)
        return title if len(title) <= _LONGEST_TITLE else title[: _LONGEST_TITLE - 1] + "…"


def with_line_magic(line: str, lines: list[str]) -> list[str]:
    """A cell whose first statement has the rest of it recorded."""
    body = [*lines]
    # Another cell magic may come next; it is one at the very top only.
    start = next((index for index, text in enumerate(body) if text.strip()), 0)
    return [f"%peakline cell {line}".rstrip() + "\n", *body[:start], *cell_magic(body[start:])]


def open_cell(lines: list[str]) -> list[str]:
    """Has a cell below `%%peakline` be an ordinary one that begins with a line magic.

    So IPython itself runs it, and its value, its errors, its tasks and its syntax are what they
    are in any cell.
    """
    found = re.match(r"%%peakline(?![\w?])(.*)", lines[0]) if lines else None
    return with_line_magic(found[1].strip(), lines[1:]) if found else lines


# Whether a cell is complete is asked of the cell magic, which ends with an empty line.
open_cell.has_side_effects = True  # type: ignore[attr-defined]


def connect(shell: Any) -> None:
    """From now on `%%peakline` is understood."""
    transforms = shell.input_transformer_manager.cleanup_transforms
    if open_cell not in transforms:
        transforms.append(open_cell)


def disconnect(shell: Any) -> None:
    """It is not any more."""
    transforms = shell.input_transformer_manager.cleanup_transforms
    if open_cell in transforms:
        transforms.remove(open_cell)
