# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""What a capture says of each line of the measured function.

The tests' own reader reads it, which is written from docs/format.md alone, so that neither the
agent nor the engine can hide a fault of the other.
"""

from __future__ import annotations

import ast
import sys
from pathlib import Path
from typing import Any

import places
from units import starts

sys.path.append(str(places.ROOT / "python" / "tests"))

import captures

FIELDS = ("allocated", "allocations", "live")
"""What a capture and the recorder both count. The recorder charges a line with all that happens
while it runs, a capture with what its stacks go through: for what is allocated that is the same."""

THROUGH = ("allocated", "allocations", "allocated_variance")
INNERMOST = ("live", "live_variance")


def lines_of(capture: Path, program: Path) -> dict[str, dict[str, float]]:
    """Figures by statement of `work`, from all stacks that go through it."""
    source = program.read_text("utf-8")
    of = starts(source)
    header = next(
        node.lineno
        for node in ast.parse(source).body
        if isinstance(node, ast.FunctionDef) and node.name == "work"
    )
    found: dict[str, dict[str, float]] = {}
    for stack in captures.read(capture).stacks:
        lines = [of[line] for name, line in stack.frames if name == "work" and line in of]
        # Of a line that runs further out, what it did inside is counted once.
        for line in dict.fromkeys(lines):
            row = found.setdefault(str(line), dict.fromkeys(THROUGH + INNERMOST, 0))
            for field in THROUGH:
                row[field] += getattr(stack, field)
        # What is live is the innermost line's alone.
        for field in INNERMOST if lines else ():
            found[str(lines[0])][field] += getattr(stack, field)
    # Nothing of the body runs on the function's header.
    found.pop(str(header), None)
    return found


def doubts(capture: Path) -> list[str]:
    """Why the figures could be less than the truth, as sentences."""
    read = captures.read(capture)
    found = []
    if read.stacks_kind != 1:
        found.append(f"no stacks were recorded ({read.stacks_kind})")
    if any(read.dropped):
        found.append(f"{read.dropped} blocks were dropped")
    return found


def answer(capture: Path, program: Path) -> dict[str, Any]:
    """What is said of the program, as other ways of asking say it."""
    return {"lines": lines_of(capture, program), "caveats": doubts(capture)}
