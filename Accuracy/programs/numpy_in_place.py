# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Operations in place take no array."""

from __future__ import annotations

import numpy as np

N = 500_000
B = np.ones(N)


def work() -> None:
    a = np.zeros(N)  #: keeps ~ 8 * N
    a += B  #: keeps ~ 0; peak ~ 0
    a *= 2.0
    np.add(a, B, out=a)
    a[:] = B
    a[::2] += 1.0
    a = a * 2.0  #: keeps ~ 0; peak ~ 8 * N; takes ~ 8 * N; drops ~ 8 * N
