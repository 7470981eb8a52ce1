# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Changing the type, joining, stacking: a copy each."""

from __future__ import annotations

import numpy as np

N = 300_000
A = np.ones(N)


def work() -> None:
    narrow = A.astype(np.float32)  #: keeps ~ 4 * N
    small = A.astype(np.int8)  #: keeps ~ N
    same = A.astype(float, copy=False)  #: keeps ~ 0
    joined = np.concatenate([A, A])  #: keeps ~ 16 * N
    stacked = np.stack([A, A, A])  #: keeps ~ 24 * N
    raw = joined.tobytes()  #: keeps ~ 16 * N
    listed = narrow[:1000].tolist()  #: keeps ~ 8056 + 24 * 1000
    text = small[:3].astype("U10")
    del narrow, small, same, joined, stacked, raw, listed, text  #: keeps ~ -(61 * N + 32_056)
