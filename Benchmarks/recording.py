# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""What it costs to record whole programs, beside memray from PyPI.

    recording.py WHEEL                    in an environment of its own, with NumPy and pyperformance
    recording.py --with PYTHON            an interpreter that has all of them
    recording.py WHEEL --only deep,go     these programs only

The programs are those in `workloads`, and some of pyperformance. In each round every profiler
records every program once, in random order; a ratio is of the work's own seconds in one round, or
of the whole process's, start, end and what is written among them. The medians of the rounds are
shown.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import geometric_mean, median
from typing import NamedTuple

from environments import recorders
from report import machine
from workloads import ALL

HERE = Path(__file__).resolve().parent
SAMPLED, EXACT, MEMRAY, MEMRAY_OBJECTS = "by samples", "`--exact`", "memray", "memray, with objects"
PEERS = (MEMRAY, MEMRAY_OBJECTS)
PYPERFORMANCE = {
    "mdp": [],
    "raytrace": [],
    "fannkuch": [],
    "pprint": [],
    "docutils": [],
    "sympy": ["expand"],
    "async_tree": ["none"],
    "json_loads": [],
    "deltablue": [],
    "go": [],
}
LOOPS = {"json_loads": 200, "deltablue": 100, "go": 3, "pprint": 3}
"""How often the work of one value is done where once takes less than half a second, or varies by
half from run to run: such a ratio says more about the machine's mood.
"""
UNITS = {"sec": 1.0, "ms": 1e-3, "us": 1e-6, "ns": 1e-9}
# What is promised, in bytes where it is no ratio.
MOST, MOST_MEAN = 1.15, {SAMPLED: 1.05, EXACT: 2.0}
MOST_DISK, MOST_MEMORY = 5_000_000, 30 << 20


class Run(NamedTuple):
    """One run of a program."""

    work: float
    """The work's own seconds."""
    wall: float
    """The whole process's."""
    disk: int
    """Bytes of what was written."""
    memory: int
    """The agent's private memory in bytes, as it says itself."""


def programs() -> dict[str, list[str]]:
    """The arguments of each program."""
    found = {name: [str(HERE / "workload.py"), name, "off"] for name in ALL}
    return found | {
        name: [str(HERE / "pyperformance_program.py"), str(LOOPS.get(name, 1)), name, *more]
        for name, more in PYPERFORMANCE.items()
    }


def command(profiler: str | None, python: str, arguments: list[str], out: Path) -> list[str]:
    """What runs a program under a profiler."""
    if profiler is None:
        return [python, *arguments]
    if profiler in PEERS:
        more = ["--trace-python-allocators"] if profiler == MEMRAY_OBJECTS else []
        return [python, "-m", "memray", "run", "-q", "-f", *more, "-o", str(out), *arguments]
    more = ["--exact"] if profiler == EXACT else []
    tool = str(Path(python).parent / "peakline")
    return [tool, "record", "-q", *more, "-o", str(out), python, *arguments]


def run(profiler: str | None, python: str, arguments: list[str]) -> Run:
    """Runs a program once."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out"
        start = time.perf_counter()
        done = subprocess.run(
            command(profiler, python, arguments, out), capture_output=True, text=True, check=False
        )
        wall = time.perf_counter() - start
        if done.returncode:
            raise SystemExit(f"{arguments} under {profiler}:\n{done.stderr}")
        disk = memory = 0
        if profiler:
            disk = out.stat().st_blocks * 512
        if profiler and profiler not in PEERS:
            memory = _agents_memory(python, out)
        return Run(_seconds(done.stdout), wall, disk, memory)


def _seconds(text: str) -> float:
    found = re.findall(r"Mean \+- std dev: ([\d.]+) (\w+)", text)
    if found:
        return sum(float(value) * UNITS[unit] for value, unit in found)
    return float(text.split()[-1])


def _agents_memory(python: str, capture: Path) -> int:
    report = [python, "-m", "peakline", "stats", "--json", str(capture)]
    answer = json.loads(subprocess.run(report, capture_output=True, check=True).stdout)
    return int(answer["agent_bytes"])


Runs = dict[str, dict[str | None, list[Run]]]


def measure(python: str, chosen: dict[str, list[str]], profilers: list[str], rounds: int) -> Runs:
    """All runs, by program and profiler; None is the program alone."""
    found: Runs = {name: {None: [], **{p: [] for p in profilers}} for name in chosen}
    for number in range(rounds):
        for name, arguments in chosen.items():
            turns = list(found[name])
            for profiler in random.sample(turns, len(turns)):
                sys.stderr.write(f"\r\033[Kround {number + 1}: {name}, {profiler or 'alone'}")
                found[name][profiler].append(run(profiler, python, arguments))
    sys.stderr.write("\r\033[K")
    return found


class Figures:
    """What the runs come to."""

    def __init__(self, found: Runs, profilers: list[str]) -> None:
        self.profilers = profilers
        self.ratios = {name: self._ratios(runs, 0) for name, runs in found.items()}
        walls = [self._ratios(runs, 1) for runs in found.values()]
        self.mean = {p: geometric_mean(r[p] for r in self.ratios.values()) for p in profilers}
        self.wall = {p: geometric_mean(ratios[p] for ratios in walls) for p in profilers}
        everything = {p: [one for runs in found.values() for one in runs[p]] for p in profilers}
        self.disk = {p: max(one.disk for one in everything[p]) for p in profilers}
        self.memory = {p: max(one.memory for one in everything[p]) for p in profilers}

    def _ratios(self, runs: dict[str | None, list[Run]], field: int) -> dict[str, float]:
        """The medians of the rounds, to the program alone in the same round."""
        return {
            profiler: median(
                one[field] / alone[field]
                for one, alone in zip(runs[profiler], runs[None], strict=True)
            )
            for profiler in self.profilers
        }

    def table(self) -> str:
        """All of them in Markdown."""
        rows = [["", *self.profilers], ["---", *("---:" for _ in self.profilers)]]
        rows += [[n, *(f"{r[p]:.2f}×" for p in self.profilers)] for n, r in self.ratios.items()]
        for title, means in (
            ("geometric mean", self.mean),
            ("the same, whole processes", self.wall),
        ):
            rows.append([title, *(f"**{means[p]:.2f}×**" for p in self.profilers)])
        rows.append(["largest file", *(f"{self.disk[p] / 1e6:.1f} MB" for p in self.profilers)])
        memory = [f"{b / 1e6:.1f} MB" if b else "" for b in self.memory.values()]
        rows.append(["the agent's private memory", *memory])
        return "\n".join("| " + " | ".join(row) + " |" for row in rows)

    def broken(self) -> list[str]:
        """The promises that are not kept."""
        found = [
            f"{name}, {SAMPLED}: {ratios[SAMPLED]:.2f}×, promised {MOST}×"
            for name, ratios in self.ratios.items()
            if ratios[SAMPLED] > MOST
        ]
        found += [
            f"{name}, {EXACT}: {ratios[EXACT]:.2f}×, more than memray"
            for name, ratios in self.ratios.items()
            if ratios[EXACT] > ratios.get(MEMRAY_OBJECTS, ratios[EXACT]) + 0.1
        ]
        for title, means in (("mean", self.mean), ("mean of whole processes", self.wall)):
            found += [
                f"{title}, {profiler}: {means[profiler]:.3f}×, promised {most}×"
                for profiler, most in MOST_MEAN.items()
                if means[profiler] > most
            ]
        found += [
            f"a file of {self.disk[profiler]:,} bytes, {profiler}"
            for profiler in (SAMPLED, EXACT)
            if self.disk[profiler] > MOST_DISK
        ]
        if self.memory[SAMPLED] > MOST_MEMORY:
            found.append(f"the agent's memory, {SAMPLED}: {self.memory[SAMPLED]:,} bytes")
        return found


def main() -> int:
    """Prints the table; 1 if a promise is not kept."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("wheel", nargs="?")
    parser.add_argument("--with", dest="with_python", help="an interpreter that has all")
    parser.add_argument("--python", default=sys.executable, help="the Python to make it with")
    parser.add_argument("--only", help="programs, with commas between")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--no-peers", action="store_true")
    options = parser.parse_args()
    if bool(options.wheel) == bool(options.with_python):
        parser.error("give a wheel, or --with and an interpreter")
    python = options.with_python or recorders(options.python, options.wheel)
    wanted = options.only.split(",") if options.only else None
    chosen = {n: a for n, a in programs().items() if wanted is None or n in wanted}
    profilers = [SAMPLED, EXACT] if options.no_peers else [SAMPLED, EXACT, *PEERS]
    figures = Figures(measure(python, chosen, profilers, options.rounds), profilers)
    print(f"{machine()}; medians of {options.rounds} rounds\n")
    print(figures.table())
    if broken := figures.broken():
        print("\nNot kept:\n\n" + "\n".join(f"- {text}" for text in broken))
    return bool(broken)


if __name__ == "__main__":
    sys.exit(main())
