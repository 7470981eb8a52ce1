# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""What it takes to begin counting the heap, in a fresh interpreter that has loaded the agent.

Each measurement is a process of its own, which runs this file as a script.
"""

from __future__ import annotations

import sys
from time import perf_counter


def resident() -> int:
    """The process's resident set, in bytes."""
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * 4096


def measure() -> list[float]:
    """Milliseconds and MiB."""
    from peakline import _heap, _natives

    _natives.natives()
    resident()
    before, start = resident(), perf_counter()
    _heap.start()
    took, after = perf_counter() - start, resident()
    return [took * 1e3, (after - before) / 2**20]


def run(rounds: int) -> dict[str, float]:
    """Medians over fresh interpreters; the first warms the caches."""
    import json
    import subprocess
    from statistics import median

    found = []
    for _ in range(max(9, rounds) + 1):
        command = [sys.executable, __file__]
        output = subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout
        found.append(json.loads(output))
    names = ("heap_start_ms", "heap_start_mib")
    return dict(zip(names, map(median, zip(*found[1:], strict=True)), strict=True))


if __name__ == "__main__":
    print(measure())
