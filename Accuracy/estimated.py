# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""What a sample is to estimate: some hundred blocks' worth of bytes on each line, from objects far
smaller than the mean distance of two samples to blocks larger than it; kept, half kept, dropped."""

from __future__ import annotations

KEPT: list[object] = []


def deep(depth: int) -> object:
    return deep(depth - 1) if depth else bytes(3000)


def work() -> None:
    numbers = [float(number) for number in range(30_000)]
    pairs = [(number, None) for number in range(14_000)]
    texts = [bytes(900) for _ in range(1_000)]
    blocks = [bytearray(5_000) for _ in range(200)]
    large = [bytearray(8_000) for _ in range(150)]
    mixed = [bytes(100 + 37 * number % 9_000) for number in range(250)]
    nested = [deep(number % 50) for number in range(300)]
    dropped = [bytes(2_000) for _ in range(500)]
    del texts[::2], mixed[::2], nested[::2], dropped
    KEPT[:] = [numbers, pairs, texts, blocks, large, mixed, nested]
