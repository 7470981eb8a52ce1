# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Arrow's default pool, an allocator of its own: what it hands out only the resident set can show.

Lines 19 to 21 hold 8, 8 and 16 MB that are neither malloc's nor mapped while they run; the
recorder sees as little of it as Peakline's heap.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

pa.set_cpu_count(1)
N = 1_000_000
A = pa.array(np.arange(N, dtype=float))


def work() -> None:
    one = pc.add(A, 1.0)
    two = pc.add(one, 1.0)
    three = pa.concat_arrays([one, two])
    del one, two, three
