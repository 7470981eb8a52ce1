# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Runs the torture programs without and with the agent, and compares output, end and ledger."""

from __future__ import annotations

import difflib
import shutil
import tempfile
from pathlib import Path
from typing import NamedTuple

import drift
import environments
import processes
import records
import runs
import torment_plan
from environments import say
from torment_plan import Program, Variant


class Tormented(NamedTuple):
    ended: processes.Ended
    output: str
    record: records.Record


def run_all(
    pythons: dict[str, str],
    programs: list[str] | None,
    variants: list[str] | None,
    modes: list[str],
    package: str | None,
) -> bool:
    """Runs each program in each variant; True if one is bad."""
    torment_plan.libraries()
    bad = False
    for version, python in pythons.items():
        for program in torment_plan.PROGRAMS:
            if programs and program.name not in programs:
                continue
            for variant in program.variants:
                if not variants or variant.name in variants:
                    bad = _one(version, python, program, variant, modes, package) or bad
    return bad


def _one(
    version: str,
    python: str,
    program: Program,
    variant: Variant,
    modes: list[str],
    package: str | None,
) -> bool:
    preload: tuple[str, ...] = ()
    if variant.allocator is not None:
        library = environments.other_allocator(*variant.allocator)
        if library is None:
            say(f"{version} {program.name}: {variant.name} is not to be had here")
            return False
        preload = (str(library),)
    bad = False
    bare: Tormented | None = None
    name = " ".join((program.name, *program.arguments))
    for mode in modes:
        # The bare run carries the witness too: what it changes is not the agent's.
        setting = runs.Setting(mode, package or "", variant.witness, preload, variant.variables)
        done = _torment(version, python, program, variant, setting)
        if mode == "base":
            bare = done
        faults = _faults(program, variant, mode, bare, done)
        print(
            f"{'BAD' if faults else 'ok '} {version} {name}, "
            f"{variant.name}, {mode}: "
            f"{'hangs' if done.ended.status is None else f'exit {done.ended.status}'}, "
            f"{done.ended.seconds:.1f} s{_drift(done)}",
            flush=True,
        )
        for fault in faults:
            print(f"      {fault}", flush=True)
        bad = bad or bool(faults)
    return bad


def _torment(
    version: str, python: str, program: Program, variant: Variant, setting: runs.Setting
) -> Tormented:
    target = runs.place(
        version,
        f"torture/{program.name}",
        f"{setting.mode}, {variant.name}{' '.join(('', *program.arguments))}".replace("/", " "),
    )
    target.parent.mkdir(parents=True, exist_ok=True)
    record, log = Path(f"{target}.jsonl"), Path(f"{target}.log")
    record.unlink(missing_ok=True)
    folder = tempfile.mkdtemp(prefix="t")
    variables = runs.environment(setting, record, folder)
    variables["SUITES_NATIVE"] = str(environments.BUILD / "native")
    if program.late and setting.mode == "attach":
        variables["SUITES_START"] = "late"
    script = str(environments.HERE / "torture" / f"{program.name}.py")
    inside = str(environments.INSIDE / "run_script.py")
    command = [python, "-W", "ignore", *variant.options, inside, script, *program.arguments]
    try:
        ended = processes.run(command, variables, Path(folder), log, program.seconds)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return Tormented(ended, log.read_text(errors="replace"), records.read(record))


def _faults(
    program: Program, variant: Variant, mode: str, bare: Tormented | None, done: Tormented
) -> list[str]:
    faults = []
    if bare is not None and bare is not done:
        if bare.ended.status != done.ended.status:
            faults.append(f"ends with {done.ended.status}, bare with {bare.ended.status}")
        changed = list(
            difflib.unified_diff(
                bare.output.splitlines(), done.output.splitlines(), "bare", mode, lineterm="", n=0
            )
        )
        faults += changed[:20]
    found = drift.of(done.record.checkpoints)
    if found is None or not variant.is_judged:
        return faults
    if variant.allocator is not None:
        # glibc's own account is of a malloc that nobody calls there.
        found = found._replace(malloc=None)
    exact = torment_plan.EXACT in variant.variables
    return faults + drift.faults(found, exact, program.pools_are_compared, program.may_lose)


def _drift(done: Tormented) -> str:
    found = drift.of(done.record.checkpoints)
    return f"; {drift.text(found)}" if found is not None else ""
