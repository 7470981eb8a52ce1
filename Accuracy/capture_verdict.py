# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Compares what captures say of the lines of a program with what is true of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from captured import FIELDS
from report import lines_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    Figures = Mapping[str, Mapping[str, float]]


class Verdict(NamedTuple):
    """What came out for one program."""

    lines: int
    unknown: int
    """Lines that did not allocate as many blocks in each of their runs."""
    wrong: list[str]
    not_run: str = ""

    def sentence(self) -> str:
        """For the terminal."""
        if self.not_run:
            return f"not run: {self.not_run}"
        found = f"{'NOT EXACT' if self.wrong else 'exact'} on {self.lines} lines"
        if self.unknown:
            found += f", {self.unknown} of them differ from run to run"
        return found


def judge(found: dict[str, Any]) -> Verdict:
    """Every figure has to be right to the byte in the process in which the recorder was as well;
    alone, the number of blocks, since two processes differ in how malloc rounds these up."""
    for way in [*found["truth"], found.get("together", {}), found.get("alone", {})]:
        if "error" in way:
            is_excused = "ModuleNotFoundError" in way["error"]
            return Verdict(0, 0, [] if is_excused else [way["error"]], way["error"])
    together, alone = found["together"]["ours"], found["alone"]["ours"]
    truth = lines_of(found["together"])
    for line, row in truth.items():
        row["live"] = found["together"]["live"].get(line, 0)
    wrong = [*together["caveats"], *alone["caveats"]]
    wrong += _unequal(truth, together["lines"])
    runs = [*map(lines_of, found["truth"]), truth]
    unknown = 0
    for line in sorted(truth.keys() | alone["lines"].keys(), key=int):
        counts = {run.get(line, {}).get("allocations", 0) for run in runs}
        blocks = alone["lines"].get(line, {}).get("allocations", 0)
        unknown += len(counts) > 1
        if len(counts) == 1 and blocks not in counts:
            wrong.append(f"alone, line {line}: {blocks:.0f} blocks, truly {counts.pop():.0f}")
    return Verdict(len(truth), unknown, wrong)


def _unequal(truth: Figures, ours: Figures) -> list[str]:
    """Every figure that is not the true one; a line of which a capture has nothing has zeros."""
    nothing = dict.fromkeys(FIELDS, 0)
    found = []
    for line in sorted(truth.keys() | ours.keys(), key=int):
        true, mine = truth.get(line, nothing), ours.get(line, nothing)
        differing = [
            f"{f} {mine[f]:.0f}, truly {true[f]:.0f}" for f in FIELDS if mine[f] != true[f]
        ]
        if differing:
            found.append(f"line {line}: {'; '.join(differing)}")
    return found
