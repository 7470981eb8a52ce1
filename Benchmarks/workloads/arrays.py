# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Large arrays: few allocations, of many megabytes each, most of them temporaries."""

import numpy as np


def work() -> None:
    """Smooths a field of twelve megabytes until it is nearly flat."""
    field = np.linspace(-1.0, 1.0, 1_500_000)
    for _ in range(45):
        left, right = np.roll(field, 1), np.roll(field, -1)
        field = (left + 2.0 * field + right) / 4.0
    assert abs(float(field.mean())) < 1
