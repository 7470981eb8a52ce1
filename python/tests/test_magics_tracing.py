# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""The magics in the middle of somebody else's trace: a tracer's, a profiler's, a debugger's."""

from __future__ import annotations

import io
import pdb
import sys
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from shells import Shell, shell_with

SIZE = 3_000_000

DEFINITIONS = """\
def work(n):
    kept = bytearray(n)
    return kept
"""

MPRUN, MEMIT = f"-r -f work work({SIZE})", f"-o -q work({SIZE})"


@pytest.fixture
def shell() -> Iterator[Shell]:
    for shell in shell_with("peakline"):
        shell.run(DEFINITIONS)
        yield shell


def increments(result: Any) -> list[float]:
    (function,) = result.functions
    return [line.increment for line in function.lines]


# A tracer in Python has objects of its own.
ALL_OF_IT = [pytest.approx(size, abs=500) for size in (0, SIZE, 0)]


def test_a_trace_function_sees_what_it_would_and_stays(shell: Shell) -> None:
    seen: list[str] = []

    def trace(frame: FrameType, event: str, arg: Any) -> Any:
        if frame.f_code.co_name == "work":
            seen.append(event)
        return trace

    outer = sys.gettrace()
    sys.settrace(trace)
    try:
        result = shell.ip.run_line_magic("mprun", MPRUN)
        peak = shell.ip.run_line_magic("memit", MEMIT)
        is_there = sys.gettrace() is trace
    finally:
        sys.settrace(outer)
    assert increments(result) == ALL_OF_IT
    assert peak.mem_usage[0] - peak.baseline == pytest.approx(SIZE / 2**20, abs=0.1)
    assert seen == ["call", "line", "line", "return"] * 2
    assert is_there


def test_a_profile_function_stays(shell: Shell) -> None:
    seen: list[str] = []

    def profile(frame: FrameType, event: str, arg: Any) -> None:
        if frame.f_code.co_name == "work" and event in ("call", "return"):
            seen.append(event)

    sys.setprofile(profile)
    try:
        result = shell.ip.run_line_magic("mprun", MPRUN)
    finally:
        sys.setprofile(None)
    assert increments(result) == ALL_OF_IT
    assert seen == ["call", "return"]


def test_coverage_stays(shell: Shell, tmp_path: Path) -> None:
    coverage = pytest.importorskip("coverage", reason="coverage is not installed")
    program = tmp_path / "program.py"
    program.write_text("def later():\n    return 1\n")
    shell.run(f"%run {program}")
    measured = coverage.Coverage(data_file=None, include=[str(program)])
    measured.start()
    try:
        result = shell.ip.run_line_magic("mprun", MPRUN)
        shell.names["later"]()
    finally:
        measured.stop()
    # The tracer notes lines on the way, which takes memory of its own.
    assert increments(result) == [pytest.approx(size, abs=8_000) for size in (0, SIZE, 0)]
    assert measured.get_data().lines(str(program)) == [2]


def at_prompt(shell: Shell, *commands: str) -> str:
    """What a debugger prints that stops in `work`, and is given these commands there."""
    printed = io.StringIO()
    source = io.StringIO("".join(f"{command}\n" for command in (*commands, "continue")))
    debugger = pdb.Pdb(stdin=source, stdout=printed, nosigint=True, readrc=False)
    debugger.use_rawinput = False
    outer = sys.gettrace()
    try:
        debugger.runcall(shell.names["work"], 9)
    finally:
        sys.settrace(outer)
    return printed.getvalue()


@pytest.fixture
def at_hand(shell: Shell) -> dict[str, Any]:
    """What a debugger's prompt in `work` finds in its globals."""
    shell.run(
        f"results = []\n"
        f"def mprun(): results.append(get_ipython().run_line_magic('mprun', '{MPRUN}'))\n"
        f"def memit(): results.append(get_ipython().run_line_magic('memit', '{MEMIT}'))"
    )
    return shell.names


@pytest.mark.parametrize("steps", [["mprun()"], ["step", "mprun()", "mprun()"]])
def test_at_a_debuggers_prompt_lines_are_measured(
    shell: Shell, at_hand: dict[str, Any], steps: list[str]
) -> None:
    printed = at_prompt(shell, *steps, "step", "step")
    assert [increments(result) for result in at_hand["results"]] == [ALL_OF_IT] * steps.count(
        "mprun()"
    )
    # It is not stopped in what was measured, and goes on where it was.
    assert printed.count("-> kept = bytearray(n)") == 1
    assert printed.count("-> return kept") == 2
    assert "***" not in printed


def test_at_a_debuggers_prompt_peaks_are_measured(shell: Shell, at_hand: dict[str, Any]) -> None:
    at_prompt(shell, "memit()")
    (peak,) = at_hand["results"]
    assert peak.mem_usage[0] - peak.baseline == pytest.approx(SIZE / 2**20, abs=0.1)


def test_a_statement_that_removes_the_tracer(shell: Shell) -> None:
    result = shell.run(f"%%mprun -r -f work\nimport sys\nsys.settrace(None)\nwork({SIZE})").value
    assert increments(result) == ALL_OF_IT
