# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""A statement over several lines is one statement."""

from __future__ import annotations

SIZE = 40_000


def three(first: bytes, second: bytes, third: bytes) -> bytes:
    return first + second + third


def work() -> None:
    whole = three(  #: keeps ~ 6 * SIZE
        bytes(SIZE),
        bytes(2 * SIZE),
        bytes(3 * SIZE),
    )
    table = {  #: keeps ~ 3 * SIZE
        "a": bytes(SIZE),
        "b": [
            # One after the other.
            bytes(SIZE)
            for _ in range(2)
        ],
    }
    if (
        len(whole) > SIZE
        # Two comments keep this on several lines.
        and len(bytes(5 * SIZE)) > len(whole)
        # The last of them makes one more.
        and bytes(SIZE) == table["a"]
    ):
        whole = whole + bytes(SIZE)
    text = f"""
    {len(whole)}
    {len(table)}
    """
    del whole, table, text
