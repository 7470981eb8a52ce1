# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""A Spark job under `peakline record`: the JVM is followed, and its Python workers are."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import HERE, environment
from spark_cluster import settings

from peakline import _executable

pytest.importorskip("pyspark", reason="pyspark is not installed")
if shutil.which("java") is None:
    pytest.skip("Spark needs Java 17 or newer, and there is no java", allow_module_level=True)

JOB = HERE.parent.parent / "examples" / "spark_udf.py"
ROWS = 20
SIZE = 40 * 2**20


def test_the_lines_of_a_udf_in_all_workers_of_the_jvm(tmp_path: Path) -> None:
    tool = _executable.find()
    capture = tmp_path / "udf.peakline"
    done = subprocess.run(
        [tool, "record", "-q", "-o", str(capture), sys.executable, str(JOB), str(ROWS)],
        env=environment(**settings()),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == str(ROWS * SIZE + sum(range(ROWS)))
    asked = subprocess.run(
        [tool, "report", "--json", str(capture)], capture_output=True, text=True, timeout=120
    )
    assert asked.returncode == 0, asked.stderr
    found = json.loads(asked.stdout)
    assert any("java" in one["command"].split()[0] for one in found["processes"])
    udf = [row for row in found["lines"] if row["function"] == "count"]
    # Far larger than the interval: every block is sampled.
    allocated = sum(row["allocated"] for row in udf)
    assert allocated == pytest.approx(ROWS * SIZE, rel=0.01)
