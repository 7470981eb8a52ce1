# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Python calls and next to no memory: the ways through a grid, counted one by one."""


def ways(down: int, right: int) -> int:
    """How many shortest ways lead so far down and to the right."""
    if not down or not right:
        return 1
    return ways(down - 1, right) + ways(down, right - 1)


def work() -> None:
    """About ten million calls."""
    assert ways(13, 12) == 5_200_300
