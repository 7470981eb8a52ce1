# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""`%peakline_diff`: the last two cells that were recorded."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from shells import Shell, shell_with

LOAD = "def load(count):\n    return [bytearray(1 << 20) for _ in range(count)]"


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shell]:
    monkeypatch.chdir(tmp_path)
    for shell in shell_with("peakline"):
        shell.run(LOAD)
        yield shell


def test_two_cells_are_compared(shell: Shell) -> None:
    shell.run("%%peakline --exact\nrows = load(10)\nx = bytearray(3 << 20)\n")
    shell.run("del rows, x")
    # Edited, with a function that is written anew.
    shell.run(LOAD)
    shell.run("%%peakline --exact\n# More\nrows = load(20)\nx = bytearray(3 << 20)\n")
    ran = shell.run("%peakline_diff")
    assert re.search(r"^\+(9\.9|10\.)\d? MiB .* In\[4\]:2 ", ran.text, re.M)
    assert "different programs" not in ran.text
    assert not re.search(r"3\.00 MiB.*\((new|gone)\)", ran.text)


def test_there_must_be_two(shell: Shell) -> None:
    for count in ("none were", "one was"):
        ran = shell.run("%peakline_diff")
        assert ran.text == (
            "UsageError: the last two cells that '%%peakline' recorded would be compared, but "
            f"{count} recorded so far\n"
        )
        shell.run("%%peakline\nx = 1")


def test_a_file_is_replaced_and_its_capture_still_compared(shell: Shell) -> None:
    shell.run("%%peakline --exact c.peakline\nrows = load(10)")
    shell.run("del rows")
    shell.run("%%peakline --exact c.peakline\nrows = load(25)")
    ran = shell.run("%peakline_diff")
    assert re.search(r"^\+15\.\d MiB .* 10\.\d MiB +25\.\d MiB .* In\[1\]:2 ", ran.text, re.M)


def test_a_file_that_was_removed_is_not_compared_with_itself(shell: Shell) -> None:
    shell.run("%%peakline --exact\nrows = load(10)")
    for count in (15, 25):
        shell.run("del rows")
        Path("c.peakline").unlink(missing_ok=True)
        shell.run(f"%%peakline --exact c.peakline\nrows = load({count})")
    ran = shell.run("%peakline_diff")
    assert re.search(r"^\+15\.\d MiB .* 10\.\d MiB +25\.\d MiB .* In\[1\]:2 ", ran.text, re.M)
