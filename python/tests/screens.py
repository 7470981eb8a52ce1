# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Programs in a terminal that a test looks at: what is on the screen, how the terminal is left."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyte

PATIENCE = 60.0
"""Seconds after which something will never happen."""


class Screen:
    """A program in a pseudo-terminal of its own."""

    def __init__(
        self, command: list[str], folder: Path, columns: int, rows: int, variables: dict[str, str]
    ) -> None:
        self.raw = b""
        """All that was written."""
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self.process, self.terminal = pty.fork()
        if self.process == 0:
            os.chdir(folder)
            # Not before somebody has set the size, and looked at the modes.
            signal.sigwait([signal.SIGUSR1])
            signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGUSR1])
            environment = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "COLUMNS")}
            os.execve(command[0], command, {**environment, "TERM": "xterm-256color", **variables})
        self._set_size(columns, rows)
        self.modes = self.modes_now()

    def begin(self) -> None:
        os.kill(self.process, signal.SIGUSR1)

    def modes_now(self) -> list[Any]:
        return termios.tcgetattr(self.terminal)

    def _set_size(self, columns: int, rows: int) -> None:
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("4H", rows, columns, 0, 0))

    def resize(self, columns: int, rows: int) -> None:
        self._screen.resize(rows, columns)
        self._screen.reset()
        self._set_size(columns, rows)

    def press(self, keys: str) -> None:
        os.write(self.terminal, keys.encode())

    def rows(self) -> list[str]:
        return [row.rstrip() for row in self._screen.display]

    @property
    def text(self) -> str:
        return "\n".join(self.rows())

    def until(self, holds: Callable[[], object]) -> None:
        """Takes what is written until something holds, and nothing more comes.

        A screen arrives in pieces: half of one is not looked at.
        """
        end = time.monotonic() + PATIENCE
        while self._take(0.02) or not holds():
            assert time.monotonic() < end, self.text

    def until_seen(self, *texts: str) -> None:
        self.until(lambda: all(text in self.text for text in texts))

    def status(self) -> int:
        """How it ends, as `subprocess` says it."""
        ended = None

        def has_ended() -> bool:
            nonlocal ended
            process, status = os.waitpid(self.process, os.WNOHANG)
            if process:
                ended = os.waitstatus_to_exitcode(status)
            return ended is not None

        self.until(has_ended)
        while self._take(0):
            pass
        assert ended is not None
        return ended

    def _take(self, seconds: float) -> bool:
        ready, _, _ = select.select([self.terminal], [], [], seconds)
        if not ready:
            return False
        try:
            data = os.read(self.terminal, 1 << 16)
        except OSError:
            # Nobody has the terminal open any more.
            time.sleep(seconds)
            return False
        self.raw += data
        self._stream.feed(data)
        return bool(data)


@contextlib.contextmanager
def screen(
    command: list[str], folder: Path, columns: int = 120, rows: int = 30, **variables: str
) -> Iterator[Screen]:
    """Runs a program in a terminal; ends it if it has not ended."""
    # The child inherits it, and waits for the signal.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
    shown = Screen(command, folder, columns, rows, variables)
    signal.pthread_sigmask(signal.SIG_SETMASK, before)
    shown.begin()
    try:
        yield shown
    finally:
        with contextlib.suppress(ProcessLookupError, ChildProcessError):
            os.kill(shown.process, signal.SIGKILL)
            os.waitpid(shown.process, 0)
        os.close(shown.terminal)
