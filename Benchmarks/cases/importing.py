# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""What `import memory_profiler` adds to a bare interpreter: time, memory, modules."""

from __future__ import annotations

import json
import subprocess
import sys
from statistics import median

CHILD = """
import sys
from time import perf_counter
def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096
resident()
modules, before, start = set(sys.modules), resident(), perf_counter()
import memory_profiler
seconds, after = perf_counter() - start, resident()
new = set(sys.modules) - modules
print([seconds * 1e3, (after - before) / 2**20, len(new),
       len(new & {"IPython", "asyncio", "inspect"})])
"""


def run(rounds: int) -> dict[str, float]:
    """Medians over fresh interpreters, each of which measures its own import; the first only warms the caches."""
    found = []
    for _ in range(max(7, rounds) + 1):
        output = subprocess.run(
            [sys.executable, "-c", CHILD], check=True, stdout=subprocess.PIPE
        ).stdout
        found.append(json.loads(output))
    names = ("import_ms", "import_mib", "import_modules", "import_heavy")
    return dict(zip(names, map(median, zip(*found[1:]))))
