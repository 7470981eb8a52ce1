# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""`peakline.watch()`: an empty block shows zeros, whatever the allocator and the driver."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from programs import run
from watching import NAMES, figures

import peakline

pytestmark = pytest.mark.usefixtures("no_collection")

# MARK: an empty block

EMPTY = """
import asyncio, peakline
NAMES = {names!r}
seen = []
def note(*watches):
    seen.extend(tuple(getattr(w, name) for name in NAMES) for w in watches)
with peakline.watch() as first:
    pass
note(first)
for _ in range(100):
    with peakline.watch() as a:
        pass
    with peakline.watch() as b:
        pass
    note(a, b)
def function():
    for _ in range(3):
        with peakline.watch() as w:
            pass
        note(w)
    with peakline.watch() as bound_for_the_first_time:
        pass
    return bound_for_the_first_time
for _ in range(3):
    note(function())
def deep(depth):
    with peakline.watch() as w:
        pass
    note(w)
    if depth:
        deep(depth - 1)
deep(50)
class Holder:
    pass
holder = Holder()
holder.watch = None
for turn in range(3):
    with peakline.watch() as holder.watch:
        pass
    # The first look for the attribute may drive a name out of the interpreter's cache.
    if turn:
        note(holder.watch)
again = peakline.watch()
for _ in range(3):
    with again:
        pass
    note(again)
async def coroutine():
    for turn in range(4):
        async with peakline.watch() as w:
            pass
        # As with the attribute.
        if turn:
            note(w)
        with peakline.watch() as w:
            pass
        if turn:
            note(w)
asyncio.run(coroutine())
asyncio.run(coroutine(), debug=True)
kept = [peakline.watch() for _ in range(100)]
for w in kept:
    with w:
        pass
note(*kept)
# Malloc may give 16 bytes more than usual rather than leave so small a piece over.
odd = [(0, -16, 0, 16, 0, 0, 0, 0)] if {is_malloc} else []
print(len(seen), [(n, f) for n, f in enumerate(seen) if any(f) and f not in odd])
"""


@pytest.mark.parametrize("allocator", ["default", "debug", "malloc", "malloc_debug"])
@pytest.mark.parametrize("options", [(), ("-X", "dev"), ("-O",)], ids=["plain", "dev", "optimized"])
def test_an_empty_block_shows_zeros(
    tmp_path: Path, allocator: str, options: tuple[str, ...]
) -> None:
    program = EMPTY.format(names=NAMES, is_malloc=allocator.startswith("malloc"))
    answer = run(tmp_path, *options, "-c", program, PYTHONMALLOC=allocator)
    assert answer.stdout == "381 []\n", answer.stderr


def test_a_thread_that_is_new_to_it_sees_an_empty_block_as_well() -> None:
    found = []

    def work() -> None:
        for _ in range(3):
            with peakline.watch() as w:
                pass
            found.append(figures(w)[:7])

    for _ in range(3):
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    assert set(found) == {(0,) * 7}
