# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""A child has its own memory: what it allocates is nobody's here."""

from __future__ import annotations

import os

SIZE = 3_000_000


def child() -> None:
    block = bytearray(SIZE)
    os._exit(len(block) // SIZE - 1)


def fork() -> int:
    pid = os.fork()
    if pid == 0:
        child()
    return pid


def work() -> None:
    before = bytearray(SIZE)  #: keeps ~ SIZE
    pid = fork()  #: keeps ~ 0; peak ~ 0
    status = os.waitpid(pid, 0)[1]  #: keeps ~ 0
    after = bytearray(SIZE)  #: keeps ~ SIZE
    del before, after, status  #: keeps ~ -2 * SIZE
