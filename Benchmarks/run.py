# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""What profiling costs: Peakline beside memory_profiler from PyPI, on each CPython of this machine.

    run.py WHEEL                      the wheel, in environments of its own
    run.py --pair PEAKLINE ORIGINAL   interpreters that have one and the other installed

A figure compares a profiled run with a bare run of the same code in the same process: they take
turns, and the shortest time of each counts. The processes are repeated in rounds, the profilers in
random order; the median over the rounds is shown. What only Peakline does, counting the heap, is
compared with the same program without it.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
from pathlib import Path

from cases import ALL, OURS
from environments import Pair, one_of_each_version, prepare
from report import Results, broken, machine, markdown, rows, text

HERE = Path(__file__).resolve().parent


def measure(pairs: list[Pair], cases: list[str], rounds: int) -> Results:
    """Runs each case in a process of its own, for each interpreter, so often."""
    results: Results = {}
    versions = [_version(pair.peakline) for pair in pairs]
    for turn in range(rounds):
        for version, pair in zip(versions, pairs, strict=True):
            for case in cases:
                _say(f"round {turn + 1} of {rounds}, CPython {version}: {case}")
                profilers = ("peakline",) if case in OURS else random.sample(pair._fields, 2)
                for profiler in profilers:
                    figures = _run(getattr(pair, profiler), case)
                    kept = results.setdefault(version, {}).setdefault(profiler, {})
                    for name, value in figures.items():
                        kept.setdefault(name, []).append(value)
    _say("")
    return results


def _run(python: str, case: str) -> dict[str, float]:
    output = subprocess.run(
        [python, HERE / "worker.py", case], check=True, stdout=subprocess.PIPE, text=True
    ).stdout
    found: dict[str, float] = json.loads(output)
    return found


def _version(python: str) -> str:
    question = "import sys; print('%d.%d.%d' % sys.version_info[:3])"
    answer = subprocess.run([python, "-c", question], check=True, stdout=subprocess.PIPE, text=True)
    return answer.stdout.strip()


def _say(what: str) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\033[K{what}")


def main() -> None:
    """Measures and prints the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("wheel", nargs="?", help="Peakline's wheel")
    parser.add_argument("--pair", nargs=2, action="append", default=[], help="two interpreters")
    parser.add_argument("--only", default=",".join(ALL), help="cases, with commas between")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--markdown", action="store_true", help="the table in Markdown")
    parser.add_argument("--json", help="a file for every single value")
    options = parser.parse_args()
    if bool(options.wheel) == bool(options.pair):
        parser.error("give a wheel, or --pair with two interpreters")
    pairs = [Pair(*pair) for pair in options.pair]
    if options.wheel:
        pairs = [prepare(python, options.wheel) for python in one_of_each_version()]
    results = measure(pairs, options.only.split(","), options.rounds)
    table = rows(results)
    print(f"{machine()}; medians of {options.rounds} rounds\n")
    print(markdown(table) if options.markdown else text(table))
    for sentence in broken(results):
        print(f"\nNot kept on {sentence}")
    if options.json:
        everything = {"machine": machine(), "rounds": options.rounds, "figures": results}
        Path(options.json).write_text(json.dumps(everything, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
