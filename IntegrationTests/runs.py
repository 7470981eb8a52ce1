# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""One run of one suite in one mode, and where its record lies.

.build/suites/results/VERSION/SUITE/MODE[-TURN].jsonl     outcomes and checkpoints
                                   .log                   what it printed
                                   .json                  how it ended, and after how long
                                   .peakline              what peakline record recorded
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

import environments
import processes
from plan import Suite

RESULTS = environments.BUILD / "results"
STARTED = ("control", "preload", "attach")
KEPT = ("HOME", "LANG", "LC_ALL", "LOGNAME", "PATH", "SHELL", "TERM", "TZ", "USER")


class Setting(NamedTuple):
    """How the agent comes in."""

    mode: str
    package: str
    """The wheel, or a folder with the package; empty for the bare run."""
    witness: bool = False
    preload: tuple[str, ...] = ()
    """More libraries, loaded behind the agent."""
    variables: tuple[tuple[str, str], ...] = ()

    @property
    def name(self) -> str:
        return self.mode + ("-witness" if self.witness else "")

    def recorded(self, command: list[str], capture: Path) -> list[str]:
        """The command, under `peakline record` in the modes that are about that."""
        if not self.mode.startswith("record"):
            return command
        tool = [str(environments.executable(self.package)), "record", "-q", "-o", str(capture)]
        return [*tool, *(["--exact"] if self.mode == "record-exact" else []), *command]


def environment(setting: Setting, record: Path, folder: str) -> dict[str, str]:
    """The variables for a tested process: nothing of the user's that could change an outcome."""
    variables = {name: os.environ[name] for name in KEPT if name in os.environ}
    variables |= {
        "TMPDIR": folder,
        "PYTHONHASHSEED": "0",
        # Idle threads of NumPy's linear algebra would never leave the process at rest.
        "OPENBLAS_NUM_THREADS": "1",
        "SUITES_START": setting.mode if setting.mode in STARTED else "",
        "SUITES_RECORD": str(record),
        "SUITES_TRUTH": str(environments.library("truth")),
    }
    preload = []
    if setting.mode in ("preload", "attach"):
        package = environments.package(setting.package)
        variables["SUITES_PACKAGE"] = str(package)
        if setting.mode == "preload":
            preload.append(str(package / "peakline" / "libpeakline_agent.so"))
    if setting.mode in ("preload", "control"):
        variables["SUITES_INSIDE"] = str(environments.INSIDE)
        variables["PYTHONPATH"] = str(environments.INSIDE / "start")
    if setting.witness:
        preload.append(str(environments.library("shim")))
    preload += setting.preload
    if preload:
        variables["LD_PRELOAD"] = " ".join(preload)
    return variables | dict(setting.variables)


def command(suite: Suite, version: str, python: str) -> list[str] | None:
    """What runs the suite; None if this Python came without it."""
    if suite.name == "numpy":
        inner = environments.with_numpy(python, version)
        home = environments.folder_of(inner, "numpy")
        tests = next(path for path in (home / "_core", home / "core") if path.is_dir()) / "tests"
        # No cache and no parallel runs: the order is part of what is compared.
        options = ["-p", "record_pytest", "-p", "no:cacheprovider", "-q", "-m", "not slow"]
        options += [f"--rootdir={home}", f"--confcutdir={home}"]
        return [inner, "-m", "pytest", *options, str(tests)]
    module = suite.module
    if not environments.has(python, module):
        can_stand_in = environments.has(python, "test._test_multiprocessing")
        module = suite.stand_in if can_stand_in else ""
    if not module:
        return None
    return [python, str(environments.INSIDE / "run_tests.py"), module]


def place(version: str, suite: str, name: str) -> Path:
    """Where a run's files lie, but for their endings."""
    return RESULTS / version / suite / name


def run(suite: Suite, version: str, python: str, setting: Setting, turn: int = 1) -> Path | None:
    """Runs it and returns its place; None if this Python came without it."""
    asked = command(suite, version, python)
    if asked is None:
        return None
    target = place(version, suite.name, setting.name + ("" if turn == 1 else f"-{turn}"))
    target.parent.mkdir(parents=True, exist_ok=True)
    for ending in (".jsonl", ".json", ".log", ".peakline"):
        target.with_name(target.name + ending).unlink(missing_ok=True)
    record = target.with_name(target.name + ".jsonl")
    log = target.with_name(target.name + ".log")
    capture = target.with_name(target.name + ".peakline")
    # A short path: sockets are made in it, and their names are short.
    folder = tempfile.mkdtemp(prefix="s")
    try:
        variables = environment(setting, record, folder)
        inside = (
            str(environments.INSIDE)
            if suite.name == "numpy"
            else str(environments.INSIDE / "stand_ins")
        )
        old = variables.get("PYTHONPATH")
        if suite.name == "numpy" or suite.stand_in:
            variables["PYTHONPATH"] = inside if old is None else f"{old}:{inside}"
        asked = setting.recorded(asked, capture)
        ended = processes.run(asked, variables, Path(folder), log, suite.seconds)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    meta: dict[str, Any] = {"status": ended.status, "seconds": round(ended.seconds, 1)}
    if setting.mode.startswith("record"):
        meta["report"] = _report(setting, capture)
    target.with_name(target.name + ".json").write_text(json.dumps(meta))
    return target


def _report(setting: Setting, capture: Path) -> str:
    """What is wrong with the capture, if it cannot be reported."""
    command = [str(environments.executable(setting.package)), "report", "--json", str(capture)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        return f"the report ends with {done.returncode}: {done.stderr.strip()}"
    return "" if json.loads(done.stdout)["lines"] else "the capture has no lines"
