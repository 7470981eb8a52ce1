# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Fixtures of more than one module."""

from __future__ import annotations

import gc
import signal
import sys
from collections.abc import Iterator

import pytest

import peakline

# A shell's background job ignores interrupts, and so would every process that a test starts in it
# and means to interrupt.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def no_collection() -> Iterator[None]:
    """A collection in the middle of a block would be in it, rightly."""
    with peakline.watch():
        pass
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.fixture(autouse=True)
def _no_recording_goes_on() -> Iterator[None]:
    yield
    runs = sys.modules.get("mprof_runs")
    if runs is not None:
        runs.end_all()
