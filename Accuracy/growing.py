# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Never ends, and keeps all tables of a capture growing: threads that come and go, stacks that are
deep and new each time, blocks that are freed elsewhere. `hold` has most of the memory all the time.
"""

from __future__ import annotations

import sys
import threading

HELD: list[bytearray] = []
PASSED: list[object] = []


def hold() -> None:
    HELD.append(bytearray(100_000))


def deep(depth: int, size: int) -> object:
    return deep(depth - 1, size) if depth else [bytes(size), bytearray(size * 20)]


def made(number: int) -> None:
    """New code, so new functions and new stacks."""
    names = {"deep": deep, "kept": PASSED}
    head = f"def made_{number}():" + "\n" * (number % 50 + 1)
    exec(f"{head} kept.append(deep({number % 90}, 700))\nmade_{number}()", names)


def work(first: int) -> None:
    """What a thread does; what others have passed on is freed here."""
    for number in range(first, first + 60):
        made(number)
        del PASSED[:-40]


def main() -> None:
    """Holds 40 MB, says so, and goes on for ever."""
    while len(HELD) < 400:
        hold()
    sys.stdout.write("held\n")
    sys.stdout.flush()
    number = 0
    while True:
        threads = [threading.Thread(target=work, args=(number + 1000 * n,)) for n in range(3)]
        for thread in threads:
            thread.start()
        del HELD[:20]
        while len(HELD) < 400:
            hold()
        for thread in threads:
            thread.join()
        number += 60


main()
