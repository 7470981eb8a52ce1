# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""`MemTimer`: a process that samples the memory of another.

`memory_usage` needs none; programs that measure in ways of their own start it, and subclass it.
"""

from __future__ import annotations

import os
from contextlib import suppress
from multiprocessing import Process, parent_process
from typing import TYPE_CHECKING, Any

from memory_profiler._compat import _TWO_20, _get_memory, choose_backend
from peakline import _memory
from peakline._backends import HEAP, TRACEMALLOC, number_of

if TYPE_CHECKING:
    from multiprocessing.connection import Connection


class MemTimer(Process):
    """Samples the memory of `monitor_pid` (-1: the process that makes this) until told to end.

    Through `pipe`, one end of a `multiprocessing.Pipe()`, it first sends 0: sampling has begun.
    Once it receives anything it takes a last sample, sends `mem_usage`, then `n_measurements`, and
    ends. `mem_usage` begins with a sample of when this was made. It holds MiB, or (MiB, seconds
    since 1970) with `timestamps=True`, and only the greatest sample with `max_usage`.

    `interval` is in seconds. `include_children=True` adds the memory of all descendants, this
    process and its own left out. What else is given goes to `multiprocessing.Process`; unless
    `daemon` is given it is one, so that a program which fails to end it can end. It ends by itself
    when the process that started it does. Raises RuntimeError for a backend that sees only its own
    process, and UnknownBackend.
    """

    def __init__(
        self,
        monitor_pid: int,
        interval: float,
        pipe: Connection[Any, Any],
        backend: str | None,
        max_usage: bool = False,
        *args: Any,
        **kw: Any,
    ) -> None:
        number = number_of(backend)
        if number in (HEAP, TRACEMALLOC):
            raise _memory.only_this_process(number)
        self.timestamps = kw.pop("timestamps", False)
        self.include_children = kw.pop("include_children", False)
        kw.setdefault("daemon", True)
        super().__init__(*args, **kw)
        self.monitor_pid = os.getpid() if monitor_pid == -1 else monitor_pid
        self.interval = interval
        self.pipe = pipe
        self.backend = choose_backend(backend)
        self.max_usage = max_usage
        self.cont = True
        """Whether to go on sampling."""
        self.n_measurements = 1
        self.mem_usage = [
            _get_memory(
                self.monitor_pid, self.backend, self.timestamps, self.include_children, None
            )
        ]

    def run(self) -> None:
        """Samples; the process's own side."""
        with suppress(BrokenPipeError):
            self.pipe.send(0)
            while True:
                is_last = not self.cont
                self._sample()
                if is_last:
                    break
                self.cont = not self._is_told_to_end()
            self.pipe.send(self.mem_usage)
            self.pipe.send(self.n_measurements)

    def _sample(self) -> None:
        try:
            found = self._read()
        except ProcessLookupError:  # It ended; what was sampled is still to be sent.
            return
        if self.max_usage:
            self.mem_usage[0] = max(found, self.mem_usage[0])
        else:
            self.mem_usage.append(found)
        self.n_measurements += 1

    def _read(self) -> Any:
        found = _get_memory(self.monitor_pid, self.backend, timestamps=True)
        memory, now = found
        if self.include_children:
            number = number_of(self.backend)
            own = {os.getpid(), *(pid for pid, _ in _memory.descendants(os.getpid(), number))}
            below = _memory.descendants(self.monitor_pid, number)
            memory += sum(size for pid, size in below if pid not in own) / _TWO_20
        return (memory, now) if self.timestamps else memory

    def _is_told_to_end(self) -> bool:
        """Waits for the next sample; whether this one was the last but one."""
        parent = parent_process()
        return self.pipe.poll(self.interval) or (parent is not None and not parent.is_alive())
