# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""ours.py PROGRAM: what Peakline says of each line of the program, as JSON."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from load import load, runner, settle

FIELDS = (
    "occurrences",
    "heap_increment",
    "own_peak",
    "allocated",
    "freed",
    "allocations",
    "python_increment",
    "requested",
    "other_threads",
)


def measure(run: Any) -> dict[str, Any]:
    """The rows of the lines that ran; `run` calls the measured function, and warms up before."""
    import peakline

    profile = peakline.lines(run, backend="heap")
    lines = {
        line.line: {name: getattr(line, name) for name in FIELDS}
        for line in profile.functions[0].lines
        if line.occurrences
    }
    # The header of the function is no line of the recorder's: nothing of the body runs on it.
    lines.pop(profile.functions[0].first_line)
    # With the recorder before it, Python's allocator does not tell what was in use before. That is
    # true, and concerns the usage, which is not compared.
    caveats = [caveat for caveat in profile.caveats if "usage is too low" not in caveat]
    return {"lines": lines, "caveats": caveats}


def main(path: Path) -> None:
    """Runs the program and writes what was measured."""
    run = runner(load(path), bool, bool)
    settle()
    sys.stdout.write(json.dumps({"ours": measure(run)}) + "\n")
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
