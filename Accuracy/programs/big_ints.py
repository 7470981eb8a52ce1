# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Integers of many digits: 4 bytes for every 30 bits."""

from __future__ import annotations

BITS = 3_000_000


def work() -> None:
    big = 1 << BITS  #: keeps ~ BITS // 30 * 4; blocks == 1
    bigger = big << BITS  #: keeps ~ BITS // 30 * 8
    total = big + bigger  #: keeps ~ BITS // 30 * 8
    total = total - bigger  #: keeps ~ -BITS // 30 * 4
    small = big >> (BITS - 40)  #: keeps ~ 32
    negative = -big  #: keeps ~ BITS // 30 * 4
    power = 3**20_000
    del bigger, total, negative  #: keeps ~ -BITS // 30 * 16
    del big, small, power
