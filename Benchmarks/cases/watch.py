# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""An empty block that is watched."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from timing import best_pair, seconds


def bare(times: int) -> None:
    """Nothing at all, so often."""
    for _ in range(times):
        pass


def watched(times: int, watch: Callable[[], Any]) -> None:
    """The same in a block."""
    for _ in range(times):
        with watch():
            pass


def run(rounds: int) -> dict[str, float]:
    """Microseconds that a block takes."""
    import peakline

    watch = getattr(peakline, "watch", None)
    if watch is None:
        print("watch: left out, because this Peakline has no peakline.watch()", file=sys.stderr)
        return {}
    with watch() as block:
        kept = bytes(1_000_000)
    if block.increment < len(kept):
        raise SystemExit("nothing was measured")
    times = 20_000
    nothing, blocks = best_pair(
        lambda: seconds(bare, times), lambda: seconds(watched, times, watch), rounds
    )
    return {"watch_us": (blocks - nothing) / times * 1e6}
