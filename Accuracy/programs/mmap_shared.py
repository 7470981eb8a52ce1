# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Shared memory and mapped files are no heap."""

from __future__ import annotations

import mmap
import tempfile

PAGE = mmap.PAGESIZE
FILE = tempfile.TemporaryFile()  # noqa: SIM115
FILE.truncate(1000 * PAGE)


def work() -> None:
    shared = mmap.mmap(-1, 1000 * PAGE)  #: keeps ~ 0; peak ~ 0
    shared[: 10 * PAGE] = b"x" * (10 * PAGE)  #: keeps == 0; peak ~ 10 * PAGE
    mapped = mmap.mmap(FILE.fileno(), 1000 * PAGE)  #: keeps ~ 0
    total = sum(mapped[: 4 * PAGE])  #: keeps ~ 0
    private = mmap.mmap(FILE.fileno(), 1000 * PAGE, flags=mmap.MAP_PRIVATE)  #: keeps ~ 0
    shared.close()
    mapped.close()
    private.close()
    del total, shared, mapped, private
