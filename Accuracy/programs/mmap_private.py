# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""A private anonymous mapping is heap from its first byte, touched or not; resized by mremap."""

from __future__ import annotations

import mmap

PAGE = mmap.PAGESIZE
FLAGS = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS


def work() -> None:
    block = mmap.mmap(-1, 1000 * PAGE, flags=FLAGS)  #: keeps ~ 1000 * PAGE
    block[0] = 1
    block.resize(3000 * PAGE)  #: keeps == 2000 * PAGE
    block.resize(500 * PAGE)  #: keeps == -2500 * PAGE
    odd = mmap.mmap(-1, 10 * PAGE + 1, flags=FLAGS)  #: keeps ~ 11 * PAGE
    odd.close()  #: keeps ~ -11 * PAGE
    block.close()  #: keeps == -500 * PAGE
    del odd, block
