# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""`LogFile`: a text stream whose lines become records of a logger, for `sys.stdout`."""

from __future__ import annotations

import atexit
import io
import logging
import re
import sys
import weakref
from _thread import get_ident
from contextlib import suppress

from peakline import _text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_ROW = re.compile(r" *\d+ +-?[\d.]+ MiB +(?P<increment>-?[\d.]+) MiB +\d+ ")


class LogFile(io.TextIOBase):
    """Logs what is written to it, line by line, to the logger `name` (None: the root logger).

    One line is one record, without its newline, and empty lines are none. memory_profiler made a
    record of each `write`: for a table that is the same, since a row is one write, and tables are
    what programs read in such logs; but a `print` became two records, the second of them empty, and
    every message ended in a newline. A line is logged when it is complete; what has been written of
    the next waits, for each thread by itself, until it is complete or the thread flushes.

    With `reportIncrementFlag` only the headers of tables pass, and those of their rows that added
    memory: all other text is dropped.

    A handler may write to this stream itself, as one for `sys.stdout` does: its text goes to the
    interpreter's original standard output.
    """

    encoding = "utf-8"
    errors = "backslashreplace"

    def __init__(self, name: str | None = None, reportIncrementFlag: bool = False) -> None:
        self.logger = logging.getLogger(name)
        self.reportIncrementFlag = reportIncrementFlag
        self._begun: dict[int, str] = {}
        """By thread: the line that it has begun to write."""
        self._logging: set[int] = set()
        """The threads that are inside of a handler. No lock: a thread looks at its own entries."""
        # Before logging closes its handlers: it was imported first.
        atexit.register(_flush, weakref.ref(self))

    def writable(self) -> bool:
        """True: text can be written, and nothing read."""
        return True

    def write(self, msg: str, level: int = logging.INFO) -> int:
        """Logs the lines that `msg` completes; the number of its characters."""
        if self.closed:
            raise ValueError("the LogFile is closed")
        if self._is_in_handler():
            _write_to_original(msg)
            return len(msg)
        if not isinstance(msg, str):
            raise TypeError(f"write() takes text, not {type(msg).__name__}")
        me = get_ident()
        # A carriage return ends a line too: progress bars write nothing else.
        *complete, rest = (self._begun.pop(me, "") + msg).replace("\r", "\n").split("\n")
        if rest:
            self._begun[me] = rest + self._begun.get(me, "")
        for line in complete:
            self._log(line, level)
        return len(msg)

    def flush(self) -> None:
        """Logs the line that this thread has begun, if any, and flushes the handlers."""
        if self.closed or self._is_in_handler():
            return
        running = sys._current_frames()
        for thread in list(self._begun):
            # Nobody else will end the lines of threads that are gone.
            if thread == get_ident() or thread not in running:
                self._log(self._begun.pop(thread, ""), logging.INFO)
        self._logging.add(get_ident())
        try:
            for handler in self._handlers():
                handler.flush()
        finally:
            self._logging.discard(get_ident())

    def close(self) -> None:
        """Logs what has been begun. The logger and its handlers stay as they are."""
        if not self.closed:
            try:
                self.flush()
            finally:
                super().close()

    def _log(self, line: str, level: int) -> None:
        if not line.strip() or (self.reportIncrementFlag and not _is_reported(line)):
            return
        for handler in self._handlers():
            _reopen(handler)
        me = get_ident()
        self._logging.add(me)
        try:
            # A lone surrogate would cost the record in a handler that writes UTF-8. The caller that
            # the record names is whoever wrote.
            text = line.encode(self.encoding, self.errors).decode(self.encoding)
            self.logger.log(level, text, stacklevel=3)
        finally:
            self._logging.discard(me)

    def _is_in_handler(self) -> bool:
        """Whether this is written by a handler of our own logger, be it on a thread of its own."""
        if get_ident() in self._logging:
            return True
        frame = sys._getframe()
        while frame.f_back is not None:
            frame = frame.f_back
            if frame.f_code is _HANDLE:
                record = frame.f_locals.get("record")
                return getattr(record, "name", None) == self.logger.name
        return False

    def _handlers(self) -> Iterator[logging.Handler]:
        logger: logging.Logger | None = self.logger
        while logger is not None:
            yield from list(logger.handlers)
            logger = logger.parent if logger.propagate else None


_HANDLE = logging.Handler.handle.__code__


def _is_reported(line: str) -> bool:
    """Whether a line is of a table's head, or a row with a positive increment."""
    if "Filename: " in line or "Line Contents" in line or line.startswith("NOTE: "):
        return True
    row = _ROW.match(line)
    with suppress(ValueError):
        return row is not None and float(row["increment"]) > 0
    return False


def _reopen(handler: logging.Handler) -> None:
    """Lets a file that logging closed at exit take more: the tables of a script come later still.

    It does so by itself for files that it appends to.
    """
    if isinstance(handler, logging.FileHandler) and getattr(handler, "_closed", False):
        handler.mode = handler.mode.replace("w", "a")


def _write_to_original(text: str) -> None:
    if sys.__stdout__ is not None:
        with suppress(Exception):
            _text.write(sys.__stdout__, text)


def _flush(log_file: weakref.ref[LogFile]) -> None:
    found = log_file()
    if found is not None:
        found.flush()
