# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""What Spark's memory profiler costs: 100,000 rows through a plain Python UDF, warm, `local[2]`.

    python IntegrationTests/consumers/spark_cost.py [--rounds 3] [--original FOLDER]

Side by side: without it; with a LineProfiler that measures nothing, which is what Spark itself
needs (it makes a profiler and merges two dicts for each row); with Peakline; and with the
memory_profiler in a folder. Wall time, and the processor time of Spark's Python workers, which
other work on the machine hardly changes; of each the least of all rounds, in seconds.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROWS = 100_000

MEASURES_NOTHING = """\
FIGURES = {1: (50.0, 50.0, 1), 2: (0.0, 50.0, 1), 3: (0.0, 50.0, 1)}

class CodeMap(dict):
    def __init__(self, include_children, backend):
        self._toplevel = []

    def __getitem__(self, code):
        return dict.__getitem__(self, code) or FIGURES

class LineProfiler:
    def __init__(self, **kw):
        self.code_map = CodeMap(False, "psutil")

    def add_function(self, func):
        self.code_map.add(func.__code__)

    def enable_by_count(self):
        pass

    def disable_by_count(self):
        pass
"""


def measure(repeats: int) -> dict[str, list[float]]:
    """Runs the job with the memory_profiler that is on the path."""
    import psutil
    from pyspark.sql import SparkSession
    from pyspark.sql.functions import udf

    building = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
    building = building.config("spark.driver.host", "127.0.0.1")
    spark = building.config("spark.driver.bindAddress", "127.0.0.1").getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")

    @udf("long")
    def plus(number: int) -> int:
        more = number + 1
        return more  # noqa: RET504  a second line

    def worker_seconds() -> float:
        total = 0.0
        for process in psutil.Process().children(recursive=True):
            if "python" in process.name():
                times = process.cpu_times()
                total += times.user + times.system
        return total

    def run(mode: str) -> tuple[float, float]:
        if mode:
            spark.conf.set("spark.sql.pyspark.udf.profiler", mode)
        else:
            spark.conf.unset("spark.sql.pyspark.udf.profiler")
        before, began = worker_seconds(), time.perf_counter()
        frame = spark.range(ROWS).select(plus("id").alias("out"))
        assert frame.agg({"out": "sum"}).collect()[0][0] == ROWS * (ROWS + 1) // 2
        return time.perf_counter() - began, worker_seconds() - before

    for _ in range(3):
        run("")
    run("memory")
    found: dict[str, list[float]] = {name: [] for name in ("off", "off_cpu", "on", "on_cpu")}
    for _ in range(repeats):
        for mode, name in (("", "off"), ("memory", "on")):
            wall, cpu = run(mode)
            found[name].append(wall)
            found[name + "_cpu"].append(cpu)
    spark.stop()
    return found


def ask(path: str, repeats: int) -> dict[str, list[float]]:
    """`measure` in a process of its own, with a folder first on Python's path."""
    environment = {**os.environ, "PYTHONPATH": path, "PYSPARK_PYTHON": sys.executable}
    answer = subprocess.run(
        [sys.executable, __file__, "--repeats", str(repeats), "--measure"],
        env={**environment, "SPARK_LOCAL_IP": "127.0.0.1", "PYTHONWARNINGS": "ignore"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        check=True,
    )
    return json.loads(answer.stdout.splitlines()[-1])  # type: ignore[no-any-return]


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--repeats", type=int, default=4)
    parser.add_argument("--original", help="a folder with memory_profiler.py")
    parser.add_argument("--measure", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.measure:
        print(json.dumps(measure(asked.repeats)))
        return
    import peakline

    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "memory_profiler.py").write_text(MEASURES_NOTHING)
        paths = {"nothing measured": folder}
        paths["Peakline"] = str(Path(peakline.__file__).resolve().parent.parent)
        if asked.original:
            paths["memory_profiler"] = asked.original
        best: dict[str, dict[str, float]] = {name: {} for name in paths}
        for _ in range(asked.rounds):
            for name, path in paths.items():
                found = ask(path, asked.repeats if name != "memory_profiler" else 1)
                for figure, values in found.items():
                    best[name][figure] = min(best[name].get(figure, 1e9), *values)
    show(best)


def show(best: dict[str, dict[str, Any]]) -> None:
    """One row for each, and what Peakline adds to Spark's own."""
    print(f"{'':18} {'off':>6} {'on':>6} {'CPU off':>8} {'CPU on':>7}")
    for name, row in best.items():
        print(
            f"{name:18} {row['off']:6.2f} {row['on']:6.2f} "
            f"{row['off_cpu']:8.2f} {row['on_cpu']:7.2f}"
        )
    ours, spark = best["Peakline"], best["nothing measured"]
    print(
        f"Peakline's own part: {ours['on'] - spark['on']:.2f} s, "
        f"of the workers' processor time {ours['on_cpu'] - spark['on_cpu']:.2f} s"
    )


if __name__ == "__main__":
    main()
