# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""What is run: the suites with the time each may take, and the ways in which the agent comes in."""

from __future__ import annotations

from typing import NamedTuple


class Suite(NamedTuple):
    name: str
    module: str
    seconds: int
    """Longer than this is a hang."""
    stand_in: str = ""
    """A module of ours for installations that left this one out."""
    own_pools: bool = False
    """It makes interpreters with allocators of their own, from CPython 3.12 on. What these did not
    free is in the ledger, rightly, but in no statistics: so the pools are shown, not judged."""


CPYTHON = [
    Suite("gc", "test.test_gc", 120),
    Suite("zlib", "test.test_zlib", 120),
    Suite("json", "test.test_json", 120),
    Suite("ctypes", "test.test_ctypes", 120),
    Suite("os", "test.test_os", 180),
    Suite("threading", "test.test_threading", 300, own_pools=True),
    Suite("signal", "test.test_signal", 300),
    Suite("pickle", "test.test_pickle", 300),
    Suite("subprocess", "test.test_subprocess", 400),
    Suite("capi", "test.test_capi", 600, own_pools=True),
    Suite("asyncio", "test.test_asyncio", 900),
    Suite("concurrent_futures", "test.test_concurrent_futures", 1200),
    *(
        Suite(
            f"multiprocessing_{way}",
            f"test.test_multiprocessing_{way}",
            900,
            f"stand_in_multiprocessing_{way}",
        )
        for way in ("fork", "spawn", "forkserver")
    ),
]

NUMPY = Suite("numpy", "numpy", 1800)
"""NumPy's core tests, which pytest runs."""

MODES = {
    "base": "without the agent",
    "control": "without the agent, but with the sitecustomize that would start it",
    "preload": "preloaded, Python's allocators hooked by sitecustomize, in children too",
    "attach": "started inside the running interpreter",
    "record": "under peakline record, which samples",
    "record-exact": "under peakline record --exact",
}
