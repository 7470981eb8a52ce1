# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Which statement a physical line belongs to: recorders that know lines only are asked by these."""

from __future__ import annotations

import ast
from pathlib import Path


def starts(source: str) -> dict[int, int]:
    """For each line of `work`, the first line of its simple statement or compound header."""
    tree = ast.parse(source)
    function = next(
        node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "work"
    )
    found: dict[int, int] = {}
    # Outer before inner, so that the innermost wins.
    for node in ast.walk(function):
        if isinstance(node, ast.stmt | ast.ExceptHandler):
            for line in range(node.lineno, (node.end_lineno or node.lineno) + 1):
                found[line] = node.lineno
    return found


def by_statement(path: Path, lines: dict[int, dict[str, float]]) -> dict[int, dict[str, float]]:
    """Figures by physical line, added up by statement."""
    of = starts(path.read_text("utf-8"))
    found: dict[int, dict[str, float]] = {}
    for line, figures in lines.items():
        kept = found.setdefault(of.get(line, line), {})
        for name, value in figures.items():
            kept[name] = kept.get(name, 0) + value
    return found
