# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""The ledger against the allocators' own figures, and programs that try it hardest. `make suites`
does the same at length, under CPython's and NumPy's own tests."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import heap_truth
import pytest

import peakline

AGENT = Path(peakline.__file__).with_name("libpeakline_agent.so")

READING = 2048
"""Bytes; the objects that a reading itself makes are not all the same each time."""

OBJECTS = """
kept = [{i: str(i)} for i in range(20_000)]
check("made")
del kept[::2]
check("half")
del kept
"""

SIZES = """
import ctypes
api = ctypes.pythonapi
for domain in ("PyMem", "PyObject"):
    words = "Malloc", "Realloc", "Free"
    malloc, realloc, free = (getattr(api, f"{domain}_{word}") for word in words)
    malloc.restype = realloc.restype = ctypes.c_void_p
    malloc.argtypes = [ctypes.c_size_t]
    realloc.argtypes, free.argtypes = [ctypes.c_void_p, ctypes.c_size_t], [ctypes.c_void_p]
    sizes = [0, 1, 16, 17, 511, 512, 513, 4000, 200_000, 1 << 20]
    blocks = [malloc(size) for size in sizes for _ in sizes]
    check(domain + " made")
    blocks = [realloc(block, sizes[n % len(sizes)]) for n, block in enumerate(blocks)]
    check(domain + " changed")
    for block in blocks: free(block)
    check(domain + " freed")
"""

ARENAS = """
small = [(i, float(i)) for i in range(400_000)]
check("small")
del small
large = [bytearray(b"\\xff") * (33 << 20) for _ in range(3)]
check("large")
large = [bytes(i % 600) for i in range(100_000)]
"""

THREADS = """
import threading
kept = []
def work():
    kept.append([bytes(i) for i in range(2000)])
    {i: [i] for i in range(2000)}
for _ in range(10):
    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
del threads, thread
check("kept")
del kept[:]
"""

CHILDREN = """
import os, subprocess, threading
stop = False
def work():
    while not stop: [bytes(i) for i in range(500)]
threads = [threading.Thread(target=work) for _ in range(2)]
for thread in threads: thread.start()
for _ in range(30):
    child = os.fork()
    if child == 0:
        [bytes(i) for i in range(3000)]
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
for _ in range(10): assert subprocess.run(["/bin/true"]).returncode == 0
stop = True
for thread in threads: thread.join()
"""

LIBRARIES = """
import ctypes, decimal, sqlite3
with sqlite3.connect(":memory:") as base:
    base.execute("create table t(a)")
    base.executemany("insert into t values(?)", ((str(i) * 20,) for i in range(5000)))
    check("full")
base.close()
str(decimal.Decimal(2) ** 10_000)
"""

LOADED_AGAIN = """
import _ctypes, glob, sys, sysconfig
folder = sysconfig.get_config_var("DESTSHARED")
names = glob.glob(folder + "/_lsprof*.so") + glob.glob(folder + "/*.so")
for _ in range(100):
    _ctypes.dlclose(_ctypes.dlopen(names[0], 2))
"""

PROGRAMS = {
    "objects": OBJECTS,
    "sizes": SIZES,
    "arenas": ARENAS,
    "threads": THREADS,
    "children": CHILDREN,
    "libraries": LIBRARIES,
    "loaded again": LOADED_AGAIN,
}


def run(program: str, way: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """The program in a process of its own, with the agent brought in that way."""
    environment = os.environ | {"GLIBC_TUNABLES": heap_truth.TUNABLES} | variables
    if way == "preloaded":
        environment["LD_PRELOAD"] = str(AGENT)
    here = str(Path(heap_truth.__file__))
    command = [sys.executable, "-W", "ignore", here, program]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize("way", ["preloaded", "attached"])
@pytest.mark.parametrize("name", PROGRAMS)
def test_the_ledger_is_what_the_allocators_say(name: str, way: str) -> None:
    done = run(PROGRAMS[name], way)
    assert (done.returncode, done.stderr) == (0, "")
    for check, (malloc, pools) in json.loads(done.stdout).items():
        assert malloc == 0, (check, malloc)
        assert abs(pools) <= READING, (check, pools)


@pytest.mark.parametrize("way", ["preloaded", "attached"])
@pytest.mark.parametrize("memory", ["malloc", "debug", "pymalloc_debug"])
def test_the_ledger_is_true_with_every_allocator_of_python(memory: str, way: str) -> None:
    done = run(OBJECTS + SIZES, way, PYTHONMALLOC=memory)
    assert (done.returncode, done.stderr) == (0, "")
    for check, (malloc, pools) in json.loads(done.stdout).items():
        # Where all objects are malloc's, those of the reading are too.
        assert abs(malloc) <= READING, (check, malloc)
        assert abs(pools) <= READING, (check, pools)


@pytest.mark.parametrize("way", ["preloaded", "attached"])
def test_a_program_ends_well_while_its_threads_allocate(way: str) -> None:
    program = """
import threading, time
def work():
    while True: [bytes(i) for i in range(500)]
for _ in range(3): threading.Thread(target=work, daemon=True).start()
time.sleep(0.1)
check = None
print("left", flush=True)
raise SystemExit(5)
"""
    done = run(program, way)
    assert (done.returncode, done.stdout, done.stderr) == (5, "left\n", "")
