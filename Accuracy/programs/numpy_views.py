# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""A view is an object of a hundred bytes; picking by a list or a mask copies."""

from __future__ import annotations

import numpy as np

N = 400_000
A = np.ones((400, 1000))
MASK = np.arange(N).reshape(400, 1000) % 2 == 0


def work() -> None:
    half = A[:200]  #: peak ~ 0
    turned = A.T
    flat = A.reshape(-1)
    every = A[::2, ::5]
    picked = A[[1, 2, 3, 4]]  #: keeps ~ 4 * 8000
    masked = A[MASK]  #: keeps ~ 4 * N
    copied = np.ascontiguousarray(turned)  #: keeps ~ 8 * N
    ravelled = turned.ravel()  #: keeps ~ 8 * N
    del half, turned, flat, every, picked
    del masked, copied, ravelled  #: drops ~ 20 * N
