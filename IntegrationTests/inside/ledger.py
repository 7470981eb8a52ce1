# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Inside a tested process: turns the agent on in the way that is asked for, and reads its ledger
beside what the allocators say.

SUITES_START    how the agent comes in: nothing (the bare run), "control" (everything but the
                agent), "preload" (sitecustomize starts it in each process), "attach" (here)
SUITES_PACKAGE  the folder in which the package lies
SUITES_TRUTH    libtruth.so
SUITES_RECORD   the file that checkpoints and results are appended to, as lines of JSON
"""

from __future__ import annotations

import ctypes
import json
import os
import sys
import threading
import time
from typing import Any

FIELDS = (
    "arena_in_use",
    "mapped_in_use",
    "mapped_chunks",
    "pool_bytes",
    "shim_live",
    "shim_blocks",
)
LEDGER = (
    *("malloc_live", "malloc_blocks", "python_live"),
    *("mapped_live", "reserved", "mapped_files", "lost"),
)

_owner = os.getpid()
_heap: Any = None
_truth: Any = None
_now = (ctypes.c_longlong * len(FIELDS))()
_last = 0.0


def start() -> None:
    """Brings the agent in. Raises RuntimeError where it says that it cannot."""
    global _heap
    _load_truth()
    sys.path.insert(0, os.environ["SUITES_PACKAGE"])
    try:
        from peakline import _heap as heap
    finally:
        sys.path.remove(os.environ["SUITES_PACKAGE"])
    why_not = heap.available()
    if why_not is not None:
        raise RuntimeError(why_not)
    heap.start()
    _heap = heap


def _load_truth() -> None:
    """Before the agent: the library has to see Python's allocators as they were."""
    global _truth
    if _truth is None and "SUITES_TRUTH" in os.environ:
        _truth = ctypes.PyDLL(os.environ["SUITES_TRUTH"])
        _truth.truth_remember()


def begin() -> None:
    """Called once by the process that is tested, before the tests: the checkpoints' zero."""
    global _heap
    _load_truth()
    # Not in start(), which the children run too: tests count their descriptors.
    if _truth is not None and _truth.truth_open() != 0:
        raise RuntimeError("libtruth.so cannot open its report")
    way = os.environ.get("SUITES_START", "")
    if way == "attach":
        start()
    elif way == "preload":
        # Started by sitecustomize, which runs under a name of its own.
        _heap = sys.modules["peakline._heap"]
    for _ in range(3):  # the first readings fill caches, which belong to the readings
        checkpoint("begin")


def record(line: dict[str, Any]) -> None:
    """Appends one line, unless this is a child of the process that is recorded."""
    if os.getpid() == _owner and "SUITES_RECORD" in os.environ:
        text = json.dumps(line) + "\n"
        descriptor = os.open(
            os.environ["SUITES_RECORD"], os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
        )
        try:
            os.write(descriptor, text.encode())
        finally:
            os.close(descriptor)


def checkpoint(name: str, at_least_apart: float = 0) -> None:
    """Records the ledger and the allocators' own figures, read directly one after the other."""
    global _last
    if _heap is None or _truth is None or os.getpid() != _owner:
        return
    if time.monotonic() - _last < at_least_apart:
        return
    threads = _threads()
    before = _heap.totals()
    _truth.truth_read(_now, 1)
    after = _heap.totals()
    record(
        {
            "checkpoint": name,
            "ledger": _plain(before),
            "ledger_after": _plain(after),
            "truth": dict(zip(FIELDS, _now, strict=True)),
            "threads": threads,
        }
    )
    _last = time.monotonic()


def _threads() -> int:
    """How many there are. Python calls a thread joined a moment before the system does."""
    for _ in range(50):
        count = len(os.listdir("/proc/self/task"))
        if count <= threading.active_count():
            break
        time.sleep(0.001)
    return count


def mapped() -> int | None:
    """What the ledger says is mapped directly; None in a bare run."""
    return None if _heap is None else _heap.totals().mapped_live


def _plain(totals: Any) -> dict[str, int]:
    return {name: getattr(totals, name) for name in LEDGER if hasattr(totals, name)}
