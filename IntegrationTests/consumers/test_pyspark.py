# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""PySpark's memory profiler of UDFs: right increments on the lines of each kind of UDF.

Spark adds up what each call showed: increments and occurrences, and memory usage too, which says
nothing then; the first row has what was in use at each call. In its session mode it counts all
calls of a task but the first twice, increments and occurrences alike. So it is the increment of one
occurrence that is looked at.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import HERE, environment
from programs import Table, tables
from spark_cluster import cluster, settings

for package in ("pyspark", "pandas", "pyarrow"):
    pytest.importorskip(package, reason=f"{package} is not installed")
if shutil.which("java") is None:
    pytest.skip("Spark needs Java 17 or newer, and there is no java", allow_module_level=True)

MIB = 40


@pytest.fixture(scope="module")
def standalone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with cluster(tmp_path_factory.mktemp("cluster"), environment()) as master:
        yield master


def profiles(program: Any, folder: Path, master: str, mode: str) -> dict[str, Table]:
    """The table of each UDF, by the mark on its lines."""
    program(folder, HERE / "spark_job.py", master, folder / "profiles", mode, **settings())
    found = {}
    for file in (folder / "profiles").iterdir():
        (table,) = tables(file.read_text())
        (mark,) = {
            row.source.partition("  # ")[2] for row in table.rows.values() if "  # " in row.source
        }
        found[mark] = table
    return found


def check(table: Table, calls: int, tasks: int = 2) -> None:
    """Whether the lines have the increments of so many calls, which so many tasks made."""
    taken, size, dropped = (
        table.row(text) for text in ("bytearray(SIZE)", "len(taken)", "del taken")
    )
    # The first call of a task, and the others twice; or each call once.
    assert taken.occurrences in (calls, 2 * calls - tasks)
    assert [size.occurrences, dropped.occurrences] == [taken.occurrences] * 2
    assert taken.increment / taken.occurrences == pytest.approx(MIB, abs=0.5)
    assert dropped.increment / dropped.occurrences == pytest.approx(-MIB, abs=0.5)
    assert size.increment / size.occurrences == pytest.approx(0, abs=0.5)
    assert all(abs(row.increment) < 1e6 for row in table.rows.values())


def test_each_kind_of_udf_in_the_session_mode(tmp_path: Path, program: Any) -> None:
    found = profiles(program, tmp_path, "local[2]", "session")
    assert sorted(found) == ["iterator", "pandas", "plain"]
    check(found["plain"], calls=40)
    check(found["pandas"], calls=8)
    check(found["iterator"], calls=8)
    # What is in use when a step begins is in no line of an iterator but its first.
    loop = found["iterator"].row("for numbers in batches")
    assert abs(loop.increment) < 8


def test_the_mode_of_the_whole_context(tmp_path: Path, program: Any) -> None:
    found = profiles(program, tmp_path, "local[2]", "context")
    check(found["plain"], calls=40)
    check(found["pandas"], calls=8)


def test_a_cluster_of_two_workers(tmp_path: Path, program: Any, standalone: str) -> None:
    found = profiles(program, tmp_path, standalone, "session")
    assert sorted(found) == ["iterator", "pandas", "plain"]
    check(found["plain"], calls=40)
    check(found["pandas"], calls=8)
    check(found["iterator"], calls=8)
