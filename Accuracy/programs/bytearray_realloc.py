# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""A bytearray that grows and shrinks where it is, or moves."""

from __future__ import annotations

N = 1_000_000
CHUNK = b"x" * 4096


def work() -> None:
    block = bytearray()  #: keeps == 64
    for _ in range(100):
        block += CHUNK
    block.extend(CHUNK)
    block *= 8  #: keeps ~ 7 * len(CHUNK) * 101 or keeps ~ 6.8 * len(CHUNK) * 101
    del block[1000:]
    block.clear()
    fixed = bytearray(N)  #: keeps ~ N
    fixed.append(1)
    fixed[:] = b"y" * (2 * N)
    del fixed[: N // 2]
    small = bytearray(b"abc")
    for letter in b"defghijklmnopqrstuvwxyz":
        small.append(letter)
    del block, fixed, small
