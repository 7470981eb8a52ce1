# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""`peakline.record()`: records what this process allocates while a block of code runs."""

from __future__ import annotations

import ctypes
import errno
import os
import sys
import time

# Tests that are recorded replace it in its module.
from os import getpid
from typing import TYPE_CHECKING

from peakline import _heap
from peakline._natives import natives
from peakline._sizes import size_of

if TYPE_CHECKING:
    from types import TracebackType

DEFAULT_INTERVAL = 512 << 10
DEFAULT_SIZE = 256 << 20

_TOO_MANY = -1001
_MOST = 4


class CannotRecord(RuntimeError):
    """A recording could not begin; the message says why and what to do."""


class Recording:
    """A recording of this process into a capture, from `start()` (or `with`) to `stop()`.

    All threads are recorded, those too that begin meanwhile; processes that are started are not.
    Up to four can be on at once, side by side or one within another, also inside of
    `peakline record`: each counts from its own beginning and has a peak of its own.
    """

    def __init__(
        self,
        path: str | os.PathLike[str] | None,
        sample: int = 0,
        max_size: int = DEFAULT_SIZE,
        *,
        source: bool = True,
        only_new: bool = False,
    ) -> None:
        self.path = os.path.abspath(os.fspath(path) if path is not None else _usual_name())
        """The capture, an absolute path."""
        self._sample = sample
        self._max_size = max_size
        self._source = source
        self._only_new = only_new
        """Older blocks do not count, nor does it when they are freed; in exact mode only."""
        self._owner = 0
        self._number = 0

    def start(self) -> Recording:
        """Begins. Raises CannotRecord, HeapUnavailable, FileExistsError or another OSError."""
        if self._owner == getpid():
            raise CannotRecord("this recording is on already: make another with peakline.record()")
        # First: counting, which does not end, is not begun for a file that cannot be made.
        descriptor = os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_CLOEXEC, 0o666)
        try:
            _heap.start()
        except BaseException:
            os.close(descriptor)
            os.unlink(self.path)
            raise
        baseline = -1 if self._only_new else _heap.in_use()
        try:
            self._number = begin(descriptor, self._sample, self._max_size, baseline, self.path)
        except BaseException:
            os.unlink(self.path)
            raise
        self._owner = getpid()
        # Who has marked before has looked for the agent then; who does later finds it. Not
        # imported: a program that is attached to may have to do without what that imports.
        marks = sys.modules.get("peakline._mark")
        if marks is not None:
            marks.note_in_captures(natives().mark)
        return self

    def stop(self) -> None:
        """Ends; the capture is complete then. Again, or in a forked child, it does nothing."""
        if self.end():
            seal(self.path, source=self._source)

    def end(self) -> bool:
        """Ends, but leaves the texts of lines out: readers take them from the disk then.

        Whether it was on, in this process.
        """
        if self._owner != getpid():
            return False
        self._owner = 0
        end(self._number)
        return True

    def __enter__(self) -> Recording:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()


def record(
    path: str | os.PathLike[str] | None = None,
    *,
    sample: int | str = DEFAULT_INTERVAL,
    exact: bool = False,
    max_size: int | str = DEFAULT_SIZE,
    source: bool = True,
) -> Recording:
    """Records which lines hold the memory, into a capture that `peakline report` reads.

        with peakline.record("load.peakline"):
            rows = load()

    `path` must not exist yet; without one the script's name with date and time is taken, in the
    current folder. `sample` is the mean number of bytes between two samples (a number of bytes, or
    a text such as "512KiB"); `exact` records every block instead, at about twice the program's
    time. The capture grows to `max_size` at most; what has no room any more is counted, and said in
    reports. `source` keeps the text of the lines in it.

    Raises ValueError for a size that is none.
    """
    return Recording(path, interval_of(sample, exact=exact), size_of(max_size), source=source)


def begin(descriptor: int, sample: int, max_size: int, baseline: int, path: str) -> int:
    """Begins to record into an open, empty file, which is closed in the end; the recording's
    number.

    `baseline` is what is in use, or -1 for what is new only; `path` is for messages. Raises
    CannotRecord or OSError.
    """
    number: int = natives().record_start(
        _moved_up(descriptor), sample, max_size, baseline, ctypes.pythonapi._handle
    )
    if number >= 0:
        return number
    if number == _TOO_MANY:
        raise CannotRecord(f"{_MOST} recordings are on already: stop one first")
    if number > -1000:
        raise OSError(-number, os.strerror(-number), path)
    raise CannotRecord("the heap is not counted in this process")


def end(number: int) -> None:
    """Ends the recording of a number, if it is on."""
    natives().record_stop(number)


def interval_of(sample: int | str, *, exact: bool) -> int:
    """Bytes between two samples in the mean, 0 for every block. Raises ValueError."""
    interval = 0 if exact else size_of(sample)
    if not exact and interval < 1024:
        raise ValueError("sample needs 1024 bytes or more; exact=True records every block")
    return interval


def _usual_name() -> str:
    program = os.path.basename(getattr(sys.modules.get("__main__"), "__file__", "") or "python")
    stem = program.removesuffix(".py")
    return f"{stem}-{time.strftime('%Y%m%d-%H%M%S')}.peakline"


def _moved_up(descriptor: int) -> int:
    """The same file under a number out of the way of the program's own."""
    import fcntl

    try:
        moved = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, 400)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.EMFILE):
            raise
        return descriptor
    os.close(descriptor)
    return moved


def seal(path: str, *, source: bool = True, title: str | None = None) -> None:
    """Completes the capture of a recording that has ended, and packs it.

    `title` stands in place of the command line. Who cannot put the sources in leaves a capture that
    is read with those on the disk; the program in whose middle this is takes no harm.
    """
    from contextlib import suppress

    words = ["seal", "--given", "-"]
    words += [] if source else ["--no-source"]
    words += [] if title is None else [f"--title={title}"]
    with suppress(Exception):
        from peakline import _render, _unsaved

        _render.answer([*words, "--", path], _unsaved.given(with_texts=source))
