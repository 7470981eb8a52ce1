# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Importing costs next to nothing: counted in modules, which no machine's speed can change."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from programs import run

NEVER = {
    "IPython",
    "argparse",
    "ast",
    "asyncio",
    "ctypes",
    "dataclasses",
    "inspect",
    "json",
    "linecache",
    "logging",
    "multiprocessing",
    "pdb",
    "psutil",
    "re",
    "subprocess",
    "threading",
    "tokenize",
    "typing",
}


def modules(folder: Path, statements: str) -> set[str]:
    """What some statements import beyond what a bare interpreter has; no .pth file helps (-S)."""
    code = (
        "import os, sys; sys.path[:0] = {path!r}; before = set(sys.modules)\n"
        "{statements}\n"
        "after = sorted(set(sys.modules) - before); import json; print(json.dumps(after))"
    )
    import peakline

    path = [str(Path(peakline.__file__).resolve().parent.parent)]
    answer = run(folder, "-S", "-c", code.format(path=path, statements=statements))
    assert answer.returncode == 0, answer.stderr
    return set(json.loads(answer.stdout))


@pytest.mark.parametrize("name", ["memory_profiler", "peakline"])
def test_importing_brings_a_handful_of_modules(tmp_path: Path, name: str) -> None:
    found = modules(tmp_path, f"import {name}")
    assert name in found
    assert not found & NEVER
    assert len(found) <= 6


def test_importing_profile_brings_as_little(tmp_path: Path) -> None:
    found = modules(tmp_path, "from memory_profiler import profile")
    assert not found & NEVER
    assert len(found) <= 6


def test_measuring_needs_neither_asyncio_nor_inspect_nor_psutil(tmp_path: Path) -> None:
    statements = """
import io
from memory_profiler import profile, memory_usage, LineProfiler
@profile(stream=io.StringIO())
def work(): return 1
work(); memory_usage(); memory_usage(work, max_usage=True)
with LineProfiler(): pass
"""
    found = modules(tmp_path, statements)
    heavy = {"IPython", "asyncio", "inspect", "multiprocessing", "pdb", "psutil", "subprocess"}
    assert "peakline._engine" in found
    assert not found & heavy


def test_every_name_that_programs_import_is_there() -> None:
    import memory_profiler

    names = [
        "CodeMap",
        "LineProfiler",
        "Pipe",
        "Process",
        "SIGKILL",
        "LogFile",
        "MemTimer",
        "MemitResult",
        "TimeStamper",
        "_TWO_20",
        "_TimeStamperCM",
        "_find_script",
        "_func_exec",
        "_get_child_memory",
        "_get_memory",
        "choose_backend",
        "exec_with_profiler",
        "has_tracemalloc",
        "memory_usage",
        "profile",
        "run_module_with_profiler",
        "show_results",
    ]
    for name in names:
        assert getattr(memory_profiler, name) is not None
    assert set(names) <= set(dir(memory_profiler))
    assert memory_profiler.__version__ == "0.61.0"
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = memory_profiler.nothing


def test_a_star_import_works_where_psutil_is_missing(tmp_path: Path) -> None:
    code = "import sys; sys.modules['psutil'] = None\nfrom memory_profiler import *\nprofile"
    assert run(tmp_path, "-c", code).returncode == 0


def test_psutil_is_the_one_that_is_installed_or_the_error_says_what_to_do(tmp_path: Path) -> None:
    code = (
        "import sys; sys.modules['psutil'] = None\nimport memory_profiler\nmemory_profiler.psutil"
    )
    answer = run(tmp_path, "-c", code)
    assert "pip install psutil" in answer.stderr
    code = "import sys; sys.modules['psutil'] = sys\nimport memory_profiler as m\nm.psutil.argv"
    assert run(tmp_path, "-c", code).returncode == 0
