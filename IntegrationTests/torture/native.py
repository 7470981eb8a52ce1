# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Loads the C parts of the torture programs, which the harness has compiled."""

import ctypes
import os


def load(name: str, holding_the_gil: bool = False) -> ctypes.CDLL:
    """libNAME.so. With the GIL held, no other Python thread runs meanwhile."""
    kind = ctypes.PyDLL if holding_the_gil else ctypes.CDLL
    return kind(path(f"lib{name}.so"))


def path(name: str) -> str:
    """Where a file of the C parts lies."""
    return os.path.join(os.environ["SUITES_NATIVE"], name)
