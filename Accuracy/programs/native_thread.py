# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""A thread of a C library allocates without the GIL while Python goes on."""

from __future__ import annotations

import ctypes
import os

# Compiled by the harness from native/worker.c.
WORKER = ctypes.CDLL(os.environ["ACCURACY_WORKER"])
SIZE = 1_000_000


def work() -> None:
    WORKER.churn(200, SIZE)  #: keeps ~ 0; others ~ SIZE
    own = bytearray(SIZE)  #: keeps ~ SIZE; peak ~ SIZE
    total = 0
    for number in range(1000):
        total += number
    del own  #: keeps ~ -SIZE
    WORKER.finish()  #: keeps ~ 0; others ~ -SIZE
    WORKER.here(10, SIZE)  #: keeps ~ 0; takes ~ 10 * SIZE; peak ~ SIZE
    del total
