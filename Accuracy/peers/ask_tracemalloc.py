# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""tracemalloc: bytes asked for in Python's own domains, read at each mark of the program.

The marks are the recorder's, so that the lines are the same; a reading is what get_traced_memory()
says. It is compared with the bytes asked for, which is what it counts.
"""

from __future__ import annotations

import sys
import tracemalloc
from array import array
from pathlib import Path
from typing import Any

import common
import marks

LINES = 4096
increments = array("q", [0] * LINES)
seen = array("q", [0] * LINES)
# The frames' open lines, with the reading at their start; how many frames there are comes first.
stack = array("q", [0] * 1024)
read = tracemalloc.get_traced_memory


def close() -> None:
    # First of all: what comes next makes integers.
    now = read()[0]
    line = stack[stack[0] * 2]
    if line:
        increments[line] += now - stack[stack[0] * 2 + 1]
        stack[stack[0] * 2] = 0


def mark(line: int) -> None:
    if stack[0] and stack[stack[0] * 2] != line:
        close()
        seen[line] += 1
        stack[stack[0] * 2] = line
        stack[stack[0] * 2 + 1] = read()[0]


def enter(nothing: None) -> None:
    stack[0] += stack[1023]


def leave(value: Any) -> Any:
    if stack[0]:
        close()
        stack[0] -= 1
    return value


def resume(line: int, value: Any) -> Any:
    enter(None)
    if stack[0]:
        stack[stack[0] * 2] = line
        stack[stack[0] * 2 + 1] = read()[0]
    return value


def caught(line: int, kind: Any) -> Any:
    mark(line)
    return kind


def main(path: Path) -> None:
    """Runs the program with marks that read."""
    tree = marks.marked(path.read_text("utf-8"), "work")
    functions = (mark, enter, leave, resume, caught)
    program, call = common.ready(
        path, tree, before=tracemalloc.start, **dict(zip(marks.NAMES, functions, strict=True))
    )
    stack[1023] = 1
    call(program["work"])
    stack[1023] = 0
    tracemalloc.stop()
    lines = {line: {"requested_increment": increments[line]} for line in range(LINES) if seen[line]}
    common.say(path, "tracemalloc", lines, version=".".join(map(str, sys.version_info[:3])))


main(Path(sys.argv[1]))
