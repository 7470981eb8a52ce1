# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""The ledger's change against the allocators' own, from the checkpoints of one run.

*malloc*: usable bytes in the ledger against mallinfo2. That counts chunks, so each block adds 8
bytes of overhead, and 8 more if it has a mapping of its own. It also counts what glibc keeps for
itself: each thread's cache of free blocks (tcache), and the headers of arenas. *witness*: the same
against shim.c where that is preloaded, which counts usable bytes and blocks as the ledger does:
exact. *pools*: Python's small objects against the interpreter's own statistics: exact.
"""

from __future__ import annotations

import itertools
from typing import Any, NamedTuple

GLIBC_KEEPS = 1 << 20
"""Bytes that mallinfo2 may differ by: what glibc keeps for itself is in its figure."""
READING_TAKES = 4096
"""Bytes of Python objects that are not the same at the two readings, which are not one moment's."""


class Drift(NamedTuple):
    """Bytes by which the ledger says more than the truth: at rest only, that is with one thread."""

    checkpoints: int
    quiet: int
    malloc: int | None
    """The one farthest from zero. None: no quiet checkpoint."""
    malloc_end: int | None
    witness: int | None
    witness_blocks: int | None
    pools: int | None
    pools_end: int | None
    volume: int
    """The most that the process held above its start, by the ledger: what drift is a share of."""
    lost: int


def of(checkpoints: list[dict[str, Any]]) -> Drift | None:
    """None if there is nothing to compare."""
    begun = [point for point in checkpoints if point["checkpoint"] == "begin"]
    if not begun:
        return None
    zero = begun[-1]
    later = checkpoints[checkpoints.index(zero) + 1 :]
    quiet = [point for point in later if point["threads"] == 1]
    malloc = [_malloc(point) - _malloc(zero) for point in quiet]
    pools = [_pools(point) - _pools(zero) for point in quiet if _pools_known(point)]
    seen = [point for point in quiet if point["truth"]["shim_live"] >= 0]
    witness = [_witness(point, "live") - _witness(zero, "live") for point in seen]
    blocks = [_witness(point, "blocks") - _witness(zero, "blocks") for point in seen]
    return Drift(
        len(later),
        len(quiet),
        _farthest(malloc),
        malloc[-1] if malloc else None,
        _farthest(witness),
        _farthest(blocks),
        _farthest(pools),
        pools[-1] if pools else None,
        max((_volume(point) - _volume(zero) for point in later), default=0),
        later[-1]["ledger"].get("lost", 0) if later else 0,
    )


def faults(found: Drift, exact_mallinfo: bool, judge_pools: bool, may_lose: int = 0) -> list[str]:
    """What is worse than it may be, as sentences."""
    # Without pools all of Python's objects are malloc's, those of the reading too.
    allowed = READING_TAKES if found.pools is None else 0
    by_mallinfo = allowed + (0 if exact_mallinfo else GLIBC_KEEPS)
    said = []
    if found.witness is not None and abs(found.witness) > allowed:
        said.append(f"the ledger is {found.witness:+,} bytes off the witness")
    if found.malloc is not None and abs(found.malloc) > by_mallinfo:
        said.append(f"the ledger is {found.malloc:+,} bytes off mallinfo2")
    if judge_pools and found.pools is not None and abs(found.pools) > READING_TAKES:
        said.append(f"the ledger is {found.pools:+,} bytes off the pools")
    if found.lost > may_lose:
        said.append(f"{found.lost:,} events were lost")
    return said


def jumps(checkpoints: list[dict[str, Any]]) -> list[tuple[str, int]]:
    """Where the pools' drift changed by more than a reading takes, and by how much."""
    found = []
    known = [point for point in checkpoints if _pools_known(point)]
    for before, after in itertools.pairwise(known):
        jump = _pools(after) - _pools(before)
        if abs(jump) > READING_TAKES:
            found.append((after["checkpoint"], jump))
    return found


def _farthest(drifts: list[int]) -> int | None:
    return max(drifts, key=abs, default=None)


def _malloc(point: dict[str, Any]) -> int:
    ledger, truth = point["ledger"], point["truth"]
    overhead = 8 * ledger["malloc_blocks"] + 8 * truth["mapped_chunks"]
    chunks = truth["arena_in_use"] + truth["mapped_in_use"]
    difference: int = ledger["malloc_live"] + overhead - chunks
    return difference


def _witness(point: dict[str, Any], what: str) -> int:
    difference: int = point["ledger"][f"malloc_{what}"] - point["truth"][f"shim_{what}"]
    return difference


def _pools_known(point: dict[str, Any]) -> bool:
    return bool(point["truth"]["pool_bytes"] >= 0)


def _pools(point: dict[str, Any]) -> int:
    difference: int = point["ledger"]["python_live"] - point["truth"]["pool_bytes"]
    return difference


def _volume(point: dict[str, Any]) -> int:
    held: int = point["ledger"]["malloc_live"] + point["ledger"]["python_live"]
    return held


def text(found: Drift) -> str:
    """One line for people."""
    said = (
        f"{found.quiet} of {found.checkpoints} checkpoints at rest, volume {found.volume:,}: "
        f"malloc {_number(found.malloc)} (end {_number(found.malloc_end)}), "
        f"pools {_number(found.pools)} (end {_number(found.pools_end)}), lost {found.lost}"
    )
    if found.witness is not None:
        said += f", witness {_number(found.witness)} in {_number(found.witness_blocks)} blocks"
    return said


def _number(value: int | None) -> str:
    return "unknown" if value is None else f"{value:+,}"
