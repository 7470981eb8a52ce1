# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Kills a recorded program at random instants, and holds what its captures say against each other.

    killing.py WHEEL              with the first Python that tools/pythons finds
    killing.py --with PYTHON      an interpreter that can import Peakline

Every capture has to open, with the engine and with the tests' reader, to be consistent, and to name
the line that holds most. Exits with 1 if one does not; such captures are kept.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import struct
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

import asking
import options
import page
import places

sys.path.append(str(places.ROOT / "python" / "tests"))

import captures

PROGRAM = places.HERE / "growing.py"
MIB = 1 << 20
RECORDING = 1
UNREADABLE = (AssertionError, LookupError, UnicodeError, struct.error)
MODES = ("--exact", "--sample=64KiB", "--sample=1KiB")
ROOM = MIB
"""What the stacks may differ from the whole in any mode: what the interpreter had before it was met
and has freed since, the private stacks of its frames, and the event that the kill fell into."""


class Outcome(NamedTuple):
    """What one kill left behind."""

    mode: str
    is_there: bool
    """A capture with something in it."""
    is_held: bool
    """The program had said that it holds its memory."""
    difference: float
    """What the stacks had at the peak less what was in use, in bytes."""
    faults: list[str]


def kill(python: str, folder: Path, number: int, chance: random.Random) -> Outcome:
    """Records the program, kills it, and looks at the capture."""
    mode = MODES[number % len(MODES)]
    capture = folder / f"{number}.peakline"
    # The start is short, and most is new in it.
    instant = chance.uniform(0, chance.choice((0.2, 1.2)))
    is_orphan = chance.random() < 0.5
    record = [python, "-m", "peakline", "record", "-q", mode, "-o", str(capture)]
    recorder = subprocess.Popen(
        [*record, python, str(PROGRAM)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    child = _child(recorder)
    time.sleep(instant)
    if is_orphan:
        # The one that waits dies first, and completes nothing.
        recorder.kill()
        recorder.wait()
    with contextlib.suppress(ProcessLookupError):
        os.kill(child, signal.SIGKILL)
    said = recorder.communicate()[0]
    faults = []
    if not is_orphan and recorder.returncode != -signal.SIGKILL:
        faults.append(f"the recorder ended with {recorder.returncode}")
    is_held = said == b"held\n"
    where = f"{mode}, after {1000 * instant:.0f} ms: "
    # Made, perhaps with room, but nothing written yet.
    if not capture.exists() or not capture.read_bytes().strip(b"\0"):
        if is_held:
            faults.append("there is no capture")
        if capture.exists() and "nothing was written to it" not in _report(python, capture).stderr:
            faults.append(f"a file of {capture.stat().st_size} zeros is not reported as that")
        if not faults:
            capture.unlink(missing_ok=True)
        return Outcome(mode, False, is_held, 0, [where + fault for fault in faults])
    stacks, difference = 0, 0
    try:
        read = captures.read(capture)
        stacks = len(read.stacks)
        difference = sum(stack.at_peak for stack in read.stacks) - (read.peak - read.baseline)
        faults += _faults(read, difference, is_held)
    except UNREADABLE as error:
        faults.append(f"the tests' reader: {error!r}")
    faults += _engine_faults(python, capture, is_held)
    if not faults:
        capture.unlink()
    return Outcome(mode, stacks > 0, is_held, difference, [where + fault for fault in faults])


def _child(recorder: subprocess.Popen[bytes]) -> int:
    """The recorded process, as soon as it is there."""
    file = Path(f"/proc/{recorder.pid}/task/{recorder.pid}/children")
    while True:
        children = file.read_text().split()
        if children:
            return int(children[0])
        if recorder.poll() is not None:
            raise SystemExit(f"peakline record ended with {recorder.returncode}")
        time.sleep(0.001)


def _faults(read: captures.Capture, difference: float, is_held: bool) -> list[str]:
    """What is wrong with a capture, as the tests' reader has it; that checks references itself."""
    found = []
    if read.state != RECORDING:
        found.append(f"the state is {read.state}")
    error = sum(stack.variance for stack in read.stacks) ** 0.5
    if read.stacks and abs(difference) > ROOM + read.peak_bound + 5 * error:
        found.append(f"the stacks differ from the whole by {difference:,} bytes")
    for stack in read.stacks:
        if min(stack.live, stack.at_peak) < 0 or max(stack.live, stack.at_peak) > stack.allocated:
            found.append(f"this cannot be: {stack}")
    if is_held:
        largest = max(read.stacks, key=lambda stack: stack.at_peak)
        if largest.frames[0][0] != "hold":
            found.append(f"most is held by {largest.frames[0]}")
    return found


def _report(python: str, capture: Path) -> subprocess.CompletedProcess[str]:
    command = [python, "-m", "peakline", "report", "--json", str(capture)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def _engine_faults(python: str, capture: Path, is_held: bool) -> list[str]:
    done = _report(python, capture)
    if done.returncode:
        return [f"the report ended with {done.returncode}: {done.stderr.strip()}"]
    lines = json.loads(done.stdout)["lines"]
    if is_held and (not lines or lines[0]["function"] != "hold"):
        return [f"the report begins with {lines[:1]}"]
    return []


def main() -> None:
    """Kills, and writes the report."""
    parser = options.parser(__doc__)
    parser.add_argument("--runs", type=int, default=500, help="how many kills")
    parser.add_argument("--seed", type=int, default=1, help="which instants")
    given = options.parse(parser)
    python = options.interpreter(given)
    chance = random.Random(given.seed)
    folder = places.BUILD / "killed"
    folder.mkdir(parents=True, exist_ok=True)
    outcomes = []
    for number in range(given.runs):
        asking.say(f"kill {number + 1} of {given.runs}")
        outcome = kill(python, folder, number, chance)
        outcomes.append(outcome)
        for fault in outcome.faults:
            asking.say("")
            print(f"{number}.peakline, {fault}", flush=True)
    asking.say("")
    text = _markdown(outcomes, places.version(python))
    print(text)
    if given.write:
        page.replace(given.write, "recordings, kills", text)
    raise SystemExit(any(outcome.faults for outcome in outcomes))


def _markdown(outcomes: list[Outcome], version: str) -> str:
    head = (places.HERE / "killing.md").read_text("utf-8").rstrip("\n")
    there = [outcome for outcome in outcomes if outcome.is_there]
    held = sum(outcome.is_held for outcome in there)
    wrong = sum(bool(outcome.faults) for outcome in outcomes)
    worst = [
        max((abs(o.difference) / 1024 for o in there if o.mode == mode), default=0)
        for mode in MODES
    ]
    faults = "\n".join(f"- {fault}" for outcome in outcomes for fault in outcome.faults)
    return (
        head.replace("VERSION", version).replace("RUNS", str(len(outcomes)))
        + f"\n\n{len(outcomes) - len(there)} were killed before there was anything to record, "
        f"{held} of the others once `hold` held its 40 MB. Captures with a fault: {wrong}. "
        f"The stacks' sum differed from the whole by {worst[0]:,.0f} KiB at worst where all was "
        f"recorded, by {worst[1]:,.0f} with a sample each 64 KiB and by {worst[2]:,.0f} each KiB."
        + (f"\n\n{faults}" if faults else "")
    )


if __name__ == "__main__":
    main()
