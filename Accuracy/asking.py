# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Runs one program in a process of its own, under the recorder, Peakline or a peer."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import captured
import places
from units import by_statement

MIB = 1 << 20


def _run(command: list[Any], **more: str) -> dict[str, Any]:
    """The JSON that a command's last line is; or why there is none."""
    environment = {
        **os.environ,
        # Where big blocks come from must not depend on what was freed before.
        "GLIBC_TUNABLES": f"glibc.malloc.mmap_threshold={128 * 1024}",
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        "ACCURACY_WORKER": str(places.worker()),
        **more,
    }
    try:
        done = subprocess.run(
            [str(part) for part in command],
            env=environment,
            capture_output=True,
            stdin=subprocess.DEVNULL,
            text=True,
            timeout=places.TIMEOUT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return {"error": f"nothing after {places.TIMEOUT} seconds"}
    lines = done.stdout.strip().splitlines()
    if done.returncode or not lines:
        said = done.stderr.strip().splitlines() or ["nothing was said"]
        return {"error": f"exit {done.returncode}: {said[-1]}"}
    answer: dict[str, Any] = json.loads(lines[-1])
    return answer


def recorded(python: str, program: Path, **more: str) -> dict[str, Any]:
    """What the recorder says of a run of its own."""
    return _run(
        [python, places.HERE / "record.py", program], LD_PRELOAD=str(places.recorder()), **more
    )


def needs_preload(program: Path) -> bool:
    """Whether the program says that the agent has to be there from the start."""
    return "has to be preloaded" in " ".join(program.read_text("utf-8").split())


def together(python: str, program: Path) -> dict[str, Any]:
    """What the recorder and Peakline say of one and the same run."""
    preloaded = [places.recorder()]
    if needs_preload(program):
        preloaded.insert(0, places.agent(python))
    return _run(
        [python, places.HERE / "record.py", program, "--peakline"],
        LD_PRELOAD=" ".join(map(str, preloaded)),
    )


def alone(python: str, program: Path, *, preloaded: bool = False) -> dict[str, Any]:
    """What Peakline says of a run of its own."""
    more = {"LD_PRELOAD": str(places.agent(python))} if preloaded else {}
    return _run([python, places.HERE / "ours.py", program], **more)


def recording(
    python: str, program: Path, *modes: str, with_recorder: bool = False
) -> dict[str, Any]:
    """What a capture of the whole process says, and the recorder of the same process."""
    script = "record.py" if with_recorder else "bare.py"
    more = {"LD_PRELOAD": str(places.recorder())} if with_recorder else {}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "program.peakline"
        record = [python, "-m", "peakline", "record", "-q", *(modes or ["--exact"]), "-o", file]
        found = _run([*record, python, places.HERE / script, program], **more)
        if "error" not in found:
            found["ours"] = captured.answer(file, program)
    return found


def peer(name: str, python: str, program: Path) -> dict[str, Any]:
    """What a peer says."""
    script = places.HERE / "peers" / f"ask_{name}.py"
    if name == "scalene":
        return _scalene(python, script, program)
    if name == "fil":
        tool = Path(python).with_name("fil-profile")
        return _run([tool, "--no-browser", "-o", places.BUILD / "fil", "python", script, program])
    return _run([python, script, program])


def _scalene(python: str, script: Path, program: Path) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "answer.json"
        options = ["-o", file, "--off", "--profile-only", "programs"]
        _run([python, "-m", "scalene", "run", *options, script, "---", program])
        if not file.exists():
            return {"error": "no answer was written"}
        answer = json.loads(file.read_text("utf-8"))
    lines = {
        line["lineno"]: {"allocated": round(line["n_malloc_mb"] * MIB)}
        for name, found in answer.get("files", {}).items()
        if name == str(program)
        for line in found["lines"]
        if line["n_malloc_mb"]
    }
    version = places.PEERS["scalene"] or ""
    return {"version": version.split("==")[1], "lines": by_statement(program, lines)}


def say(what: str) -> None:
    """What is going on, where somebody looks."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\033[K{what}")
