# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""What a cell does to the memory of the whole process: its heap, or where that cannot be counted
its resident pages. No thread samples anything.
"""

from __future__ import annotations

import os
from struct import Struct
from typing import NamedTuple

from peakline import _heap, _memory, _record
from peakline._backends import RSS

_HEADER = Struct("<104xq")
"""A capture's header up to the height of its peak: docs/format.md."""
_NEVER = 1 << 44
"""So many bytes between two samples that there is none: stacks are not wanted."""


class Figures(NamedTuple):
    """All in bytes."""

    in_use: int
    change: int
    peak: int | None
    """Above the beginning; None where it is not known."""


class HeapMeter:
    """The heap, to the byte, of all threads; the peak to within the 64 KiB that a thread may take
    before it adds them to the whole.

    The peak is that of a recording without samples, which nobody reads.
    """

    word = "of heap in use"

    def __init__(self) -> None:
        """Begins. Raises HeapUnavailable, OSError."""
        _heap.start()
        self._file = os.memfd_create("peakline-cell")
        self._before = _heap.in_use()
        self._recording = 0
        self._pid = os.getpid()
        try:
            self._recording = _record.begin(
                os.dup(self._file), _NEVER, _record.DEFAULT_SIZE, self._before, "the peak"
            )
        except (_record.CannotRecord, OSError):
            # As many are on as there can be.
            self._recording = 0

    def end(self) -> Figures:
        """Ends; what there was until now."""
        in_use = _heap.in_use()
        peak: int | None = None
        if self._recording and self._pid == os.getpid():
            _record.end(self._recording)
            (highest,) = _HEADER.unpack(os.pread(self._file, _HEADER.size, 0))
            peak = max(highest, in_use, self._before) - self._before
        os.close(self._file)
        return Figures(in_use, in_use - self._before, peak)


class ResidentMeter:
    """The resident set, whose peak the kernel keeps."""

    word = "resident"

    def __init__(self) -> None:
        """Begins. Raises OSError."""
        from peakline._series import Peak

        self._peak = Peak()
        self._before = _memory.own_bytes(RSS)

    def end(self) -> Figures:
        """Ends; what there was until now."""
        in_use = _memory.own_bytes(RSS)
        peak = None
        if self._peak.is_kept:
            peak = max(self._peak.stop(), in_use, self._before) - self._before
        return Figures(in_use, in_use - self._before, peak)
