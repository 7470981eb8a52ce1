# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""What `mprof` costs: starting a program, sampling it, and plotting what was recorded."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter

from timing import IS_PEAKLINE, scale

MPROF = str(Path(sys.executable).with_name("mprof"))
SLEEP = 2.0
"""Seconds for which a program is sampled that does nothing."""
FEW, MANY = 100_000, 8_600_000
"""Samples of the recordings that are plotted; the original is given the small one only."""


def run(rounds: int) -> dict[str, float]:
    """Medians of the rounds."""
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        bare = median(_wall(["true"]) for _ in range(rounds))
        under = median(_wall([MPROF, "run", "-o", "t.dat", "true"]) for _ in range(rounds))
        found = {
            "mprof_true_ms": (under - bare) * 1e3,
            "mprof_cpu_ms": median(_processor() for _ in range(3)) * 1e3,
            "mprof_plot_ms": _plot(FEW, rounds=3)[0] * 1e3,
        }
        if IS_PEAKLINE:
            seconds, memory = _plot(MANY, rounds=scale(3, 1))
            found["mprof_plot_many_s"] = seconds
            found["mprof_plot_many_mib"] = memory
            found["mprof_page_kib"] = Path("a.plot.html").stat().st_size / 1024
    return found


def _wall(command: list[str]) -> float:
    start = perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return perf_counter() - start


def _processor() -> float:
    """Seconds of processor time in a second of sampling, 100 times a second, start and end not
    among them.
    """
    used = []
    for seconds in (SLEEP, 2 * SLEEP):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        command = [MPROF, "run", "-T", "0.01", "-o", "s.dat", "sleep", str(seconds)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        used.append(after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)
    return (used[1] - used[0]) / SLEEP


def _plot(samples: int, rounds: int) -> tuple[float, float]:
    """The least seconds, and the most MiB: of Peakline's in the terminal and as a page, of the
    original's as a picture, which is what it has.
    """
    with open("a.dat", "w", encoding="utf-8") as file:
        file.write("CMDLINE program\n")
        for index in range(samples):
            amount = 100 + index % 997 / 8
            file.write(f"MEM {amount:.6f} {1_700_000_000 + index * 1e-3:.4f}\n")
    # The original draws by matplotlib, of which the first run makes a cache of fonts.
    more = [] if IS_PEAKLINE else ["--backend", "Agg", "-o", "a.png"]
    command = [MPROF, "plot", *more, "a.dat"]
    if not IS_PEAKLINE:
        _wall(command)
    times, memory = [], 0.0
    for _ in range(rounds):
        start = perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        times.append(perf_counter() - start)
        if status:
            raise SystemExit(f"{command} ended with {status}")
        memory = max(memory, usage.ru_maxrss / 1024)
    return min(times), memory
