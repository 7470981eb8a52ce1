# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""What counting adds to a malloc and its free, and to the birth and death of a small object.

Two processes take turns, each of which runs this file as a script. The loops are in C; where there
is no C compiler they are in Python, whose own cost falls out of the difference but makes it noisy.
"""

from __future__ import annotations

import ctypes
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter_ns
from typing import Any

BENCHMARKS = Path(__file__).resolve().parent.parent
BLOCK, OBJECT = 32, 48
"""Bytes: usual sizes, of which malloc and Python each keep some free ones at hand."""


def run(rounds: int) -> dict[str, float]:
    """Nanoseconds that each takes more while the heap is counted."""
    from turns import least_of_turns

    off, on = least_of_turns(Path(__file__).resolve(), 2 * rounds)
    return {name: on[name] - off[name] for name in off}


def measures() -> Callable[[], dict[str, float]]:
    """What measures once, in C if it can be had."""
    python = ctypes.pythonapi
    take: Any = python.PyObject_Malloc
    give: Any = python.PyObject_Free
    if not shutil.which("cc"):
        return lambda: in_python(take, give)
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "pairs.so"
        command = ["cc", "-O2", "-shared", "-fPIC", "-o", path, BENCHMARKS / "pairs.c"]
        subprocess.run(command, check=True)
        loops: Any = ctypes.PyDLL(str(path))
    function, count = ctypes.c_void_p, 200_000
    for loop in (loops.malloc_pairs, loops.pairs, loops.batches):
        loop.restype = ctypes.c_double
    loops.malloc_pairs.argtypes = [ctypes.c_long, ctypes.c_size_t]
    loops.pairs.argtypes = [ctypes.c_long, ctypes.c_size_t, function, function]
    loops.batches.argtypes = loops.pairs.argtypes
    both = ctypes.cast(take, function), ctypes.cast(give, function)
    return lambda: {
        "malloc_pair_ns": loops.malloc_pairs(count, BLOCK),
        "object_pair_ns": loops.pairs(count, OBJECT, *both),
        "object_batch_ns": loops.batches(count, OBJECT, *both),
    }


def in_python(take: Any, give: Any) -> dict[str, float]:
    """The same without a C compiler; malloc by way of Python's function for raw memory."""
    python = ctypes.pythonapi
    # A malloc that is looked up by name would not be the one that other libraries call.
    raw = python.PyMem_RawMalloc, python.PyMem_RawFree
    return {
        "malloc_pair_ns": loop_in_python(*raw, BLOCK),
        "object_pair_ns": loop_in_python(take, give, OBJECT),
    }


def loop_in_python(take: Any, give: Any, size: int) -> float:
    """Nanoseconds of a pair, ctypes included."""
    take.restype, take.argtypes = ctypes.c_void_p, [ctypes.c_size_t]
    give.restype, give.argtypes = None, [ctypes.c_void_p]
    count, best = 2_000, float("inf")
    for _ in range(20):
        start = perf_counter_ns()
        for _ in range(count):
            give(take(size))
        best = min(best, (perf_counter_ns() - start) / count)
    return best


def begin_counting() -> None:
    """Begins, and ends the run if what is measured is not counted: that would cost nothing."""
    from peakline import _heap

    _heap.start()
    before = _heap.totals()
    kept = [bytes(100 * size) for size in range(100)]
    after = _heap.totals()
    if after.malloc_blocks - before.malloc_blocks < 90 or after.python_live == before.python_live:
        raise SystemExit("the heap was not counted")
    del kept


if __name__ == "__main__":
    sys.path.insert(0, str(BENCHMARKS))
    from turns import serve

    measure = measures()
    measure()
    if sys.argv[1] == "on":
        begin_counting()
    serve(measure)
