# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""`mark`: names for moments and stretches of a program, in the pictures of its memory.

A mark goes to each recording that is on, mprof's and captures, at once, so that it is there
whatever becomes of the program; a stretch once more when it ends. docs/format.md has the records.
"""

from __future__ import annotations

import os
import re
from contextlib import suppress
from contextvars import ContextVar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    Stamp = tuple[float, float]
    """MiB, seconds since the epoch."""


class _Recorder:
    """Appends the marks of this process, and of its forked children, to a recording."""

    def __init__(self, path: str, stamp: Callable[[], Stamp]) -> None:
        # The program may change its folder.
        self._path = os.path.abspath(path)
        self.stamp = stamp

    def write(self, record: str) -> None:
        # The program may close any descriptor, so none is kept. A full disk must not stop it.
        with suppress(OSError):
            file = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC)
            try:
                os.write(file, record.encode("utf-8", "replace"))
            finally:
                os.close(file)


_recorder: _Recorder | None = None
_noted: Callable[[bytes, int, int], int] | None = None
"""Notes a mark in the captures that this process writes (RecordingInterface.swift's `mark`)."""
_agent_is_known = False
"""Whether it has been looked for."""
_LONGEST = 1000
"""The most bytes of a name in a capture."""

_level: ContextVar[int] = ContextVar("level of marks", default=0)


def begin(path: str, stamp: Callable[[], Stamp]) -> None:
    """From now on marks are appended to the recording `path`; `stamp` measures."""
    global _recorder
    _recorder = _Recorder(path, stamp)


def note_in_captures(note: Callable[[bytes, int, int], int]) -> None:
    """From now on marks go to the captures, too."""
    global _noted, _agent_is_known
    _noted, _agent_is_known = note, True


def _find_agent() -> None:
    """Whether this process has been recorded from its start; done once, for nothing tells but the
    list of what is mapped: the agent takes itself out of the environment.

    It may be another installation's, whose command records.
    """
    global _agent_is_known
    _agent_is_known = True
    with suppress(OSError, AttributeError):
        with open("/proc/self/maps", "rb") as maps:
            lines = [line.rstrip(b"\n") for line in maps if b"/libpeakline_agent.so" in line]
        if lines:
            import ctypes

            from peakline._agent import ABI, PATH

            paths = {os.fsdecode(line.split(maxsplit=5)[5]) for line in lines}
            # Ours is loaded for other things, too. It is there already, and loads nothing.
            agent = ctypes.PyDLL(max(paths, key=lambda path: path != os.path.realpath(PATH)))
            if agent.peakline_abi() == ABI:
                word = ctypes.c_ssize_t
                agent.peakline_mark.restype = word
                agent.peakline_mark.argtypes = (ctypes.c_char_p, word, word)
                note_in_captures(agent.peakline_mark)


def _stamp() -> Stamp | None:
    """The memory now; None where nothing records, or where it cannot be read."""
    if _recorder is None:
        return None
    try:
        return _recorder.stamp()
    except (OSError, RuntimeError):
        return None


class Mark:
    """What `mark` returns: a context manager, for a stretch that begins with the mark."""

    __slots__ = ("_begun", "_level", "_moment", "_name")

    def __init__(self, name: str) -> None:
        self._name = name
        self._level = 0
        self._moment = self._note(0)
        self._begun = self._now()

    def _note(self, begin: int) -> int:
        """Notes the moment, or the end of what began then, in captures; when that is, or 0."""
        if _noted is None:
            return 0
        text = self._name.encode("utf-8", "replace")[:_LONGEST]
        return _noted(text, len(text), begin)

    def _now(self) -> Stamp | None:
        """Writes the mark of this moment."""
        stamp = _stamp()
        if _recorder is not None and stamp is not None:
            memory, time = stamp
            _recorder.write(f"MARK {memory:.4f} {time:.4f} {self._name}\n")
        return stamp

    def __enter__(self) -> Mark:
        if self._begun is not None:
            self._level = _level.get()
            _level.set(self._level + 1)
        return self

    def __exit__(self, *_: object) -> None:
        if self._moment:
            self._note(self._moment)
        if self._begun is None:
            return
        # Not what it was at the start: a generator may be closed inside of another stretch.
        _level.set(max(0, _level.get() - 1))
        stamp = _stamp()
        if _recorder is None or stamp is None:
            return
        (before, start), (after, end) = self._begun, stamp
        figures = f"{before:.4f} {start:.4f} {after:.4f} {end:.4f} {self._level}"
        _recorder.write(f"SPAN {figures} {self._name}\n")


def mark(name: str) -> Mark:
    """Names this moment, or a stretch, in the recordings of this process:

        peakline.mark("loaded")

        with peakline.mark("fit the model"):
            ...

    The name may be any text; line breaks in it become blanks. Captures, of `peakline record`,
    `peakline.record()` and `peakline attach`, keep the first 4,096; `peakline html` shows them on
    its timeline. `mprof plot` shows those of a script that `mprof run` started as Python's, with
    the memory (MiB) at the start and the end of a stretch, and how long it took (seconds). Where
    nothing records it does nothing: a moment costs about 0.3 µs, a stretch 0.7 µs.
    """
    if not _agent_is_known:
        _find_agent()
    text = str(name)
    if not text.isprintable():
        text = re.sub(r"[\x00-\x1f\x7f\x85\u2028\u2029]", " ", text)
    return Mark(text.strip() or "<mark>")
