# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""np.zeros and np.empty take the memory whether or not a page of it is ever touched."""

from __future__ import annotations

import numpy as np

N = 4_000_000


def work() -> None:
    zeros = np.zeros(N)  #: keeps ~ 8 * N; blocks == 2
    empty = np.empty(N)  #: keeps ~ 8 * N
    zeros[:10] = 1.0
    full = np.full(N // 8, 7.0)  #: keeps ~ N
    del empty  #: keeps ~ -8 * N
    del zeros, full  #: keeps ~ -9 * N
