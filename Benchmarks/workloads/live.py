# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""More than a million objects alive at once, then all released: who keeps a table of them grows."""


def work() -> None:
    """An index of numbers and their names."""
    index = {number: (number * 1.5, f"number {number}") for number in range(1_000_000)}
    assert len(index) == 1_000_000
