# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Compares what was said of the lines with what is true of them."""

from __future__ import annotations

import re
from typing import Any

FIELDS = (
    "occurrences",
    "heap_increment",
    "own_peak",
    "allocated",
    "freed",
    "allocations",
    "python_increment",
    "requested",
)
# What does not depend on how malloc rounds a block up, which its history decides.
WHATEVER_MALLOC_DOES = ("occurrences", "allocations", "python_increment", "requested")

Lines = dict[str, dict[str, int]]


def unequal(truth: Lines, ours: Lines, fields: tuple[str, ...] = FIELDS) -> list[tuple[str, str]]:
    """Every line with a figure that is not the true one, or that is missing, or invented."""
    found = []
    for line in sorted(truth.keys() | ours.keys(), key=int):
        if line not in ours:
            found.append((line, f"line {line} is missing"))
        elif line not in truth:
            found.append((line, f"line {line} is invented"))
        else:
            wrong = [
                f"{field} {ours[line][field]}, truly {truth[line][field]}"
                for field in fields
                if truth[line][field] != ours[line][field]
            ]
            if wrong:
                found.append((line, f"line {line}: {'; '.join(wrong)}"))
    return found


def unknown(runs: list[Lines], fields: tuple[str, ...] = FIELDS) -> dict[str, str]:
    """The lines whose truth was not the same in all runs, with the figure that was not."""
    found = {}
    for line in set().union(*runs):
        for field in fields:
            values = {run.get(line, {}).get(field) for run in runs}
            if len(values) > 1:
                found[line] = f"{field}: {' or '.join(map(str, sorted(values, key=str)))}"
    return found


def wrong(
    truth: Lines, beside: Lines, ours: dict[str, Lines], doubtful: dict[str, str]
) -> list[str]:
    """What is not right, as sentences.

    A line is right if what Peakline says alone is the recorder's own run to the byte; or if both
    say the same to the byte of the run they share (`beside` is the recorder's part), and Peakline
    alone says either the one or the other, leaving aside what malloc rounds otherwise. For an
    interpreter that is watched allocates now and then for that, and the recorder sees it.
    """
    found = []
    alone = {way: lines for way, lines in ours.items() if way != "together"}
    to_the_byte = set(truth) if alone else set()
    for way, lines in alone.items():
        to_the_byte -= {line for line, _ in unequal(truth, lines)}
        unwatched = unequal(truth, lines, WHATEVER_MALLOC_DOES)
        watched = {line for line, _ in unequal(beside, lines, WHATEVER_MALLOC_DOES)}
        found += [f"{way}, {text}" for line, text in unwatched if line in watched - doubtful.keys()]
    shared = unequal(beside, ours["together"])
    return found + [text for line, text in shared if line not in to_the_byte]


def line_in(text: str) -> str | None:
    """The number of the line that a sentence of these is about."""
    found = re.search(r"\bline (\d+)\b", text)
    return found[1] if found else None


def own_terms(peer: str, line: dict[str, int]) -> tuple[str, int]:
    """Which figure a peer gives for a line, and the truth of it as the peer defines it."""
    if peer == "memory_profiler":
        return "heap_increment", line["heap_increment"]
    if peer == "tracemalloc":
        return "requested_increment", line["requested_increment"]
    if peer == "memray":
        # To it a realloc that leaves the block as it is is an allocation.
        return "requested", line["requested"] + line["requested_kept"]
    return "allocated", line["allocated"]


def error(peer: str, answer: dict[str, Any], number: str, line: dict[str, int]) -> int | None:
    """By how much a peer is off for a line; None where it gives no figures of lines."""
    if peer == "fil" or "lines" not in answer:
        return None
    field, truth = own_terms(peer, line)
    said = answer["lines"].get(number, {}).get(field, 0)
    return int(said) - truth
