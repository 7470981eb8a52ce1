# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""memray, with every object of Python: bytes asked for and number, by line, and the high water.

It records each allocation with its stack; frees are charged to no line, so increments cannot be
asked. A realloc is an allocation to it even if the block stays as it is.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import common
import memray

FREES = {
    memray.AllocatorType.FREE,
    memray.AllocatorType.MUNMAP,
    memray.AllocatorType.PYMALLOC_FREE,
}


def main(path: Path) -> None:
    """Runs the program under a Tracker, and reads its file back."""
    program, call = common.ready(path)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "capture.bin"
        with memray.Tracker(file, trace_python_allocators=True):
            call(program["work"])
        reader = memray.FileReader(file)
        lines: dict[int, dict[str, float]] = {}
        main_thread = None
        for record in reader.get_allocation_records():
            if record.allocator in FREES:
                continue
            frames = [f for f in record.stack_trace() if f[0] == "work" and f[1] == str(path)]
            if frames:
                main_thread = record.tid
            # The outermost is the last: it is whose line the callees are part of.
            for _, _, line in dict.fromkeys(frames):
                row = lines.setdefault(line, {"requested": 0, "allocations": 0})
                row["requested"] += record.size
                row["allocations"] += 1
        peak = sum(record.size for record in reader.get_high_watermark_allocation_records())
    common.say(path, "memray", lines, peak=peak if main_thread else None)


main(Path(sys.argv[1]))
