# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Sizes as people write and read them."""

from __future__ import annotations

import pytest

from peakline._sizes import shown, size_of


@pytest.mark.parametrize(
    ("text", "size"),
    [
        (12, 12),
        ("12", 12),
        ("12B", 12),
        ("1.5 KiB", 1536),
        (" 2 kb ", 2048),
        ("512K", 512 << 10),
        ("+3 MB", 3 << 20),
        (".5GiB", 1 << 29),
        ("1 TB", 1 << 40),
        ("2PiB", 2 << 50),
    ],
)
def test_a_size_is_a_number_with_a_unit(text: int | str, size: int) -> None:
    assert size_of(text) == size


@pytest.mark.parametrize("text", ["", "much", "1 XB", "1.2.3 MB", "-1", "1 M B", "MB", "٣ MB"])
def test_other_texts_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no size: write a number of bytes"):
        size_of(text)


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "0.98 KiB"),
        (1536, "1.50 KiB"),
        (102_340, "99.9 KiB"),
        (102_400, "100 KiB"),
        (1_023_488, "0.98 MiB"),
        (-(5 << 20), "-5.00 MiB"),
        (1 << 30, "1.00 GiB"),
        (5 << 50, "5120 TiB"),
    ],
)
def test_a_size_is_shown_with_three_digits(size: int, text: str) -> None:
    assert shown(size) == text
