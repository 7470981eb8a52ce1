# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Sizes as people write and read them: 1 KiB is 1024 bytes, and so is 1 KB."""

from __future__ import annotations

import re

_UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40, "P": 1 << 50}
_MOST = 1 << 62


def size_of(text: int | str) -> int:
    """Bytes of a size such as 524288, "512KiB" or "1.5 GB". Raises ValueError for other texts."""
    if isinstance(text, int):
        return text
    number = r"\s*\+?(\d+\.?\d*|\.\d+)\s*([KMGTP]?)(?:i?B|i)?\s*"
    found = re.fullmatch(number, text, re.ASCII | re.IGNORECASE)
    if found is None:
        raise ValueError(f"{text!r} is no size: write a number of bytes, or one such as '512KiB'")
    size = float(found[1]) * _UNITS[found[2].upper()]
    if size > _MOST:
        raise ValueError(f"{text!r} is more than there can be: write a size such as '512KiB'")
    return int(size)


def shown(size: int) -> str:
    """A size with three digits and the unit that suits it."""
    if abs(size) < 1000:
        return f"{size} B"
    number, units = size / 1024, ["KiB", "MiB", "GiB", "TiB"]
    while abs(number) >= 999.5 and len(units) > 1:
        number /= 1024
        del units[0]
    decimals = 2 if abs(number) < 9.995 else 1 if abs(number) < 99.95 else 0
    return f"{number:.{decimals}f} {units[0]}"
