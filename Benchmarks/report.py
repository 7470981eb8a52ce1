# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""The report: one table, for the terminal or in Markdown."""

from __future__ import annotations

import os
import platform
from statistics import median

from figures import FIGURES, Figure

Results = dict[str, dict[str, dict[str, list[float]]]]
"""Version, then profiler, then figure: one value for each round."""

NAMES = {"peakline": "Peakline", "original": "memory_profiler"}


def machine() -> str:
    """The machine, in a few words."""
    model = "unknown processor"
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        for line in file:
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    kernel = ".".join(platform.release().split(".")[:2])
    return f"{model}, {os.cpu_count()} processors, Linux {kernel}"


def rows(results: Results) -> list[list[str]]:
    """The head, then for each figure a row for each profiler."""
    table = [["", "promised", "", *results]]
    for figure in FIGURES:
        for profiler, name in NAMES.items():
            cells = [_cell(figure, version, profiler, results) for version in results]
            if any(cells):
                first = [figure.title, _promise(figure)] if profiler == "peakline" else ["", ""]
                table.append([*first, name, *cells])
    return table


def broken(results: Results) -> list[str]:
    """The promises that were not kept, one sentence each."""
    found = []
    for figure in FIGURES:
        for version in results:
            values = results[version].get("peakline", {}).get(figure.key)
            minor = _minor(version)
            limit = figure.limit(minor)
            if values and limit is not None and not figure.is_kept(median(values), minor):
                value, most = figure.show(median(values)), figure.show(limit)
                found.append(f"{version}: {figure.title}: {value}, promised {most}")
    return found


def text(table: list[list[str]]) -> str:
    """Aligned with spaces."""
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in table
    )


def markdown(table: list[list[str]]) -> str:
    """As a Markdown table; the figures stand to the right."""
    head, *body = table
    rule = ["---"] * 3 + ["---:"] * (len(head) - 3)
    return "\n".join("| " + " | ".join(row) + " |" for row in [head, rule, *body])


def _cell(figure: Figure, version: str, profiler: str, results: Results) -> str:
    values = results[version].get(profiler, {}).get(figure.key)
    if not values:
        return ""
    middle = median(values)
    shown = figure.show(middle)
    if figure.least:
        shown += f" ({figure.show(min(values))})"
    if profiler == "peakline" and not figure.is_kept(middle, _minor(version)):
        shown += " ✗"
    return shown


def _promise(figure: Figure) -> str:
    if figure.promise is None:
        return ""
    before, after = (
        "" if limit is None else ("≤ " if limit else "") + figure.show(limit)
        for limit in figure.promise
    )
    if before == after:
        return before
    return f"{before}; 3.12+: {after}" if before else f"3.12+: {after}"


def _minor(version: str) -> int:
    return int(version.split(".")[1])
