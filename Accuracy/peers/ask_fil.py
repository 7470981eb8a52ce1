# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Fil: the most that was live at once, over the whole of the measured call, in bytes asked for.

Its report has no figure of a line but its share of that moment; the total is what can be compared.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import common
from filprofiler.api import profile


def main(path: Path) -> None:
    """Runs the program within profile(), and reads the collapsed stacks that it leaves."""
    program, call = common.ready(path)
    with tempfile.TemporaryDirectory() as folder:
        profile(lambda: call(program["work"]), folder)
        stacks = next(Path(folder).rglob("peak-memory.prof")).read_text("utf-8")
    peak = sum(int(line.rsplit(maxsplit=1)[1]) for line in stacks.splitlines() if line)
    common.say(path, "filprofiler", {}, peak=peak)


main(Path(sys.argv[1]))
