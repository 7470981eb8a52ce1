# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""The old value is still there while the new one is made."""

from __future__ import annotations

SIZE = 1_000_000


def work() -> None:
    x = bytearray(SIZE)  #: keeps ~ SIZE; peak ~ SIZE
    x = bytearray(SIZE)  #: keeps ~ 0; peak ~ SIZE; takes ~ SIZE; drops ~ SIZE
    x = bytearray(3 * SIZE)  #: keeps ~ 2 * SIZE; peak ~ 3 * SIZE
    y = x  #: takes == 0
    x = None  #: drops == 0
    y = None  #: keeps ~ -3 * SIZE
    x, y = bytearray(SIZE), bytearray(SIZE)  #: keeps ~ 2 * SIZE
    x, y = y, x  #: takes == 0
    del x  #: keeps ~ -SIZE
    y = bytes(y)  #: keeps ~ 0; peak ~ SIZE
    del y
