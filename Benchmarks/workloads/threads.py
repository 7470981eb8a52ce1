# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Four threads that allocate and free through malloc at once, each for itself."""

from threading import Thread


def fill(turns: int) -> None:
    """Keeps the last hundred buffers, none of them small enough for Python's own allocator."""
    shelf: list[bytes | None] = [None] * 100
    for turn in range(turns):
        shelf[turn % 100] = bytes(700 + turn % 900)


def work() -> None:
    """Each thread has 600,000 buffers."""
    threads = [Thread(target=fill, args=(600_000,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
