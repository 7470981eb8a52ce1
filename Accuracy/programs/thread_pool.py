# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""What the workers of a pool allocate is not the line's own; what they hand back is freed here."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

SIZE = 2_000_000
POOL = ThreadPoolExecutor(2)


def block(number: int) -> bytearray:
    # Long enough that who asks for the result always has to wait, in the same way.
    time.sleep(0.02 + 0.05 * number)
    return bytearray(SIZE)


def work() -> None:
    result = POOL.submit(block, 1).result()  #: keeps ~ 0; others ~ SIZE
    del result  #: keeps ~ -SIZE
    results = list(POOL.map(block, range(2)))  #: keeps ~ 0; others ~ 2 * SIZE
    own = bytearray(SIZE)  #: keeps ~ SIZE; others ~ 0
    results.clear()  #: keeps ~ -2 * SIZE
    del own, results
