# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Records the oracle's programs whole, in exact mode, and holds every line against the truth.

    recordings.py WHEEL              with the first Python that tools/pythons finds
    recordings.py WHEEL --python PATH
    recordings.py --with PYTHON      an interpreter that can import Peakline

Exits with 1 if a capture is not exact on a line whose truth is known.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import asking
import options
import page
import places
from capture_verdict import Verdict, judge

CLOSER_LOOK = 20
"""How often more the truth is recorded where a capture of another process says something else."""


def ask(program: Path, python: str, rounds: int) -> dict[str, Any]:
    """The truth of runs of its own, then both of one process, then a capture of its own."""
    asking.say(f"{program.stem}: the truth")
    found: dict[str, Any] = {"truth": [asking.recorded(python, program) for _ in range(rounds)]}
    if not any("error" in run for run in found["truth"]):
        asking.say(f"{program.stem}: recordings")
        found["together"] = asking.recording(python, program, with_recorder=True)
        found["alone"] = asking.recording(python, program)
    return found


def main() -> None:
    """Asks, judges, and writes the report."""
    given = _options()
    python = options.interpreter(given)
    chosen = [p for p in places.PROGRAMS if not given.only or p.stem in given.only.split(",")]
    results, verdicts = {}, {}
    for program in chosen:
        found = results[program.stem] = ask(program, python, given.rounds)
        verdict = judge(found)
        if given.rounds and any(text.startswith("alone, ") for text in verdict.wrong):
            asking.say(f"{program.stem}: the truth, more often")
            found["truth"] += [asking.recorded(python, program) for _ in range(CLOSER_LOOK)]
            verdict = judge(found)
        verdicts[program.stem] = verdict
        asking.say("")
        print(f"{program.stem:20} {verdict.sentence()}", flush=True)
        for text in verdict.wrong:
            print(f"    {text}")
    if given.json:
        given.json.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    if given.write:
        page.replace(given.write, "recordings, lines", _markdown(verdicts, places.version(python)))
    raise SystemExit(any(verdict.wrong for verdict in verdicts.values()))


def _markdown(verdicts: dict[str, Verdict], version: str) -> str:
    head = (places.HERE / "recordings.md").read_text("utf-8").rstrip("\n")
    asked = {name: verdict for name, verdict in verdicts.items() if not verdict.not_run}
    lines = sum(verdict.lines for verdict in asked.values())
    wrong = sum(len(verdict.wrong) for verdict in asked.values())
    unknown = sum(verdict.unknown for verdict in asked.values())
    right = sum(not verdict.wrong for verdict in asked.values())
    parts = [
        head.replace("VERSION", version),
        f"{len(asked)} programs, {lines} lines: exact on {right} programs; {wrong} figures are "
        f"wrong. {unknown} lines do not allocate as many blocks in every run.",
    ]
    parts += [f"- `{name}`, {text}" for name, v in asked.items() for text in v.wrong]
    return "\n\n".join(parts[:2]) + "\n\n" + "\n".join(parts[2:])


def _options() -> argparse.Namespace:
    parser = options.parser(__doc__)
    parser.add_argument("--only", help="programs, with commas between")
    parser.add_argument(
        "--rounds", type=int, default=3, help="how often the truth is recorded by itself"
    )
    parser.add_argument("--json", type=Path, help="a file for every single figure")
    return options.parse(parser)


if __name__ == "__main__":
    main()
