# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Clusters on this machine, and what reports say of their captures.

A run of its own: to import distributed changes what other tests measure.
"""

from __future__ import annotations

import glob
import json
import os
import subprocess
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import work

pytest.importorskip("distributed", reason="distributed is not installed")

from distributed import Client, LocalCluster

from peakline import _executable


@pytest.fixture
def cluster() -> Iterator[Callable[..., Client]]:
    """Makes a client of a cluster of its own: three workers with two threads each."""
    open_ones: list[Any] = []

    def make(**options: Any) -> Client:
        settings = {"n_workers": 3, "threads_per_worker": 2, "processes": True} | options
        made = LocalCluster(dashboard_address=None, **settings)
        open_ones.append(made)
        client = Client(made)
        open_ones.append(client)
        return client

    yield make
    for one in reversed(open_ones):
        one.close()


@pytest.fixture(autouse=True)
def _nothing_is_left_behind(tmp_path: Path) -> Iterator[None]:
    """No folder of captures, neither where workers put them nor where they are fetched to."""
    before = _leftovers(tmp_path)
    yield
    assert _leftovers(tmp_path) <= before


def _leftovers(folder: Path) -> set[str]:
    made = glob.glob(os.path.join(tempfile.gettempdir(), "peakline-dask-*"))
    return set(made) | {str(path) for path in folder.glob(".peakline-*")}


@pytest.fixture(autouse=True)
def _warnings_are_errors() -> Iterator[None]:
    """Nothing is missing, unless a test expects to be told so."""
    with warnings.catch_warnings():
        warnings.filterwarnings("error", category=UserWarning, message=".*(worker|capture).*")
        yield


def peakline(*arguments: object, status: int = 0) -> str:
    """What a command prints."""
    done = subprocess.run(
        [_executable.find(), *map(str, arguments)], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout if status == 0 else done.stderr


def report(path: Path | str, *options: str) -> dict[str, Any]:
    """The report of a capture."""
    found: dict[str, Any] = json.loads(peakline("report", path, "--json", *options))
    return found


def of_line(found: dict[str, Any], mark: str) -> dict[str, Any]:
    """What a report says of the line of work.py that bears a mark, summed over its functions."""
    rows = [
        row
        for row in found["lines"]
        if (row["file"] or "").endswith("/work.py") and row["line"] == work.line(mark)
    ]
    assert rows, f"line {mark!r} is not in the report"
    return rows[0]
