# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Exceptions that pass through a few frames, are translated on their way, and are caught."""


class Unreadable(Exception):
    """What `read` raises."""


def parse(text: str) -> int:
    """Fails in C code."""
    return int(text)


def read(text: str) -> int:
    """Raises another exception from the first."""
    try:
        return parse(text)
    except ValueError as error:
        raise Unreadable(text) from error


def work() -> None:
    """Every second text is no number."""
    unreadable = 0
    for number in range(500_000):
        try:
            read("12" if number % 2 else "twelve")
        except Unreadable:
            unreadable += 1
    assert unreadable == 250_000
