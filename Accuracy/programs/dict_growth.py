# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""A dict doubles its table when it is two thirds full."""

from __future__ import annotations

KEYS = [f"key {number}" for number in range(5000)]


def work() -> None:
    grown: dict[str, int] = {}
    for key in KEYS:
        grown[key] = 1
    copied = dict(grown)
    merged = grown | {"another": 2}
    grown.clear()
    grown.update(copied)
    made = dict.fromkeys(KEYS)
    del copied
    popped = merged.pop("another")
    del grown, merged, made, popped
