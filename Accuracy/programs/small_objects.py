# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Objects smaller than malloc ever sees: floats, tuples, strings, sets and the like."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

N = 500
NUMBERS = list(range(1000, 1000 + N))


def work() -> None:
    floats = [float(number) for number in NUMBERS]
    pairs = [(number, None) for number in NUMBERS]
    texts = [str(number) for number in NUMBERS]
    lists = [[number] for number in NUMBERS]
    dicts = [{"n": number} for number in NUMBERS]
    sets = [{number} for number in NUMBERS]
    slices = [slice(number) for number in NUMBERS]
    exact = [Decimal(number) / 7 for number in NUMBERS]
    thirds = [Fraction(number, 3) for number in NUMBERS[:50]]
    del floats, pairs, texts
    del lists, dicts, sets
    del slices, exact, thirds
