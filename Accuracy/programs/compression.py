# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""zlib's state is 256 KiB of malloc while it works."""

from __future__ import annotations

import bz2
import lzma
import zlib

DATA = bytes(range(256)) * 2000
PACKED = zlib.compress(DATA)


def work() -> None:
    packed = zlib.compress(DATA)
    back = zlib.decompress(PACKED)  #: keeps ~ len(DATA)
    state = zlib.compressobj()
    parts = state.compress(DATA) + state.flush()
    del state
    small = bz2.compress(DATA[:5000])
    smaller = lzma.compress(DATA[:5000], preset=0)
    del packed, back, parts
    del small, smaller
