# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Runs one of pyperformance's programs in this very process: `… LOOPS NAME [arguments]`.

Its own runner starts processes, which would hide what a profiler of this one costs.
"""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

import pyperformance

if __name__ == "__main__":
    loops, name, *more = sys.argv[1:]
    folder = Path(pyperformance.__file__).parent / "data-files" / "benchmarks" / f"bm_{name}"
    # As few repetitions as give a figure: one value of three, after one that does not count.
    sys.argv = [str(folder / "run_benchmark.py"), "--worker", f"-l{loops}", "-w1", "-n3", *more]
    sys.path[0] = str(folder)
    runpy.run_path(sys.argv[0], run_name="__main__")
