# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""The example records what it says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from conftest import report

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def test_the_example_of_workers(tmp_path: Path) -> None:
    capture = tmp_path / "orders.peakline"
    done = subprocess.run(
        [sys.executable, str(EXAMPLES / "dask_workers.py"), str(capture)],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert "spent; see" in done.stdout
    found = report(capture)
    assert len(found["processes"]) == 3
    functions = {row["function"] for row in found["lines"]}
    assert {"make_orders", "total_by_customer"} <= {name.split(".")[0] for name in functions}
