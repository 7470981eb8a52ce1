# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Functions of NumPy cannot reuse a temporary: it is there at the peak, and gone after the line."""

from __future__ import annotations

import numpy as np

N = 400_000
A = np.ones(N)
B = np.ones(N)


def work() -> None:
    np.add(np.multiply(A, 2.0), np.multiply(B, 3.0))  #: keeps ~ 0; peak ~ 24 * N; takes ~ 24 * N
    kept = np.add(np.multiply(A, 2.0), B)  #: keeps ~ 8 * N; peak ~ 16 * N
    kept = np.sqrt(np.add(kept, B))  #: keeps ~ 0; peak ~ 16 * N
    total = float(np.sum(np.subtract(A, B)))  #: keeps ~ 0; peak ~ 8 * N
    del total, kept
