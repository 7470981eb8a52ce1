# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Arrow's own allocator beneath: the system's here, which calls malloc for each buffer."""

from __future__ import annotations

import os

os.environ["ARROW_DEFAULT_MEMORY_POOL"] = "system"

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

pa.set_cpu_count(1)
N = 200_000
A = np.arange(N, dtype=float)


def work() -> None:
    array = pa.array(A)
    copied = pc.add(array, 1.0)  #: keeps ~ 8 * N
    table = pa.table({"a": array, "b": copied})
    whole = pa.concat_arrays([array, copied])  #: keeps ~ 16 * N
    values = pc.filter(array, pc.greater(array, 100_000.0))
    del whole, values
    del table, copied, array
