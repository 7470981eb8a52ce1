# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Tests that fail when the memory of `orders.py` grows.

pytest examples/tests_with_limits
pytest --peakline examples/tests_with_limits      # and a table of what each test held
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from orders import Totals

CUSTOMERS = 2_000


def lines(count: int) -> Iterator[str]:
    """As a file would give them."""
    return (f"customer {n % CUSTOMERS},{n}" for n in range(count))


# Two thousand totals take 0.4 MiB, and a hundred thousand orders at once would take 20.
@pytest.mark.limit_memory("2 MB")
def test_orders_are_looked_at_one_by_one() -> None:
    totals = Totals(lines(100_000))
    assert len(totals.cents) == CUSTOMERS


@pytest.mark.limit_leaks("50 KB")
def test_totals_are_gone_with_whoever_asked() -> None:
    totals = Totals(lines(10_000))
    assert sum(totals.cents.values()) == sum(range(10_000))
