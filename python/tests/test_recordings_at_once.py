# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Several recordings at once: each sees what is in its own block, whatever the others do."""

from __future__ import annotations

import mmap
import random
import sys
import threading
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest
from captures import Capture, read, record

import peakline

MEGABYTE = 1_000_000
STOPPED = 3


def of(capture: Capture, function: str) -> tuple[int, int, float]:
    """(live at the end, at the peak, blocks) of the stacks that lead through a function."""
    # CPython 3.12 and later keep a little for a function that is monitored: not the line's.
    found = [
        s
        for s in capture.stacks
        if any(name.split(".")[-1] == function for name, _ in s.frames) and s.allocated > 200
    ]
    return (
        sum(stack.live for stack in found),
        sum(stack.at_peak for stack in found),
        sum(stack.allocations for stack in found),
    )


def near(size: int, truth: int, interval: int = 0) -> bool:
    """glibc rounds up what it maps to whole pages. Where one byte in `interval` is sampled, large
    blocks all are; of the small objects beside them one in thousands is, and counts as an interval.
    """
    return truth <= size < truth + 4 * 4096 + 3 * interval


def test_one_within_another(tmp_path: Path) -> None:
    def before() -> bytearray:
        return bytearray(5 * MEGABYTE)

    def within() -> bytearray:
        return bytearray(10 * MEGABYTE)

    def after() -> bytearray:
        return bytearray(20 * MEGABYTE)

    with peakline.record(tmp_path / "outer", exact=True):
        first = before()
        with (
            peakline.record(tmp_path / "inner", exact=True),
            peakline.record(tmp_path / "sampled", sample="64KiB"),
        ):
            second = within()
            del first
        third = after()
        del second
    assert len(third) == 20 * MEGABYTE
    outer, inner, sampled = (read(tmp_path / name) for name in ("outer", "inner", "sampled"))
    assert {outer.state, inner.state, sampled.state} == {STOPPED}
    assert all(of(outer, name)[0] < 200 for name in ("before", "within"))
    assert near(of(outer, "after")[0], 20 * MEGABYTE)
    assert near(of(outer, "within")[1], 10 * MEGABYTE)
    # The product of two numbers, the object and its bytes.
    assert 2 <= of(outer, "within")[2] <= 4
    for capture in (inner, sampled):
        assert of(capture, "before") == of(capture, "after") == (0, 0, 0)
        assert near(of(capture, "within")[0], 10 * MEGABYTE, (64 << 10) * (capture is sampled))
        # What was there before is in the whole, and goes from it.
        assert -6 * MEGABYTE < capture.live - capture.baseline - 10 * MEGABYTE < -4 * MEGABYTE


def test_side_by_side(tmp_path: Path) -> None:
    def one() -> bytearray:
        return bytearray(3 * MEGABYTE)

    def two() -> bytearray:
        return bytearray(6 * MEGABYTE)

    def three() -> bytearray:
        return bytearray(9 * MEGABYTE)

    first = peakline.record(tmp_path / "first", sample="64KiB").start()
    kept = [one()]
    second = peakline.record(tmp_path / "second", exact=True).start()
    kept.append(two())
    first.stop()
    kept.append(three())
    del kept[:2]
    second.stop()
    early, late = read(tmp_path / "first"), read(tmp_path / "second")
    assert near(of(early, "one")[0], 3 * MEGABYTE, 64 << 10)
    assert near(of(early, "two")[0], 6 * MEGABYTE, 64 << 10)
    assert of(early, "three") == (0, 0, 0)
    assert of(late, "one") == (0, 0, 0)
    assert of(late, "two")[0] < 200
    assert near(of(late, "two")[1], 6 * MEGABYTE)
    assert near(of(late, "three")[0], 9 * MEGABYTE)


def test_two_that_are_exact_agree_on_every_stack(tmp_path: Path) -> None:
    """Both mark frames to know them again: none may take the other's marks for its own."""
    rng = random.Random(7)
    kept: list[object] = []

    def grow(depth: int) -> None:
        if depth:
            kept.append(bytes(40 + depth))
            grow(depth - 1)
            if rng.random() < 0.5:
                kept.append(bytearray(600))
            if rng.random() < 0.5 and kept:
                kept.pop(rng.randrange(len(kept)))
        else:
            kept.extend({n: (n,)} for n in range(5))

    def work() -> None:
        for _ in range(150):
            grow(rng.randrange(1, 30))

    # The second begins and ends within the first, with nothing between that is looked at: what
    # sealing a capture does may let go of a tuple that was kept to be used again.
    recordings = [
        peakline.record(tmp_path / name, exact=True).start() for name in ("first", "second")
    ]
    work()
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    for recording in reversed(recordings):
        recording.end()

    def figures(name: str) -> dict[tuple[tuple[str, int], ...], tuple[int, int, float]]:
        found: dict[tuple[tuple[str, int], ...], tuple[int, int, float]] = {}
        for stack in read(tmp_path / name).stacks:
            if not any(function.endswith("work") for function, _ in stack.frames):
                continue
            live, allocated, count = found.get(stack.frames, (0, 0, 0.0))
            found[stack.frames] = (
                live + stack.live,
                allocated + stack.allocated,
                count + stack.allocations,
            )
        return found

    first, second = figures("first"), figures("second")
    assert len(first) > 100
    assert first == second


def test_mappings_and_blocks_that_move(tmp_path: Path) -> None:
    def mapped() -> mmap.mmap:
        return mmap.mmap(-1, 8 * MEGABYTE, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)

    def grown(block: bytearray) -> None:
        block.extend(bytes(2 * MEGABYTE))

    def too_much(block: bytearray) -> None:
        with suppress(MemoryError):
            block *= 1 << 22

    with ExitStack() as stack:
        for name in ("first", "second"):
            stack.enter_context(peakline.record(tmp_path / name, exact=True))
        pages = mapped()
        block = bytearray(MEGABYTE)
        grown(block)
        too_much(block)
    pages.close()
    for name in ("first", "second"):
        capture = read(tmp_path / name)
        assert near(of(capture, "mapped")[0], 8 * MEGABYTE)
        # The block is the line's that made it larger, and still is after the call that failed.
        assert 3 * MEGABYTE <= of(capture, "grown")[0] < 4 * MEGABYTE
        assert of(capture, "too_much")[0] < 200


def test_within_a_recorded_program(tmp_path: Path) -> None:
    source = (
        "import peakline\n"
        "def early():\n    return bytearray(4_000_000)\n"
        "def late():\n    return bytearray(7_000_000)\n"
        "held = [early()]\n"
        "with peakline.record('inner.peakline'):\n    held.append(late())\n"
        "del held\n"
        "print('done')\n"
    )
    outer, done = record(tmp_path, source, "--exact", "-q")
    assert (done.returncode, done.stdout, done.stderr) == (0, "done\n", "")
    inner = read(tmp_path / "inner.peakline")
    assert near(of(outer, "early")[1], 4_000_000)
    assert near(of(outer, "late")[1], 7_000_000)
    assert of(outer, "late")[0] == 0
    assert of(inner, "early") == (0, 0, 0)
    assert near(of(inner, "late")[0], 7_000_000, 512 << 10)
    assert inner.stacks_kind == outer.stacks_kind == 1


def test_there_are_four_at_most(tmp_path: Path) -> None:
    with ExitStack() as stack:
        for number in range(4):
            stack.enter_context(peakline.record(tmp_path / str(number)))
        with pytest.raises(peakline.CannotRecord, match="4 recordings are on already"):
            peakline.record(tmp_path / "one more").start()
        assert not (tmp_path / "one more").exists()
    for number in range(4):
        assert read(tmp_path / str(number)).state == STOPPED
    # Their places are free again.
    with peakline.record(tmp_path / "next", exact=True):
        kept = bytearray(MEGABYTE)
    here = sys._getframe().f_code.co_name
    assert len(kept) <= of(read(tmp_path / "next"), here)[0] < len(kept) + 10_000


def test_one_that_is_on_is_not_begun_again(tmp_path: Path) -> None:
    recording = peakline.record(tmp_path / "mine")
    with recording, pytest.raises(peakline.CannotRecord, match="is on already"):
        recording.start()
    assert read(tmp_path / "mine").state == STOPPED


def test_threads_begin_and_end_recordings_while_others_allocate(tmp_path: Path) -> None:
    """Who is recording a block may find the recording ended meanwhile, and another begun."""
    is_over = threading.Event()

    def allocate() -> None:
        kept: list[bytes | None] = [None] * 50
        number = 0
        while not is_over.is_set():
            kept[number % 50] = bytes(number % 2000)
            number += 1

    def record_often(name: str, exact: bool) -> None:
        for number in range(12):
            with peakline.record(
                tmp_path / f"{name}{number}", sample="4KiB", exact=exact, source=False
            ):
                bytearray(100_000)

    busy = [threading.Thread(target=allocate) for _ in range(2)]
    recorders = [
        threading.Thread(target=record_often, args=(name, name == "exact"))
        for name in ("exact", "sampled")
    ]
    for thread in busy + recorders:
        thread.start()
    for thread in recorders:
        thread.join()
    is_over.set()
    for thread in busy:
        thread.join()
    for path in tmp_path.iterdir():
        capture = read(path)
        assert capture.state == STOPPED
        assert of(capture, "record_often")[2] > 0 or not capture.is_exact
