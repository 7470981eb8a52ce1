# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""A pytest plugin that records like run_tests.py: begin, outcome, checkpoint. Used for NumPy."""

from __future__ import annotations

import gc
import os
import sys
from typing import Any

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import ledger

_outcomes: dict[str, list[str]] = {}


def pytest_sessionstart(session: Any) -> None:
    ledger.begin()


def pytest_runtest_logstart(nodeid: str, location: Any) -> None:
    ledger.record({"begins": nodeid})


def pytest_runtest_logreport(report: Any) -> None:
    if report.when == "call" or report.outcome != "passed":
        word = "ok" if report.outcome == "passed" else report.outcome
        if hasattr(report, "wasxfail"):
            word = f"expected failure, {word}"
        _outcomes.setdefault(report.nodeid, []).append(word)
        if report.failed:
            ledger.record({"trouble": report.nodeid, "what": str(report.longrepr)[-3000:]})


def pytest_runtest_logfinish(nodeid: str, location: Any) -> None:
    ledger.record({"test": nodeid, "outcome": "; ".join(_outcomes.pop(nodeid, ["ok"]))})
    ledger.checkpoint(nodeid, at_least_apart=0.25)


def pytest_sessionfinish(session: Any, exitstatus: int) -> None:
    gc.collect()
    ledger.checkpoint("end")
    ledger.record({"finished": True})
