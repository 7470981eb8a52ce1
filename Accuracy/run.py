# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Asks Peakline and its peers about programs that know what they allocate, and says who was right.

    run.py WHEEL                     the table, made with the first Python that tools/pythons finds
    run.py WHEEL --python PATH       with another one
    run.py --with PYTHON             an interpreter that can import Peakline; no peers

Exits with 1 if Peakline is not exact on a line whose truth is known.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import asking
import options
import page
import places
import report

CLOSER_LOOK = 40
"""How often more the truth is recorded where Peakline, in a run of its own, says something else.

A line whose truth depends on addresses may be the same three times by chance: they decide which
name makes room for which in the interpreter's cache of attributes, and large libraries look up
names that die of it.
"""


def ask(program: Path, python: str, peers: dict[str, str], rounds: int) -> dict[str, Any]:
    """All that is said of one program; with one round only, in fewer ways."""
    asking.say(f"{program.stem}: the truth")
    runs = [asking.recorded(python, program) for _ in range(rounds)]
    found: dict[str, Any] = {"truth": runs}
    if "error" in runs[0]:
        return found
    asking.say(f"{program.stem}: Peakline")
    found["together"] = asking.together(python, program)
    if not asking.needs_preload(program):
        found["alone"] = asking.alone(python, program)
    if rounds > 1 or asking.needs_preload(program):
        found["preloaded"] = asking.alone(python, program, preloaded=True)
    found["peers"] = {}
    for name, interpreter in peers.items():
        asking.say(f"{program.stem}: {name}")
        found["peers"][name] = asking.peer(name, interpreter, program)
    return found


def prepare(given: argparse.Namespace) -> tuple[str, dict[str, str]]:
    """The interpreter with Peakline, and those of the peers that could be installed."""
    python = given.with_python
    if given.wheel:
        python = places.peakline(given.python, given.wheel)
    elif given.peers:
        places.environment(given.python, "libraries", *places.LIBRARIES)
    wants_peers = bool(given.wheel) if given.peers is None else given.peers
    peers = {}
    for name, package in places.PEERS.items() if wants_peers else ():
        try:
            peers[name] = places.environment(given.python, name, *([package] if package else []))
        except RuntimeError as error:
            sys.stderr.write(f"{name} is left out: {error}\n")
    return python, peers


def main() -> None:
    """Asks, judges, and writes the report."""
    parser = options.parser(__doc__)
    parser.add_argument("--peers", action=argparse.BooleanOptionalAction, help="ask them as well")
    parser.add_argument("--only", help="programs, with commas between")
    parser.add_argument(
        "--rounds", type=int, default=3, help="how often the truth is recorded by itself"
    )
    parser.add_argument("--json", type=Path, help="a file for every single figure")
    given = options.parse(parser)
    python, peers = prepare(given)
    chosen = [p for p in places.PROGRAMS if not given.only or p.stem in given.only.split(",")]
    results = {}
    wrong = 0
    for program in chosen:
        found = ask(program, python, peers, given.rounds)
        results[program.stem] = found
        verdict = report.verdict(found)
        if not verdict.is_right and "error" not in found["truth"][0]:
            asking.say(f"{program.stem}: the truth, more often")
            found["truth"] += [asking.recorded(python, program) for _ in range(CLOSER_LOOK)]
            verdict = report.verdict(found)
        wrong += not verdict.is_right
        asking.say("")
        print(f"{program.stem:20} {verdict.sentence}", flush=True)
        for sentence in verdict.details:
            print(f"    {sentence}")
    if given.json:
        given.json.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    if given.write:
        page.write(given.write, results, places.version(python))
    print(report.summary(results))
    raise SystemExit(1 if wrong else 0)


if __name__ == "__main__":
    main()
