# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""NumPy reuses the temporary of a long sum, if it is big: one array less at the peak."""

from __future__ import annotations

import numpy as np

N = 500_000
A = np.ones(N)
B = np.ones(N)


def work() -> None:
    two = A + B  #: keeps ~ 8 * N; peak ~ 8 * N
    three = A + B + A  #: keeps ~ 8 * N; takes ~ 8 * N
    four = A * 2.0 + B - 1.0  #: keeps ~ 8 * N; takes ~ 8 * N
    del two  #: drops ~ 8 * N
    three = four + three  #: keeps ~ 0; peak ~ 8 * N
