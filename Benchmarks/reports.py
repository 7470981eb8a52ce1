# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""How long the reports of captures take, the largest there are among them.

    reports.py PEAKLINE                   the executable, built for release
    reports.py PEAKLINE --lines 1000000   another number of lines of the largest, at most

Each report is made several times, as text and as JSON, by a process of its own; the shortest time
counts, since other work only adds to it.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from made_capture import make

REPORTS = ("report", "lines", "tree", "tree --reverse", "leaks", "stats")
# Stacks, and the seconds that are promised.
CAPTURES = ((20_000, 0.3), (1_000_000, 3.0))


def seconds(command: list[str], rounds: int) -> float:
    """The shortest time that a command takes."""
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
        times.append(time.perf_counter() - start)
    return min(times)


def main() -> int:
    """Prints the table; 1 if a promise is not kept."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("peakline")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--lines", type=int, default=20_000)
    options = parser.parse_args()
    print("| stacks | report | text | JSON | promised |")
    print("| ---: | --- | ---: | ---: | ---: |")
    is_kept = True
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "made.peakline"
        for stacks, promise in CAPTURES:
            make(path, stacks, min(options.lines, stacks))
            for report in REPORTS:
                command = [options.peakline, *report.split(), str(path)]
                text = seconds(command, options.rounds)
                json = seconds([*command, "--json"], options.rounds)
                mark = "" if max(text, json) <= promise else " ✗"
                is_kept = is_kept and not mark
                print(
                    f"| {stacks:,} | `{report}` | {text:.2f} s | {json:.2f} s "
                    f"| ≤ {promise} s{mark} |",
                    flush=True,
                )
    return 0 if is_kept else 1


if __name__ == "__main__":
    sys.exit(main())
