# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""record.py PROGRAM [--peakline]: what each line of the program truly did, as JSON.

Runs with the recorder (truth/) preloaded. With --peakline, Peakline measures the same run, of the
same blocks, beside the recorder: then there is nothing that the two could rightly differ by.
"""

from __future__ import annotations

import ctypes
import json
import os
import sys
from pathlib import Path
from typing import Any

import marks
import said
from load import load, runner, settle

WHOLE = 4095
FIELDS = (
    "occurrences",
    "heap_increment",
    "own_peak",
    "allocated",
    "freed",
    "allocations",
    "python_increment",
    "requested",
    "requested_increment",
    "requested_peak",
    "kept",
    "requested_kept",
    "other_threads",
)


class Row(ctypes.Structure):
    """A line's figures, as truth.h has them."""

    _fields_ = [(name, ctypes.c_int64) for name in FIELDS]  # noqa: RUF012


def main(path: Path, *, with_peakline: bool) -> None:
    """Runs the program and writes the rows of the lines that ran."""
    truth = ctypes.PyDLL(None)
    if not hasattr(truth, "truth_function"):
        raise SystemExit("record.py: the recorder must be preloaded")
    if "PYTHONMALLOC" in os.environ:
        truth.truth_wrap()
    truth.truth_function.restype = ctypes.py_object
    functions = [truth.truth_function(which) for which in range(len(marks.NAMES) + 2)]
    source = path.read_text("utf-8")
    names = dict(zip(marks.NAMES, functions[:-2], strict=True))
    program = load(path, marks.marked(source, "work"), **names)
    run = runner(program, *functions[-2:])
    settle()
    found: dict[str, Any] = {}
    if with_peakline:
        from ours import measure

        found["ours"] = measure(run)
    else:
        run()
    found["truth"] = {}
    for line in [*range(1, len(source.splitlines()) + 1), WHOLE]:
        row = Row()
        truth.truth_read(line, ctypes.byref(row))
        if row.occurrences or line == WHOLE:
            figures = {name: getattr(row, name) for name in FIELDS}
            found["truth"]["whole" if line == WHOLE else line] = figures
    lines = {line: figures for line, figures in found["truth"].items() if line != "whole"}
    found["unkept"] = list(said.unkept(source, program, lines))
    sys.stdout.write(json.dumps(found)[:-1] + ', "live": ')
    sys.stdout.flush()
    truth.truth_write_live(1)
    os.write(1, b"}\n")
    # Threads of the program may still be at work; there is nothing more to say.
    os._exit(0)


if __name__ == "__main__":
    main(Path(sys.argv[1]), with_peakline="--peakline" in sys.argv)
