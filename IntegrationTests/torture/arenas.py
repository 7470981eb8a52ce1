# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Arenas mapped and unmapped: millions of small objects, then large blocks where they lay. A page
map that still calls such an address a pool reads a program's data as sizes."""

import gc
import random

generator = random.Random(1)
for turn in range(3):
    small = [(i, float(i)) for i in range(700_000)]
    print(turn, len(small), sum(pair[0] for pair in small))
    del small
    gc.collect()
    large = [bytearray(b"\xff") * (33 << 20) for _ in range(4)]
    print(sum(map(len, large)))
    for block in large:
        block[:100] = bytes(100)
    # Freed by parts, so that arenas become free one by one.
    objects = [object() for _ in range(400_000)]
    generator.shuffle(objects)
    del objects[:390_000]
    del large
    large = [bytearray(b"\xaa") * size for size in (1 << 18, 1 << 19, 1 << 20, 33 << 20)]
    del objects, large
