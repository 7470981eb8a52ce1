# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Pickling, unpickling, deep copies."""

from __future__ import annotations

import copy
import pickle

DATA = [(number, str(number), {"x": [number / 3] * 3}) for number in range(1000)]
BIG = bytes(500_000)
PICKLE = pickle.dumps(DATA, protocol=4)


def work() -> None:
    raw = pickle.dumps(DATA, protocol=4)
    data = pickle.loads(PICKLE)
    big = pickle.dumps(BIG, protocol=4)  #: keeps ~ len(BIG)
    copied = copy.deepcopy(DATA)
    shallow = copy.copy(DATA)
    del raw, data, big
    del copied, shallow
