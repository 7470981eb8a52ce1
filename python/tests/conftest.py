# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Fixtures of more than one module."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

import peakline


@pytest.fixture
def no_collection() -> Iterator[None]:
    """A collection in the middle of a block would be in it, rightly."""
    with peakline.watch():
        pass
    gc.collect()
    gc.disable()
    yield
    gc.enable()
