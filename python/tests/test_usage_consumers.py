# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""The exact calls that other projects make, through the name they import."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import Any

import pytest
from known_memory import MIB, Pages, rollup, spike

import memory_profiler
from memory_profiler import _get_memory, choose_backend, memory_usage
from memory_profiler._compat import _get_child_memory


def dummy(*_: object) -> str:
    return "out"


def test_sphinx_gallery() -> None:
    base = memory_usage(max_usage=True)
    memory, out = memory_usage(dummy, max_usage=True, retval=True, multiprocess=True)
    assert isinstance(base, float)
    assert memory >= base - 1
    assert out == "out"


def test_pytest_monitor() -> None:
    memory = memory_usage((dummy, ()), max_iterations=1, max_usage=True, retval=True)
    assert isinstance(memory[0], float)
    assert memory[1] == "out"
    assert isinstance(memory_usage((dummy,), max_iterations=1, max_usage=True), float)


def test_pypsa() -> None:
    backend = choose_backend()
    mib, seconds = _get_memory(os.getpid(), backend, timestamps=True, include_children=True)
    assert mib > 1
    assert abs(seconds - time.time()) < 60
    assert f"MEM {mib:.6f} {seconds:.4f}"


def test_ipython_memory_usage() -> None:
    assert isinstance(memory_profiler.memory_usage()[0], float)


def test_joblib() -> None:
    with Pages(1):
        found = memory_usage((spike, (40,), {}), interval=0.001)
    assert 39 < max(found) - min(found) < 42


def test_pyreason() -> None:
    assert isinstance(memory_usage(max_usage=True), float)
    assert memory_usage((dummy, [[1]]), max_usage=True, retval=True)[1] == "out"


def test_pywake() -> None:
    memory, out = memory_usage((dummy, (1,), {}), interval=0.02, max_usage=True, retval=True)
    assert isinstance(memory, float)
    assert out == "out"


def test_ducktape() -> None:
    assert memory_usage(os.getppid())[0] > 0
    assert _get_memory(os.getppid(), "psutil") > 0


def test_kedro() -> None:
    found = memory_usage(-1, interval=0.1, max_usage=True, retval=True, include_children=True)
    assert isinstance(found, float)


def test_perftester() -> None:
    found = memory_usage((dummy, (1,), {}))
    assert len(found) >= 3
    assert max(found) < 4096


def test_get_memory_of_this_process_is_its_resident_set() -> None:
    for pid in (-1, os.getpid()):
        assert abs(_get_memory(pid, "psutil", filename="x.py") - rollup()["Rss"] / MIB) < 1
    assert abs(_get_memory(-1, "psutil_pss") - rollup()["Pss"] / MIB) < 1


def test_get_child_memory_names_each_descendant() -> None:
    program = "print('up', flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        child.stdout.readline()
        ((pid, mib),) = _get_child_memory(os.getpid())
        assert pid == child.pid
        assert abs(mib - rollup(pid)["Rss"] / MIB) < 1
        assert [pid for pid, _ in _get_child_memory(os.getpid(), "pss")] == [child.pid]
        assert list(_get_child_memory(child)) == []
    assert list(_get_child_memory(os.getpid())) == []
    assert list(_get_child_memory(child)) == [(0, 0.0)]
    with pytest.raises(ProcessLookupError):
        list(_get_child_memory(child.pid))


def test_names_that_memory_profiler_had_from_elsewhere() -> None:
    import multiprocessing
    import signal

    module: Any = memory_profiler
    assert module.Pipe is not None
    assert module.Process is multiprocessing.Process
    assert module.SIGKILL == signal.SIGKILL
    assert module._TWO_20 == 2**20
    assert module.has_tracemalloc
    namespace: dict[str, object] = {}
    module._func_exec("a = 1", namespace)
    assert namespace["a"] == 1
