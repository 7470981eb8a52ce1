# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Strings: one byte a letter while all are ASCII, two or four beyond; join measures before."""

from __future__ import annotations

N = 50_000
PARTS = ["abcd"] * N


def work() -> None:
    joined = "".join(PARTS)  #: keeps ~ 4 * N
    padded = joined + "!"  #: keeps ~ 4 * N
    wide = joined.replace("a", "ä")  #: keeps ~ 4 * N
    wider = wide + "€"  #: keeps ~ 8 * N
    raw = wide.encode()  #: keeps ~ 5 * N
    back = raw.decode()  #: keeps ~ 4 * N
    upper = joined.upper()
    split = padded.split("c")
    grown = ""
    for _ in range(200):
        grown += "xyz"
    formatted = f"{joined}{padded}"  #: keeps ~ 8 * N
    del joined, padded, wide, wider, raw, back
    del upper, split, grown, formatted
