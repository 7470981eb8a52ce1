# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Reads what a tested process wrote down, and compares lists of outcomes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple


class Record(NamedTuple):
    outcomes: dict[str, str]
    """Test -> outcome. A test that ran twice has a number behind its name."""
    troubles: dict[str, str]
    """Test -> its traceback."""
    checkpoints: list[dict[str, Any]]
    unfinished: str | None
    """The test in which the process ended, if it did not come to its own end."""


def read(path: Path) -> Record:
    """The record; one that was never begun is empty and unfinished."""
    outcomes: dict[str, str] = {}
    troubles: dict[str, str] = {}
    checkpoints: list[dict[str, Any]] = []
    last, finished = "the start", False
    for text in path.read_text().splitlines() if path.is_file() else []:
        line = json.loads(text)
        if "begins" in line:
            last = line["begins"]
        elif "test" in line:
            name, number = line["test"], 2
            while name in outcomes:
                name, number = f"{line['test']} #{number}", number + 1
            outcomes[name] = "; ".join(dict.fromkeys(line["outcome"].split("; ")))
        elif "trouble" in line:
            troubles[line["trouble"]] = line["what"]
        elif "checkpoint" in line:
            checkpoints.append(line)
        else:
            finished = True
    return Record(outcomes, troubles, checkpoints, None if finished else last)


def differing(one: dict[str, str], other: dict[str, str]) -> dict[str, tuple[str, str]]:
    """Test -> its two outcomes, where they are not the same."""
    names = [*one, *(name for name in other if name not in one)]
    pairs = {name: (one.get(name, "not run"), other.get(name, "not run")) for name in names}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
