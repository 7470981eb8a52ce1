# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""The driver before CPython 3.12: the agent's frame evaluation hook, proved before it is used.

The hook reads a frame's code and last instruction, and a thread's trace function, at offsets that
are known for 3.10 and 3.11. Nothing read there is followed, only compared, so a wrong offset cannot
crash; it would give a wrong table. Hence the proof: a small function whose table is known is
measured first, with all that depends on an offset in it.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable
from types import CodeType, FrameType
from typing import Any

from peakline._drivers import Unsupported


class EvaluationHook:
    """The hook of PEP 523.

    The agent installs it only while a session is on, and it sees every frame then.
    """

    name = "hook"

    def __init__(self, agent: ctypes.PyDLL, library: ctypes.c_ssize_t) -> None:
        start = ctypes.c_ssize_t(CodeType.__basicsize__)
        if not agent.peakline_hook_configure(sys.version_info[1], start, library):
            raise Unsupported("this version of CPython is not known")

    def prove(self) -> None:
        """Measures a function whose table is known. Raises Unsupported if it comes out wrong.

        Also at a debugger's prompt: that is within its trace function, where Python makes no
        events, and it must not be told of ours.
        """
        outer = sys.gettrace()
        sys.settrace(None)
        try:
            sys.call_tracing(self._prove, ())
        finally:
            sys.settrace(outer)

    def _prove(self) -> None:
        from peakline import _engine
        from peakline._source import Source

        seen: list[str] = []
        session = _engine.Session(0, all_threads=False, driver=self)
        for function in (_proof, _steps):
            session.add(function.__code__, Source(function.__code__, [], None))
        try:
            sys.settrace(_tracer_of_others(seen))
            session.begin()
            try:
                _proof(2)
            finally:
                session.end()
                restored = sys.gettrace()
                sys.settrace(None)
            tables = [
                [
                    (row.line - function.__code__.co_firstlineno, row.occurrences)
                    for row in session.measured(function.__code__).rows
                ]
                for function in (_proof, _steps)
            ]
        finally:
            session.close()
        if tables != _PROVED or seen != _TRACED or restored is None:
            raise Unsupported("the interpreter's frames are not laid out as in its releases")

    def watch(self, code: CodeType) -> None:
        """Nothing to do."""

    def unwatch(self, code: CodeType) -> None:
        """Nothing to do."""


def _proof(depth: int) -> int:
    total = 0
    for step in _steps():
        total += step
    if depth:
        total += _proof(depth - 1)
    return total


def _steps() -> Any:
    yield 1
    yield 2


# Lines after the `def`, and how often each is come to: three calls, each with a generator resumed
# twice.
_PROVED = [
    [(0, 3), (1, 3), (2, 9), (3, 6), (4, 3), (5, 2), (6, 3)],
    [(0, 3), (1, 3), (2, 3)],
]

# Another tracer must see the calls and generator steps that it would see without the hook.
_TRACED = ["_proof", *["_steps"] * 3] * 3


def _tracer_of_others(seen: list[str]) -> Callable[..., Any]:
    def trace(frame: FrameType, event: str, arg: Any) -> None:
        if frame.f_code.co_filename == __file__ and frame.f_code.co_name in ("_proof", "_steps"):
            seen.append(frame.f_code.co_name)

    return trace
