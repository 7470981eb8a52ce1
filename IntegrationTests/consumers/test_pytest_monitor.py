# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""pytest-monitor: what its SQLite file says of tests of known size."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest
from programs import write

pytest.importorskip("pytest_monitor", reason="pytest-monitor is not installed")

MONITORED = """\
import mmap
import pytest

def take(mib):
    with mmap.mmap(-1, mib * 2**20) as taken:
        for _ in range(mib):
            taken.write(bytes(2**20))

calls = []

def test_nothing():
    calls.append("nothing")

@pytest.mark.parametrize("mib", [64, 200])
def test_takes(mib):
    calls.append(mib)
    take(mib)

def test_each_ran_once():
    assert calls == ["nothing", 64, 200]

@pytest.mark.xfail(raises=KeyError, strict=True)
def test_fails():
    raise KeyError("its own exception")
"""


def test_the_database_has_the_peak_of_each_test(tmp_path: Path, program: Any) -> None:
    write(tmp_path, "test_sizes.py", MONITORED)
    options = ("-p", "no:cacheprovider", "--db", "out.db", "-q")
    # With pytest 9 it fails itself when it has done with a module.
    said = program(tmp_path, "-m", "pytest", *options, status=(0, 1))
    assert "4 passed, 1 xfailed" in said, said
    with sqlite3.connect(tmp_path / "out.db") as database:
        rows = database.execute("SELECT ITEM_VARIANT, MEM_USAGE, TOTAL_TIME FROM TEST_METRICS")
        usage = {name: mib for name, mib, _ in rows}
    base = usage["test_nothing"]
    assert usage["test_takes[64]"] - base == pytest.approx(64, abs=4)
    assert usage["test_takes[200]"] - base == pytest.approx(200, abs=4)
    # What was freed is not charged to the next.
    assert usage["test_each_ran_once"] - base == pytest.approx(0, abs=4)
