# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""The memory of a profiled function's table: it may depend on the lines, not on the events.

Each measurement is a process of its own, which runs this file as a script.
"""

from __future__ import annotations

import subprocess
import sys


def resident() -> int:
    """The process's resident set, in bytes."""
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * 4096


def first() -> int:
    """Brings the engine itself, which is not counted."""
    return 1


def loop(times: int) -> None:
    """Five lines a round."""
    for _ in range(times):
        a = 1
        b = 2
        c = 3
        d = 4
    del a, b, c, d


def growth(events: int) -> float:
    """KiB that this process grows by a profiled function that makes so many line events."""
    from memory_profiler import LineProfiler

    LineProfiler(backend="psutil")(first)()
    resident()
    before = resident()
    profiler = LineProfiler(backend="psutil")
    profiler(loop)(events // 5)
    return (resident() - before) / 1024


def in_a_process(events: int) -> float:
    """The growth, measured in a fresh interpreter."""
    command = [sys.executable, __file__, str(events)]
    return float(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)


def run(rounds: int) -> dict[str, float]:
    """The growth for few events and for many; memory_profiler has no time for ten million."""
    from timing import scale

    few, many = 1_000, scale(10_000_000, 100_000)
    return {"growth_few_kib": in_a_process(few), "growth_many_kib": in_a_process(many)}


if __name__ == "__main__":
    print(growth(int(sys.argv[1])))
