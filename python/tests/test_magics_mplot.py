# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""`%mplot`: a recording of mprof below a cell."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from shells import Shell, shell_with

RECORDING = "CMDLINE python job.py\n" + "".join(
    f"MEM {10 + index}.000000 {1000 + index}.0000\n" for index in range(30)
)


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shell]:
    monkeypatch.chdir(tmp_path)
    Path("mprofile_20260102000000.dat").write_text(RECORDING)
    yield from shell_with("peakline")


def test_the_newest_recording_is_shown(shell: Shell) -> None:
    ran = shell.run("%mplot")
    assert (ran.error, ran.value) == (None, None)
    assert ran.text.startswith("python job.py\npeak 39.0 MiB at 29.0 s of 29.0 s\n")


def test_options_are_those_of_the_command(shell: Shell) -> None:
    ran = shell.run("%mplot -s -w 5,10 -t 'my job' -r 0")
    assert ran.text.startswith("my job\npeak 39.0 MiB at 29.0 s of 29.0 s, slope 1.00000 MiB/s\n")
    ran.value.save("p.html")
    assert Path("p.html").read_text().startswith("<!DOCTYPE html>")


@pytest.mark.parametrize("line", ["none.dat", "-w 3", "-x", "-w 5,1 0", "'open"])
def test_what_is_wrong_is_one_sentence(shell: Shell, line: str) -> None:
    ran = shell.run(f"%mplot {line}")
    assert ran.text.startswith("UsageError: ")
    assert ran.text.count("\n") == 1
