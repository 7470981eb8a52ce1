# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""What came out: a verdict on Peakline for each program, and how the peers did on all lines."""

from __future__ import annotations

from typing import Any, NamedTuple

import judging

PEERS = ("memory_profiler", "tracemalloc", "memray", "scalene")


class Verdict(NamedTuple):
    """How Peakline did on one program."""

    is_right: bool
    sentence: str
    details: list[str]
    lines: int = 0
    unknown: int = 0
    watched: frozenset[str] | set[str] = frozenset()
    """Lines on which the interpreter allocates more or less for being watched."""


def lines_of(answer: dict[str, Any]) -> judging.Lines:
    """The rows by line, without that of the whole call."""
    return {line: row for line, row in answer["truth"].items() if line != "whole"}


def verdict(found: dict[str, Any]) -> Verdict:
    """Whether every figure is right, and which are not."""
    for run in found["truth"]:
        if "error" in run:
            # Only for want of a library that the program needs is it nobody's fault.
            is_excused = "ModuleNotFoundError" in run["error"]
            return Verdict(is_excused, f"not run: {run['error']}", [])
    truths = [lines_of(run) for run in found["truth"]]
    doubtful = judging.unknown(truths)
    details = [f"the program's own words: {claim}" for claim in found["truth"][0]["unkept"]]
    ways = [way for way in ("together", "alone", "preloaded") if way in found]
    for way in ways:
        if "error" in found[way]:
            return Verdict(False, f"{way}: {found[way]['error']}", details, len(truths[0]))
    details += [f"{way}: {c}" for way in ways for c in found[way]["ours"]["caveats"]]
    details += judging.wrong(
        truths[0],
        lines_of(found["together"]),
        {way: found[way]["ours"]["lines"] for way in ways},
        doubtful,
    )
    sentence = "exact" if not details else "NOT EXACT"
    sentence += f" on {len(truths[0])} lines"
    if doubtful:
        sentence += f", {len(doubtful)} of them differ from run to run"
    watched = judging.unequal(truths[0], lines_of(found["together"]), judging.WHATEVER_MALLOC_DOES)
    return Verdict(
        not details,
        sentence,
        details,
        len(truths[0]),
        len(doubtful),
        {line for line, _ in watched if line not in doubtful},
    )


def summary(results: dict[str, Any]) -> str:
    """One line for each who was asked."""
    verdicts = [verdict(found) for found in results.values()]
    asked = [v for v in verdicts if v.lines]
    right = sum(v.is_right for v in asked)
    known = sum(not v.unknown for v in asked)
    text = [
        f"{len(asked)} programs, {sum(v.lines for v in asked)} lines; the truth of all lines of "
        f"{known} is the same in every run.",
        f"Peakline: exact on {right} of {len(asked)} programs.",
    ]
    text += [f"{peer}: {tally.sentence()}" for peer, tally in tallies(results).items()]
    return "\n".join(text)


class Tally:
    """How a peer did on all lines whose truth is known."""

    def __init__(self) -> None:
        self.lines = self.exact = self.near = self.missing = self.invented = 0
        self.failed: list[str] = []
        self.version = ""

    def sentence(self) -> str:
        """For the terminal."""
        return (
            f"{self.exact} of {self.lines} lines exact, {self.near} within 10 %, "
            f"{self.missing} missing, {self.invented} invented"
            + (f"; failed on {', '.join(self.failed)}" if self.failed else "")
        )


def tallies(results: dict[str, Any]) -> dict[str, Tally]:
    """The peers that give figures of lines."""
    found: dict[str, Tally] = {}
    for name, result in results.items():
        for peer, answer in result.get("peers", {}).items():
            if peer == "fil":
                continue
            tally = found.setdefault(peer, Tally())
            if "error" in answer:
                tally.failed.append(name)
                continue
            tally.version = answer["version"]
            _count(tally, peer, answer, result)
    return found


def _count(tally: Tally, peer: str, answer: dict[str, Any], result: dict[str, Any]) -> None:
    truths = [lines_of(run) for run in result["truth"]]
    doubtful = judging.unknown(truths)
    for number, line in truths[0].items():
        if number in doubtful:
            continue
        tally.lines += 1
        _, truth = judging.own_terms(peer, line)
        off = judging.error(peer, answer, number, line)
        tally.exact += off == 0
        tally.near += off is not None and abs(off) <= 0.1 * abs(truth)
        tally.missing += truth != 0 and off == -truth
        tally.invented += truth == 0 and off != 0
