# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Measuring a stretch of this process's time: a series by a native thread, or the exact peak."""

from __future__ import annotations

import ctypes
import struct
import time
from functools import cache
from typing import ClassVar, Final, NamedTuple

from peakline import _agent

IGNORED: Final = 0
ADDED: Final = 1
LISTED: Final = 2


class Reading(NamedTuple):
    """One reading of a series."""

    pid: int
    """0 for the series itself, else the descendant whose reading this is."""
    bytes: int
    seconds: float
    """Seconds since 1970."""


@cache
def _bind() -> ctypes.CDLL:
    # Starting and stopping wait for the thread: the GIL is released meanwhile.
    library = _agent.releasing()
    library.peakline_sampler_start.argtypes = [
        ctypes.c_void_p,
        ctypes.c_int32,
        ctypes.c_int32,
        ctypes.c_int32,
        ctypes.c_int64,
        ctypes.c_int64,
    ]
    library.peakline_sampler_start.restype = ctypes.c_int32
    library.peakline_sampler_stop.argtypes = [ctypes.c_int64]
    library.peakline_sampler_stop.restype = ctypes.c_int64
    library.peakline_sampler_take.argtypes = [ctypes.c_int64, ctypes.c_void_p, ctypes.c_int64]
    library.peakline_sampler_take.restype = None
    return library


class SampledSeries:
    """Readings of this process at a fixed pace, from construction until `stop`."""

    def __init__(self) -> None:
        # The agent writes here before a signal handler can interrupt us: the handle is never lost.
        self._handle = ctypes.c_int64(0)

    def start(self, backend: int, children: int, interval: float, timeout: float | None) -> None:
        """Start reading every `interval` seconds, for at most `timeout` seconds."""
        failed = _bind().peakline_sampler_start(
            ctypes.byref(self._handle),
            0,
            backend,
            children,
            _nanoseconds(interval),
            0 if timeout is None else max(_nanoseconds(timeout), 1),
        )
        if failed:
            raise RuntimeError(
                "no thread could be started to sample memory: the limit on threads or memory of "
                "this process is reached"
            )

    def stop(self) -> list[Reading]:
        """Stop, and answer at least three readings: the start, …, and the end of the call."""
        handle, self._handle.value = self._handle.value, 0
        if not handle:
            return []
        library = _bind()
        count = library.peakline_sampler_stop(handle)
        samples = ctypes.create_string_buffer(24 * max(count, 1))
        library.peakline_sampler_take(handle, samples, count)
        return [Reading(*r) for r in struct.iter_unpack("qqd", samples.raw[: 24 * count])]

    def __del__(self) -> None:
        if self._handle.value:
            self.stop()


class Peak:
    """The exact peak of the resident set since construction, kept by the kernel: no thread."""

    _slot: int = -1

    def __init__(self) -> None:
        library = _agent.library()
        library.peakline_peak_end.restype = ctypes.c_int64
        self._slot = library.peakline_peak_begin()

    @property
    def is_kept(self) -> bool:
        """Whether the kernel lets us have this. A read-only /proc, for one, does not."""
        return self._slot >= 0

    def stop(self) -> int:
        """Bytes at the peak; a second call answers 0."""
        slot, self._slot = self._slot, -1
        if slot < 0:
            return 0
        found: int = _agent.library().peakline_peak_end(slot)
        return found

    def __del__(self) -> None:
        self.stop()


class TracedSeries:
    """Python's own allocations during a call, by tracemalloc, which knows their exact peak."""

    _open: ClassVar[list[TracedSeries]] = []
    _is_ours: ClassVar[bool] = False

    def __init__(self) -> None:
        import tracemalloc

        if not tracemalloc.is_tracing():
            tracemalloc.start()
            TracedSeries._is_ours = True
        self._highest = 0
        self._fold()
        tracemalloc.reset_peak()
        self._start = Reading(0, tracemalloc.get_traced_memory()[0], time.time())
        TracedSeries._open.append(self)

    @staticmethod
    def _fold() -> None:
        # There is one peak for all: before it is forgotten, whoever else is measuring gets it.
        import tracemalloc

        peak = tracemalloc.get_traced_memory()[1]
        for series in TracedSeries._open:
            series._highest = max(series._highest, peak)

    def stop(self) -> list[Reading]:
        """Three readings: the start, the peak, and the end of the call."""
        import tracemalloc

        self._fold()
        end = Reading(0, tracemalloc.get_traced_memory()[0], time.time())
        TracedSeries._open.remove(self)
        if TracedSeries._is_ours and not TracedSeries._open:
            TracedSeries._is_ours = False
            tracemalloc.stop()
        middle = (self._start.seconds + end.seconds) / 2
        highest = max(self._highest, self._start.bytes, end.bytes)
        return [self._start, Reading(0, highest, middle), end]


def _nanoseconds(seconds: float) -> int:
    # A wait of centuries is as good as one without end, and fits the agent's integers.
    return int(min(max(seconds, 0.0), 3e9) * 1e9)
