# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Small programs of the oracle (`make accuracy`) that need but Python and a C compiler."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ACCURACY = Path(__file__).resolve().parent.parent.parent / "Accuracy"

FAST = (
    "rebinding",
    "list_growth",
    "strings",
    "exceptions",
    "generator_measured",
    "recursion_measured",
    "mmap_direct",
    "native_calls",
    "native_thread",
    "far_down",
    "far_offsets",
)

RECORDED = (
    "callees",
    "closures",
    "exceptions",
    "generator_measured",
    "mmap_private",
    "native_thread",
    "recursion_measured",
    "thread_frees",
)


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the recorder is compiled to."""
    if shutil.which("cc") is None:
        pytest.skip("the oracle's recorder is written in C, and there is no compiler")
    return tmp_path_factory.mktemp("accuracy")


def run(build: Path, script: str, rounds: int, program: str) -> subprocess.CompletedProcess[str]:
    """What one of the oracle's scripts says of a program."""
    options = ["--with", sys.executable, "--rounds", str(rounds), "--only", program]
    return subprocess.run(
        [sys.executable, ACCURACY / script, *options],
        env={**os.environ, "ACCURACY_BUILD": str(build)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("program", FAST)
def test_every_figure_of_every_line_is_what_the_recorder_counted(program: str, build: Path) -> None:
    done = run(build, "run.py", 1, program)
    assert done.returncode == 0, done.stdout
    assert f"{program} " in done.stdout
    assert "exact on" in done.stdout


@pytest.mark.parametrize("program", RECORDED)
def test_a_capture_of_the_whole_process_is_exact_on_every_line(program: str, build: Path) -> None:
    done = run(build, "recordings.py", 0, program)
    assert done.returncode == 0, done.stdout
    assert f"{program} " in done.stdout
    assert "exact on" in done.stdout
