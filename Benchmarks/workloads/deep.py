# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Allocation at the bottom of a deep stack: who looks at the stack each time pays for all of it."""


def descend(frames: int) -> int:
    """Allocates when it is so many frames down."""
    if frames:
        return descend(frames - 1)
    longest = 0
    for number in range(2_000_000):
        pair = [number, {number}]
        longest = max(longest, len(pair))
    return longest


def work() -> None:
    """As deep as a program may go without changing the limit, nearly."""
    assert descend(700) == 2
