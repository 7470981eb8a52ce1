# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""How long the reports of captures take, the largest there are among them.

    reports.py PEAKLINE               the executable, built for release
    reports.py PEAKLINE --rounds 9

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
# Stacks, lines at most, and the seconds that are promised; nothing is promised of a million lines.
CAPTURES = ((20_000, 5_000, 0.3), (1_000_000, 20_000, 3.0), (1_000_000, 1_000_000, None))


def seconds(command: list[str], rounds: int) -> tuple[float, int]:
    """The shortest time that a command takes, and how many bytes it writes."""
    times = []
    for _ in range(rounds):
        with tempfile.TemporaryFile() as output:
            start = time.perf_counter()
            subprocess.run(command, stdout=output, check=True)
            times.append(time.perf_counter() - start)
            size = output.tell()
    return min(times), size


def main() -> int:
    """Prints the table; 1 if a promise is not kept."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("peakline")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    print("| stacks | lines, at most | report | text | JSON | its size | promised |")
    print("| ---: | ---: | --- | ---: | ---: | ---: | ---: |")
    is_kept = True
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "made.peakline"
        for stacks, lines, promise in CAPTURES:
            make(path, stacks, lines)
            for report in REPORTS:
                command = [options.peakline, *report.split(), str(path)]
                text, _ = seconds(command, options.rounds)
                json, size = seconds([*command, "--json"], options.rounds)
                promised = "" if promise is None else f"≤ {promise:.1f} s"
                if promise is not None and max(text, json) > promise:
                    promised += " ✗"
                    is_kept = False
                print(
                    f"| {stacks:,} | {lines:,} | `{report}` | {text:.2f} s | {json:.2f} s "
                    f"| {size / 2**20:.1f} MiB | {promised} |",
                    flush=True,
                )
    return 0 if is_kept else 1


if __name__ == "__main__":
    sys.exit(main())
