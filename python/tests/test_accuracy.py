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


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the recorder is compiled to."""
    if shutil.which("cc") is None:
        pytest.skip("the oracle's recorder is written in C, and there is no compiler")
    return tmp_path_factory.mktemp("accuracy")


@pytest.mark.parametrize("program", FAST)
def test_every_figure_of_every_line_is_what_the_recorder_counted(program: str, build: Path) -> None:
    command = [sys.executable, ACCURACY / "run.py", "--with", sys.executable, "--rounds", "1"]
    done = subprocess.run(
        [*command, "--only", program],
        env={**os.environ, "ACCURACY_BUILD": str(build)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert f"{program} " in done.stdout
    assert "exact on" in done.stdout
