# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""What `import memory_profiler` adds to a bare interpreter, and what the first profiled call adds.

Each measurement is a process of its own, which runs this file as a script; hence nothing but `sys`
and the clock is imported here. Names are loaded when they are first used, so that the import alone
would flatter.
"""

from __future__ import annotations

import sys
from time import perf_counter


def resident() -> int:
    """The process's resident set, in bytes."""
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * 4096


def first() -> int:
    """The first profiled function."""
    return 1


def measure() -> list[float]:
    """Milliseconds and MiB of the import; modules; heavy ones; both with the first call."""
    resident()
    modules, before, start = set(sys.modules), resident(), perf_counter()
    import memory_profiler

    imported, then = perf_counter(), resident()
    new = set(sys.modules) - modules
    again = perf_counter()
    memory_profiler.LineProfiler(backend="psutil")(first)()
    called, after = perf_counter(), resident()
    return [
        (imported - start) * 1e3,
        (then - before) / 2**20,
        len(new),
        len(new & {"IPython", "asyncio", "inspect"}),
        (imported - start + called - again) * 1e3,
        (after - before) / 2**20,
    ]


def run(rounds: int) -> dict[str, float]:
    """Medians over fresh interpreters; the first warms the caches."""
    import json
    import subprocess
    from statistics import median

    found = []
    for _ in range(max(9, rounds) + 1):
        output = subprocess.run(
            [sys.executable, __file__], check=True, stdout=subprocess.PIPE
        ).stdout
        found.append(json.loads(output))
    names = ("import_ms", "import_mib", "import_modules", "import_heavy", "first_ms", "first_mib")
    return dict(zip(names, map(median, zip(*found[1:], strict=True)), strict=True))


if __name__ == "__main__":
    print(measure())
