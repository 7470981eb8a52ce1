# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Tables of pandas: columns are NumPy arrays, and most steps copy."""

from __future__ import annotations

import numpy as np
import pandas as pd

N = 100_000
A = np.arange(N, dtype=float)
B = np.arange(N) % 10


def work() -> None:
    frame = pd.DataFrame({"a": A, "b": B})  #: keeps ~ 16 * N
    frame["c"] = frame["a"] * 2.0  #: keeps ~ 8 * N
    few = frame[frame["b"] == 3]
    sums = frame.groupby("b")["a"].sum()
    ordered = frame.sort_values("a", ascending=False)
    joined = pd.concat([frame, frame], ignore_index=True)  #: keeps ~ 48 * N
    del few, sums
    del ordered, joined
    del frame
