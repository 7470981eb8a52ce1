# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Small Python objects that are born and die all the time: a queue of orders."""

from collections import deque


class Order:
    """One of the queue, with a few objects of its own."""

    __slots__ = ("items", "name", "price")

    def __init__(self, number: int) -> None:
        self.name = f"order {number}"
        self.items = [number, number + 1, number + 2]
        self.price = {"net": number * 1.5, "tax": number * 0.25}


def work() -> None:
    """Every order leaves when ten thousand others have come."""
    queue: deque[Order] = deque(maxlen=10_000)
    total = 0.0
    for number in range(600_000):
        order = Order(number)
        queue.append(order)
        total += order.price["tax"]
    assert total > 0
