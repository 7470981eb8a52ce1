# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Alternatives to compare, which know what they allocate."""

from __future__ import annotations

from collections.abc import Callable

MEGABYTE = 1_000_000
NOISE = 20_000
"""What a call may allocate beside its arrays: frames, what the interpreter keeps of a function."""


def two_arrays() -> bytearray:
    first = bytearray(10 * MEGABYTE)
    second = bytearray(20 * MEGABYTE)
    del first
    return second


def one_array() -> int:
    return len(bytearray(10 * MEGABYTE))


def nothing() -> None:
    pass


def listed() -> int:
    return sum([n * n for n in range(200_000)])


def generated() -> int:
    return sum(n * n for n in range(200_000))


def near(value: int, megabytes: int) -> bool:
    return abs(value - megabytes * MEGABYTE) < NOISE


class Odd(Exception):
    """Has no words."""

    def __str__(self) -> str:
        raise ValueError


def raising(error: BaseException) -> Callable[[], None]:
    def function() -> None:
        raise error

    return function
