# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Objects with __slots__ are one block each; those with a __dict__ have more."""

from __future__ import annotations

N = 2000


class Slotted:
    __slots__ = ("x", "y")

    def __init__(self, x: int, y: int) -> None:
        self.x = x
        self.y = y


class Plain:
    def __init__(self, x: int, y: int) -> None:
        self.x = x
        self.y = y


def work() -> None:
    slotted = [Slotted(1, 2) for _ in range(N)]  #: keeps ~ 8 * N + 48 * N
    plain = [Plain(1, 2) for _ in range(N)]
    plain[0].z = 3  # type: ignore[attr-defined]
    as_dict = vars(plain[1])
    slotted[:] = slotted[: N // 2]
    del slotted
    del plain, as_dict
