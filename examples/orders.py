# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Reads orders from JSON and adds them up by customer: where does the memory go?

peakline profile examples/orders.py
"""

import json
from collections import defaultdict


def make_orders(count: int) -> str:
    """JSON text of as many orders."""
    orders = [{"id": i, "customer": f"c{i % 997}", "cents": i * 37 % 10_007} for i in range(count)]
    return json.dumps(orders)


def total_by_customer(text: str) -> dict[str, int]:
    """What each customer spent, in cents."""
    orders = json.loads(text)
    amounts = [(order["customer"], order["cents"]) for order in orders]
    del orders
    amounts.sort()
    totals: dict[str, int] = defaultdict(int)
    for customer, cents in amounts:
        totals[customer] += cents
    return dict(totals)


if __name__ == "__main__":
    print(f"{len(total_by_customer(make_orders(200_000)))} customers")
