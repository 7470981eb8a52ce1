# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Comprehensions of each kind: their scratch is gone after the line."""

from __future__ import annotations

N = 3000


def work() -> None:
    squares = [number * number for number in range(N)]
    table = {number: str(number) for number in range(N)}
    unique = {number % 700 for number in range(N)}
    nested = [[row * column for column in range(30)] for row in range(50)]
    total = sum(number * number for number in range(N))  #: keeps ~ 0
    flat = [value for row in nested for value in row if value % 2]
    pairs = list(zip(squares, flat, strict=False))
    counted = tuple(enumerate(squares))
    del squares, table, unique
    del nested, flat, total
    del pairs, counted
