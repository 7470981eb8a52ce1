# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Scalene: MB that each line allocated, from its JSON. It samples, about once a MiB of net change.

Run by Scalene itself (`scalene run`), switched on for the measured call alone.
"""

from __future__ import annotations

import sys
from pathlib import Path

import common
from scalene import scalene_profiler


def main(path: Path) -> None:
    """Runs the program; Scalene writes its answer when the process ends."""
    program, call = common.ready(path)
    scalene_profiler.start()
    call(program["work"])
    scalene_profiler.stop()


main(Path(sys.argv[1]))
