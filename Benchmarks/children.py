#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""What the start of a child costs while its parent is recorded.

    children.py WHEEL                     makes an environment with it
    children.py --with PYTHON             an interpreter that has Peakline
    children.py --only fork --rounds 9    some kinds, another number of rounds

A program starts children one after the other and waits for each; it runs alone and recorded in
turn, and a round's ratio and difference are those of one such pair. Medians of the rounds count.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import NamedTuple

from environments import children
from report import machine

PROMISE = 5.0
"""Milliseconds that a child takes longer, at most."""
MODES = {"by samples": [], "`--exact`": ["--exact"]}


class Kind(NamedTuple):
    """A way of starting children."""

    title: str
    start: str
    """Starts one and waits for it."""
    count: int
    programs: int = 1
    """How many processes or programs one start is: a shell is one, and what it runs another."""


KINDS = {
    "fork": Kind(
        "`os.fork()`, and `os._exit()`",
        "child = os.fork()\n    if not child: os._exit(0)\n    os.waitpid(child, 0)",
        200,
    ),
    "multiprocessing": Kind(
        "`multiprocessing`, by fork",
        "child = context.Process(target=int)\n    child.start()\n    child.join()",
        100,
    ),
    "true": Kind("`subprocess.run`: `/bin/true`", "subprocess.run(['/bin/true'])", 200),
    "shell": Kind(
        "`os.system`: a shell and `/bin/true`, each", "os.system('/bin/true')", 100, programs=2
    ),
    "python": Kind(
        "`subprocess.run`: Python, doing nothing",
        "subprocess.run([sys.executable, '-S', '-E', '-c', 'pass'])",
        40,
    ),
}
PROGRAM = """
import multiprocessing, os, subprocess, sys, time
context = multiprocessing.get_context("fork")
def start():
    {start}
for _ in range(5): start()
begin = time.perf_counter()
for _ in range({count}): start()
print((time.perf_counter() - begin) / {count})
"""


class Result(NamedTuple):
    """Milliseconds a child alone, and of each mode the ratio and the milliseconds more."""

    alone: float
    recorded: dict[str, tuple[float, float]]


def milliseconds(python: str, kind: Kind, mode: list[str] | None) -> float:
    """How long a child takes, from its start to its end."""
    program = PROGRAM.format(start=kind.start, count=kind.count)
    with tempfile.TemporaryDirectory() as folder:
        command = [python, "-c", program]
        if mode is not None:
            tool = str(Path(python).parent / "peakline")
            command = [tool, "record", "-q", *mode, "-o", str(Path(folder) / "out"), *command]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        return float(done.stdout) * 1000 / kind.programs


def measure(python: str, kind: Kind, rounds: int) -> Result:
    """Pairs of runs, in an order that is another one each time."""
    alone = []
    pairs: dict[str, list[tuple[float, float]]] = {mode: [] for mode in MODES}
    for _ in range(rounds):
        for mode in random.sample(list(MODES), len(MODES)):
            bare = milliseconds(python, kind, None)
            recorded = milliseconds(python, kind, MODES[mode])
            alone.append(bare)
            pairs[mode].append((recorded / bare, recorded - bare))
    return Result(
        median(alone),
        {
            mode: (median(ratio for ratio, _ in found), median(more for _, more in found))
            for mode, found in pairs.items()
        },
    )


def main() -> int:
    """Prints the table; 1 if the promise is not kept."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("wheel", nargs="?")
    parser.add_argument("--with", dest="with_python", help="an interpreter that has Peakline")
    parser.add_argument("--python", default=sys.executable, help="the Python to make it with")
    parser.add_argument("--only", help=f"of {', '.join(KINDS)}, with commas between")
    parser.add_argument("--rounds", type=int, default=9)
    options = parser.parse_args()
    if bool(options.wheel) == bool(options.with_python):
        parser.error("give a wheel, or --with and an interpreter")
    python = options.with_python or children(options.python, options.wheel)
    wanted = options.only.split(",") if options.only else list(KINDS)
    print(f"{machine()}; medians of {options.rounds} pairs of runs\n")
    print(f"| a child | alone | {' | '.join(f'{mode} | more' for mode in MODES)} | promised |")
    print(f"| --- | ---: | {'---: | ' * (2 * len(MODES))}---: |")
    is_kept = True
    for name in wanted:
        kind = KINDS[name]
        result = measure(python, kind, options.rounds)
        cells = []
        for ratio, more in result.recorded.values():
            is_over = more > PROMISE
            is_kept = is_kept and not is_over
            cells += [f"{ratio:.2f} ×", f"{more:.2f} ms{' ✗' if is_over else ''}"]
        print(
            f"| {kind.title} | {result.alone:.2f} ms | {' | '.join(cells)} | ≤ {PROMISE:.0f} ms |",
            flush=True,
        )
    return 0 if is_kept else 1


if __name__ == "__main__":
    sys.exit(main())
