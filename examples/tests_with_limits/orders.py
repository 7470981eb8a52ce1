# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Reads orders, one at a time, and tells whoever wants to know what each customer spent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import ClassVar


def orders(lines: Iterable[str]) -> Iterator[tuple[str, int]]:
    """Customer and cents of each line such as "ada,1250"."""
    words = (line.split(",") for line in lines)
    return ((customer, int(cents)) for customer, cents in words)


class Totals:
    """What each customer spent so far, in cents."""

    _listeners: ClassVar[list[Callable[[str, int], None]]] = []

    def __init__(self, lines: Iterable[str]) -> None:
        self.cents: dict[str, int] = defaultdict(int)
        self._listeners.append(self._add)
        try:
            for customer, cents in orders(lines):
                for listener in self._listeners:
                    listener(customer, cents)
        finally:
            self._listeners.remove(self._add)

    def _add(self, customer: str, cents: int) -> None:
        self.cents[customer] += cents
