# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""memory_profiler: what the resident set grew by while each line ran, in MiB.

Asked for what it claims: increments. It is compared with what the lines kept of the heap, which
is what a reader of its table wants to know; it says itself that it sees pages.
"""

from __future__ import annotations

import sys
from pathlib import Path

import common

from memory_profiler import LineProfiler

MIB = 1 << 20


def main(path: Path) -> None:
    """Runs the program under its LineProfiler."""
    profiler = LineProfiler()
    program, call = common.ready(path)
    work = program["work"]
    # A recursive program calls the profiled function, as with its decorator.
    profiled = profiler(work)
    call(profiled)
    lines = {}
    for _, rows in profiler.code_map.items():
        for line, figures in rows:
            if figures and line != work.__code__.co_firstlineno:
                lines[line] = {"heap_increment": round(figures[0] * MIB)}
    common.say(path, "memory_profiler", lines)


main(Path(sys.argv[1]))
