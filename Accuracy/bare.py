# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""bare.py PROGRAM: runs the program, unmarked and unmeasured, for whoever records the process."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from load import load, runner, settle


def main(path: Path) -> None:
    """Runs the program."""
    run = runner(load(path), bool, bool)
    settle()
    run()
    sys.stdout.write("{}\n")
    sys.stdout.flush()
    # Threads of the program may still be at work.
    os._exit(0)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
