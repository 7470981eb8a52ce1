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
import sys
from pathlib import Path
from typing import Any

import asking
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
    options = _options()
    python = options.with_python or places.peakline(options.python, options.wheel)
    chosen = [p for p in places.PROGRAMS if not options.only or p.stem in options.only.split(",")]
    results, verdicts = {}, {}
    for program in chosen:
        found = results[program.stem] = ask(program, python, options.rounds)
        verdict = judge(found)
        if options.rounds and any(text.startswith("alone, ") for text in verdict.wrong):
            asking.say(f"{program.stem}: the truth, more often")
            found["truth"] += [asking.recorded(python, program) for _ in range(CLOSER_LOOK)]
            verdict = judge(found)
        verdicts[program.stem] = verdict
        asking.say("")
        print(f"{program.stem:20} {verdict.sentence()}", flush=True)
        for text in verdict.wrong:
            print(f"    {text}")
    if options.json:
        options.json.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    if options.write:
        page.replace(
            options.write, "recordings, lines", _markdown(verdicts, places.version(python))
        )
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
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("wheel", nargs="?", help="Peakline's wheel")
    parser.add_argument("--python", default=sys.executable, help="the Python to make it with")
    parser.add_argument("--with", dest="with_python", help="an interpreter that has Peakline")
    parser.add_argument("--only", help="programs, with commas between")
    parser.add_argument(
        "--rounds", type=int, default=3, help="how often the truth is recorded by itself"
    )
    parser.add_argument("--write", type=Path, help="the file whose generated part is replaced")
    parser.add_argument("--json", type=Path, help="a file for every single figure")
    options = parser.parse_args()
    if bool(options.wheel) == bool(options.with_python):
        parser.error("give a wheel, or --with and an interpreter")
    return options


if __name__ == "__main__":
    main()
