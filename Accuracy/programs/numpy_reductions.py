# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Sorting, scanning, choosing: what is scratch and what stays."""

from __future__ import annotations

import numpy as np

N = 200_000
A = np.arange(N, dtype=float)[::-1].copy()


def work() -> None:
    ordered = np.sort(A)  #: keeps ~ 8 * N
    order = np.argsort(A)  #: keeps ~ 8 * N
    running = np.cumsum(A)  #: keeps ~ 8 * N
    chosen = np.where(A > 5.0, A, 0.0)  #: keeps ~ 8 * N; peak ~ 9 * N
    places = np.nonzero(A > 100_000.0)  #: keeps ~ 8 * 99_999; peak ~ 8 * 99_999 + N
    spread = A.std()  #: keeps ~ 0
    values, counts = np.unique(ordered, return_counts=True)
    del ordered, order, running, chosen, places
    del values, counts, spread
