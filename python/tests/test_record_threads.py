# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Threads that allocate at once, without the interpreter's lock, recorded block by block."""

from __future__ import annotations

import struct
import threading
import time
from pathlib import Path

import pytest
from captures import read, record

import peakline

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


@pytest.mark.parametrize("mode", ["--exact", "--sample=64KiB"])
def test_threads_have_the_names_that_python_gives_them(tmp_path: Path, mode: str) -> None:
    source = """
import os, threading
from concurrent.futures import ThreadPoolExecutor

kept = []
main_goes_on = threading.Event()

def work(size):
    main_goes_on.wait()
    kept.append([bytearray(10_000) for _ in range(size)])

threads = [threading.Thread(target=work, args=(50,), name=f"läufer {n}") for n in range(4)]
for thread in threads:
    thread.start()
main_goes_on.set()
for thread in threads:
    thread.join()
with ThreadPoolExecutor(2, thread_name_prefix="pool") as pool:
    list(pool.map(work, [50] * 8))
held = bytearray(3_000_000)
os._exit(0)
"""
    capture, done = record(tmp_path, source, mode, "-q", PYTHONIOENCODING="utf-8")
    assert (done.returncode, done.stderr) == (0, "")
    assert capture.dropped == (0, 0, 0, 0)
    names = {stack.thread for stack in capture.stacks if stack.allocated > 100_000}
    # The last may be asked for its name a moment before `threading` knows it.
    # A pool starts its second thread only if the first is not free again.
    assert names >= {"läufer 0", "läufer 1", "läufer 2", "MainThread"}
    assert any(name.startswith("pool_") for name in names)


def test_a_recording_in_the_process_knows_the_names_of_threads_that_were_there(
    tmp_path: Path,
) -> None:
    begins, is_over = threading.Event(), threading.Event()
    kept: list[bytearray] = []

    def work() -> None:
        begins.wait()
        kept.append(bytearray(500_000))
        is_over.wait()

    thread = threading.Thread(target=work, name="already there")
    thread.start()
    with peakline.record(tmp_path / "capture", sample="16KiB"):
        begins.set()
        while not kept:
            time.sleep(0.001)
    is_over.set()
    thread.join()
    names = {stack.thread for stack in read(tmp_path / "capture").stacks if stack.live > 400_000}
    assert names == {"already there"}
