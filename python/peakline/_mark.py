# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""`mark`: names for moments and stretches of a program, which mprof's plots show.

A mark is written to the recording at once, with one write, so that it is there whatever becomes of
the program; a stretch once more when it ends. docs/format.md has both records.
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
_level: ContextVar[int] = ContextVar("level of marks", default=0)


def begin(path: str, stamp: Callable[[], Stamp]) -> None:
    """From now on marks are appended to the recording `path`; `stamp` measures."""
    global _recorder
    _recorder = _Recorder(path, stamp)


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

    __slots__ = ("_begun", "_level", "_name")

    def __init__(self, name: str) -> None:
        self._name = name
        self._level = 0
        self._begun = self._now()

    def _now(self) -> Stamp | None:
        """Writes the mark of this moment."""
        stamp = _stamp()
        if _recorder is not None and stamp is not None:
            memory, time = stamp
            _recorder.write(f"MARK {memory:.4f} {time:.4f} {self._name}\n")
        return stamp

    def __enter__(self) -> Mark:
        self._level = _level.get()
        _level.set(self._level + 1)
        return self

    def __exit__(self, *_: object) -> None:
        # Not what it was at the start: a generator may be closed inside of another stretch.
        _level.set(max(0, _level.get() - 1))
        stamp = _stamp()
        if _recorder is None or self._begun is None or stamp is None:
            return
        (before, start), (after, end) = self._begun, stamp
        figures = f"{before:.4f} {start:.4f} {after:.4f} {end:.4f} {self._level}"
        _recorder.write(f"SPAN {figures} {self._name}\n")


def mark(name: str) -> Mark:
    """Names this moment in the recording that `mprof run` makes of a script, or a stretch:

        peakline.mark("loaded")

        with peakline.mark("fit the model"):
            ...

    The name may be any text; line breaks in it become blanks. `mprof plot` shows it on the time
    line, with the memory (MiB) at the start and the end of a stretch, and how long it took
    (seconds). Where nothing records, which is everywhere but in a script that `mprof run` started
    as Python's, it does nothing and costs less than a microsecond.
    """
    return Mark(re.sub(r"[\x00-\x1f\x7f\x85\u2028\u2029]", " ", str(name)).strip() or "<mark>")
