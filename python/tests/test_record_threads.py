# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Threads that allocate at once, without the interpreter's lock, recorded block by block."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from captures import record

# Each thread's blocks go through malloc and free while others' do; a part of them is freed by the
# next thread. The sizes are such that each is what malloc makes of it.
SOURCE = """
import ctypes, os, queue, threading

libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
libc.free.argtypes = [ctypes.c_void_p]
ROUNDS, KEPT, THREADS = 1500, 40, 4
queues = [queue.SimpleQueue() for _ in range(THREADS)]
all_hold = threading.Barrier(THREADS)

def own():
    for _ in range(ROUNDS):
        libc.free(libc.malloc(1000))

def handed_on(number):
    for _ in range(ROUNDS):
        queues[(number + 1) % THREADS].put(
            libc.malloc(2008)
        )

def freed(number):
    for _ in range(ROUNDS):
        libc.free(queues[number].get())

def kept():
    return [libc.malloc(120_008) for _ in range(KEPT)]

def work(number):
    own()
    handed_on(number)
    freed(number)
    all_hold.wait()
    blocks = kept()
    all_hold.wait()
    for block in blocks:
        libc.free(block)

threads = [threading.Thread(target=work, args=(number,)) for number in range(THREADS)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
os._exit(0)
"""


@pytest.mark.parametrize("attempt", range(3))
def test_each_block_of_each_thread_is_counted_once(tmp_path: Path, attempt: int) -> None:
    capture, done = record(tmp_path, SOURCE, "--exact", "-q")
    assert (done.returncode, done.stderr) == (0, "")
    assert capture.dropped == (0, 0, 0, 0)

    def of(name: str) -> tuple[int, int, float]:
        """(live, allocated, blocks) of malloc's blocks; ctypes' own objects are small."""
        lines = [s for s in capture.stacks if s.frames and s.frames[0][0].split(".")[-1] == name]
        return (
            sum(stack.live for stack in lines),
            sum(stack.allocated for stack in lines),
            sum(stack.allocations for stack in lines),
        )

    threads, rounds, held = 4, 1500, 40
    for name, size in (("own", 1000), ("handed_on", 2008)):
        live, allocated, count = of(name)
        assert abs(live) < 40_000, name
        assert threads * rounds * size <= allocated, name
        assert count >= threads * rounds, name
    at_peak = sum(s.at_peak for s in capture.stacks if any("kept" in name for name, _ in s.frames))
    assert threads * held * 120_008 <= at_peak < threads * held * 120_008 + 200_000
    (bound,) = struct.unpack_from("<q", (tmp_path / "out.peakline").read_bytes(), 128)
    assert bound == 5 * 4096
    explained = sum(stack.at_peak for stack in capture.stacks)
    # As in a program of one thread, a part of an arena was there before it was counted.
    assert abs(explained - (capture.peak - capture.baseline)) < bound + (1 << 18)
