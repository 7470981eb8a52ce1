# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""The memory that a profiled function's table takes: it must depend on the lines, not on how often they run."""

from __future__ import annotations

import subprocess
import sys

CHILD = """
from memory_profiler import LineProfiler
def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096
def loop(times):
    for _ in range(times):
        a = 1
        b = 2
        c = 3
        d = 4
def first():
    return 1
LineProfiler(backend="psutil")(first)()
resident()
before = resident()
profiled = LineProfiler(backend="psutil")(loop)
profiled({times})
print((resident() - before) / 1024)
"""


def run(rounds: int) -> dict[str, float]:
    """KiB that the process grows by a second profiled function, for few and for many line events.

    The first function is not counted: it brings the engine itself.
    """
    from timing import scale

    few, many = 1_000, scale(10_000_000, 100_000)

    def growth(events: int) -> float:
        child = CHILD.replace("{times}", str(events // 5))
        output = subprocess.run(
            [sys.executable, "-c", child], check=True, stdout=subprocess.PIPE
        ).stdout
        return float(output)

    return {"growth_few_kib": growth(few), "growth_many_kib": growth(many)}
