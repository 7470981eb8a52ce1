# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Tasks that know what they allocate. Each line that counts has a mark in a comment."""

from __future__ import annotations

import itertools
import os
import time
from pathlib import Path

SIZE = 8_000_000
SMALL = 10_000
KEPT: list[object] = []


def hold(number: int, seconds: float = 0.0) -> int:
    """Holds SIZE bytes for a while; the number it was given."""
    held = bytearray(SIZE)  # held
    time.sleep(seconds)
    del held
    return number


def keep(number: int) -> int:
    """Keeps SIZE bytes for the life of the process; which process that is."""
    KEPT.append(bytearray(SIZE))  # kept
    return os.getpid()


def churn(number: int) -> int:
    """Allocates SIZE bytes in small pieces; the number it was given."""
    pieces = [bytes(SMALL) for _ in itertools.repeat(None, SIZE // SMALL)]  # pieces
    return number if pieces else -1


def line(mark: str) -> int:
    """Which line of this file bears a mark."""
    lines = Path(__file__).read_text(encoding="utf-8").splitlines()
    (found,) = [index for index, text in enumerate(lines, 1) if text.endswith(f"  # {mark}")]
    return found
