# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Two interpreters that take turns, one that counts the heap and one that does not.

Counting never ends once it has begun, so one process cannot do both; and two runs one after the
other would each have the machine's noise of another moment.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).resolve().parent

Figures = dict[str, float]


def least_of_turns(script: Path, rounds: int) -> tuple[Figures, Figures]:
    """The least of each figure without counting and with it, from a script that calls `serve`."""
    servers = [_start(script, accounting) for accounting in ("off", "on")]
    least: tuple[Figures, Figures] = ({}, {})
    try:
        for _ in range(rounds):
            for server, figures in zip(servers, least, strict=True):
                for name, value in _ask(server).items():
                    figures[name] = min(value, figures.get(name, value))
    finally:
        for server in servers:
            server.communicate()
    return least


def _start(script: Path, accounting: str) -> subprocess.Popen[str]:
    command = [sys.executable, str(script), accounting]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def _ask(server: subprocess.Popen[str]) -> Figures:
    assert server.stdin
    assert server.stdout
    server.stdin.write("\n")
    server.stdin.flush()
    answer = server.stdout.readline()
    if not answer:
        raise SystemExit(f"{server.args!r} ended with {server.wait()}")
    found: Figures = json.loads(answer)
    return found


def serve(measure: Callable[[], Figures]) -> None:
    """Measures once for each line that comes in."""
    for _ in sys.stdin:
        print(json.dumps(measure()), flush=True)


def alternating(workload: str, rounds: int) -> tuple[float, float]:
    """The least seconds of a workload without and with counting, each run a process of its own."""
    least = {"off": float("inf"), "on": float("inf")}
    for turn in range(rounds):
        for accounting in ("off", "on") if turn % 2 == 0 else ("on", "off"):
            command = [sys.executable, str(HERE / "workload.py"), workload, accounting]
            output = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
            least[accounting] = min(least[accounting], float(output))
    return least["off"], least["on"]
