# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Stops a program in pdb where `--pdb-mmem` found too much memory in use.

The frame stays where it is: nothing is run twice, and a return is still a return. The debugger
sees the program's frames only, not those of the profiler below and between them.
"""

from __future__ import annotations

import pdb
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types import FrameType

_OURS = ("memory_profiler", "peakline")


class _Debugger(pdb.Pdb):
    """Lets go of the program's objects when it goes on: what they take is what is looked into."""

    def forget(self) -> None:
        """Leaves the frame that was looked at."""
        super().forget()
        self.curframe_locals = {}

    def set_continue(self) -> None:
        """Goes on, without tracing where there is no breakpoint."""
        super().set_continue()
        if not self.breaks and self.botframe is not None:
            del self.botframe.f_trace
            self.enterframe = None  # CPython 3.13 notes the frame it stopped in.


def stop(frame: FrameType, event: str, arg: Any) -> Any:
    """Hands an event of a trace function over to a new debugger; the trace function from now on."""
    debugger = _Debugger(skip=[pattern for name in _OURS for pattern in (name, f"{name}.*")])
    debugger.set_trace(frame)
    debugger.botframe = bottom = _outermost_of_program(frame)
    below = bottom.f_back
    while below is not None:
        del below.f_trace
        below = below.f_back
    trace = debugger.trace_dispatch
    sys.settrace(trace)
    return trace(frame, event, arg)


def _outermost_of_program(frame: FrameType) -> FrameType:
    """The frame that we called when the program began, or the thread's first."""
    from peakline import _run

    below = frame.f_back
    while below is not None and below.f_code.co_filename != _run.__file__:
        frame, below = below, below.f_back
    return frame
