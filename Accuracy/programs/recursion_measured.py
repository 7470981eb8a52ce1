# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""The measured function calls itself: only the outermost call of a line adds to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

SIZE = 30_000


def work(depth: int = 4) -> bytearray | None:
    if depth == 0:
        return None
    block = bytearray(SIZE)  #: takes ~ 4 * SIZE
    inner = globals()["again"](depth - 1)  #: keeps ~ 3 * SIZE; peak ~ 5 * SIZE
    if inner is not None:
        block += inner
    return block


again: Callable[[int], bytearray | None] = work


def drive(work: Callable[[], bytearray | None]) -> None:
    global again
    again = work  # type: ignore[assignment]
    work()
