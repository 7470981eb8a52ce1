# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Runs one workload in this interpreter and prints its seconds: `workload.py NAME off|on`.

With `on` the heap is counted from before the workload is imported, as in a program that is started
for that; no line is profiled. The best of three runs counts.
"""

from __future__ import annotations

import importlib
import sys
from time import perf_counter


def main() -> None:
    """The seconds of the work alone, without what interpreter and accounting take to start."""
    name, accounting = sys.argv[1:]
    if accounting == "on":
        from peakline import _heap

        _heap.start()
    work = importlib.import_module("workloads." + name).work
    best = float("inf")
    for _ in range(3):
        start = perf_counter()
        work()
        best = min(best, perf_counter() - start)
    if accounting == "on" and (not any(_heap.totals()) or _heap.totals().lost):
        raise SystemExit("the heap was not counted")
    print(best)


if __name__ == "__main__":
    main()
