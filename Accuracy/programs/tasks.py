# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""An event loop and its tasks, run to their end within a line."""

from __future__ import annotations

import asyncio

SIZE = 100_000
LOOP = asyncio.new_event_loop()


async def step(number: int) -> bytearray:
    block = bytearray(SIZE)
    await asyncio.sleep(0)
    return block


async def several() -> list[bytearray]:
    return await asyncio.gather(*(step(number) for number in range(5)))


def work() -> None:
    one = LOOP.run_until_complete(step(1))  #: keeps ~ SIZE
    many = LOOP.run_until_complete(several())  #: keeps ~ 5 * SIZE
    coroutine = step(2)
    coroutine.close()
    del one, many, coroutine
