# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Says what the kept results of the suites show."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import drift
import plan
import records
import runs

MODES = (
    *("control", "preload", "attach", "preload-witness", "attach-witness"),
    *("record", "record-exact"),
)


def suites(versions: list[str], names: list[str]) -> bool:
    """Prints a row for each run of the agent; True if one is bad."""
    bad = False
    for version in versions:
        for name in names:
            base, again = (_read(version, name, mode) for mode in ("base", "base-2"))
            if base is None:
                if _how(version, name, "base"):
                    print(f"\n{version} {name}: the bare run failed{_how(version, name, 'base')}")
                    bad = True
                continue
            flaky = records.differing(base.outcomes, again.outcomes) if again else {}
            print(f"\n{version} {name}: {len(base.outcomes)} tests{_how(version, name, 'base')}")
            if base.unfinished is not None:
                print(f"  the bare run did not finish: ended in {base.unfinished}")
                bad = True
            for test, (one, other) in flaky.items():
                print(f"  set aside, differs between two bare runs: {test}: {one} / {other}")
            for mode in MODES:
                other_run = _read(version, name, mode)
                if other_run is not None:
                    bad = _one(version, name, mode, base, other_run, set(flaky)) or bad
    return bad


def _one(
    version: str, name: str, mode: str, base: records.Record, other: records.Record, flaky: set[str]
) -> bool:
    differences = records.differing(base.outcomes, other.outcomes)
    counted = {test: pair for test, pair in differences.items() if test not in flaky}
    found = drift.of(other.checkpoints)
    drifts = f"; {drift.text(found)}" if found is not None else ""
    broken = _meta(version, name, mode).get("report", "")
    bad = bool(counted) or other.unfinished is not None or bool(broken)
    print(f"  {mode}: {len(counted)} differ{_how(version, name, mode)}{drifts}")
    if other.unfinished is not None:
        print(f"    did not finish: ended in {other.unfinished}")
    if broken:
        print(f"    {broken}")
    missing = sum(pair[1] == "not run" for pair in counted.values())
    if missing:
        print(f"    {missing} were not run")
    for test, pair in counted.items():
        if pair[1] != "not run":
            print(f"    {test}: {pair[0]} -> {pair[1]}")
    if found is None:
        return bad
    for at, jump in drift.jumps(other.checkpoints):
        print(f"    pools {jump:+,} at {at}")
    own_pools = any(suite.name == name and suite.own_pools for suite in plan.CPYTHON)
    faults = drift.faults(found, False, not own_pools)
    for fault in faults:
        print(f"    {fault}")
    return bad or bool(faults)


def _how(version: str, name: str, mode: str) -> str:
    meta = _meta(version, name, mode)
    if not meta:
        return ""
    status = "hangs" if meta["status"] is None else f"exit {meta['status']}"
    return f", {status}, {meta['seconds']} s"


def _meta(version: str, name: str, mode: str) -> dict[str, Any]:
    path = runs.place(version, name, mode + ".json")
    found: dict[str, Any] = json.loads(path.read_text()) if path.is_file() else {}
    return found


def _read(version: str, name: str, mode: str) -> records.Record | None:
    path: Path = runs.place(version, name, mode + ".jsonl")
    return records.read(path) if path.is_file() else None
