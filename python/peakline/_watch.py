# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""A series of readings of a process: this one, any pid, or a `subprocess.Popen`."""

from __future__ import annotations

import operator
import os
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from peakline import _memory

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MIB: Final = 2**20
_SHORTEST_INTERVAL: Final = 1e-4


class Target:
    """The process that a user means by `proc`."""

    def __init__(self, proc: Any) -> None:
        self.poll: Callable[[], object] | None = None
        """Of a Popen: None while it runs."""
        if isinstance(proc, str):
            if not proc.strip().lstrip("-").isdigit():
                raise TypeError(
                    f"memory_usage cannot run {proc!r}: pass a callable, (function, args, "
                    "keywords), a pid or a subprocess.Popen"
                )
            self.pid = int(proc)
        elif isinstance(getattr(proc, "pid", None), int):
            self.pid = proc.pid
            self.poll = getattr(proc, "poll", None)
        else:
            try:
                self.pid = operator.index(proc)
            except TypeError:
                raise TypeError(
                    f"memory_usage cannot measure {type(proc).__name__!r}: pass a callable, "
                    "(function, args, keywords), a pid or a subprocess.Popen"
                ) from None


def readings(
    target: Target, backend: int, interval: float, timeout: float | None, include_children: bool
) -> Iterator[tuple[float, float]]:
    """(MiB, seconds since 1970) of a process, one per `interval` seconds.

    A pid is read once, or round(timeout / interval) times; a Popen until it ends or the timeout is
    over. The series also ends when the process does. Raises NoSuchProcess where there is no process
    to begin with.
    """
    interval = max(interval, _SHORTEST_INTERVAL)
    count: int | None = None if target.poll else 1
    if timeout is not None:
        count = max(round(timeout / interval), 1)
    taken = 0
    ending = _Ending(target.pid)
    due = time.monotonic()
    try:
        while True:
            if target.poll and target.poll() is not None:
                return
            try:
                found = _memory.read(target.pid, backend, include_children=include_children)
            except ProcessLookupError:
                if taken or target.poll:
                    return
                raise
            yield found / MIB, time.time()
            taken += 1
            if taken == count:
                return
            due = max(due + interval, time.monotonic())
            if ending.happens_before(due) and not target.poll:
                return
    finally:
        ending.close()


class _Ending:
    """Waits for a moment or for the end of a process, whichever comes first."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._descriptor = -1
        self._tried = False

    def happens_before(self, due: float) -> bool:
        """Wait until `due` (monotonic seconds); true as soon as the process ends before that."""
        if not self._tried:
            self._tried = True
            # Without pidfds (before Linux 5.3) the end is noticed at the next reading.
            if self._pid not in (-1, os.getpid()) and hasattr(os, "pidfd_open"):
                with suppress(OSError):
                    self._descriptor = os.pidfd_open(self._pid)
        pause = max(due - time.monotonic(), 0.0)
        if self._descriptor < 0:
            time.sleep(pause)
            return False
        import select

        poll = select.poll()
        poll.register(self._descriptor, select.POLLIN)
        # Rounded up by poll to whole milliseconds, hence the sleep for what is shorter.
        if pause < 0.002:
            time.sleep(pause)
            pause = 0.0
        return bool(poll.poll(pause * 1000))

    def close(self) -> None:
        """Give the descriptor back."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
