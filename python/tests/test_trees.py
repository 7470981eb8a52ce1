# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Recorded trees: however processes are started, what they hold is known by line."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest
import trees
from trees import BLOCKS, EXTRA_BLOCKS, SIZE, TOP, is_held, record


class Shape(NamedTuple):
    """A way of starting workers."""

    name: str
    program: str
    workers: int
    holds_to_the_end: bool = True
    """Whether workers end with what they hold."""


POPEN = """
import subprocess, sys, worker
children = [subprocess.Popen({command}) for _ in range(2)]
worker.together(2)
for child in children: child.wait()
"""
CONTEXT = """
import multiprocessing, worker
if __name__ == "__main__":
    context = multiprocessing.get_context({method!r})
    children = [context.Process(target=worker.hold_to_the_end, args=(n,)) for n in range(2)]
    for child in children: child.start()
    worker.together(2)
    for child in children: child.join()
"""
POOL = """
import multiprocessing, worker
if __name__ == "__main__":
    with multiprocessing.get_context({method!r}).Pool(2) as pool:
        answer = pool.map_async(worker.hold, range(2), chunksize=1)
        worker.together(2)
        answer.get()
        pool.close()
        pool.join()
"""
EXECUTOR = """
import concurrent.futures, multiprocessing, worker
if __name__ == "__main__":
    context = multiprocessing.get_context({method!r})
    with concurrent.futures.ProcessPoolExecutor(2, mp_context=context) as pool:
        answers = [pool.submit(worker.hold) for _ in range(2)]
        worker.together(2)
        for answer in answers: answer.result()
"""
SHAPES = [
    Shape(
        "fork",
        """
        import os, worker
        for _ in range(3):
            if not os.fork(): worker.hold_to_the_end()
        worker.together(3)
        for _ in range(3): os.wait()
        """,
        3,
    ),
    Shape(
        "fork of a fork",
        """
        import os, worker
        if not os.fork():
            if not os.fork(): worker.hold_to_the_end()
            worker.work(); worker.signal_ready(); os.wait(); os._exit(0)
        worker.together(2)
        os.wait()
        """,
        2,
    ),
    Shape(
        "fork among threads",
        """
        import os, threading, time, warnings, worker
        warnings.simplefilter("ignore")
        busy = True
        def grow():
            kept = []
            while busy:
                kept.append(bytearray(1000))
                if len(kept) > 500: kept.clear()
        threads = [threading.Thread(target=grow) for _ in range(3)]
        for thread in threads: thread.start()
        for _ in range(3):
            if not os.fork(): worker.hold_to_the_end()
        worker.together(3)
        busy = False
        for thread in threads: thread.join()
        for _ in range(3): os.wait()
        """,
        3,
    ),
    Shape(
        "fork and exec",
        """
        import os, sys, worker
        for _ in range(2):
            if not os.fork(): os.execv(sys.executable, [sys.executable, "child.py"])
        worker.together(2)
        for _ in range(2): os.wait()
        """,
        2,
    ),
    Shape(
        "posix_spawn",
        """
        import os, sys, worker
        words = [sys.executable, "child.py"]
        os.posix_spawn(sys.executable, words, os.environ)
        os.posix_spawn(sys.executable, words, {})
        os.posix_spawnp(sys.executable, words, os.environ)
        os.posix_spawnp("env", ["env", *words], os.environ)
        worker.together(4)
        for _ in range(4): os.wait()
        """,
        4,
    ),
    Shape("subprocess", POPEN.format(command='[sys.executable, "child.py"]'), 2),
    Shape(
        "fork by subprocess",
        POPEN.format(command='[sys.executable, "child.py"], preexec_fn=lambda: None'),
        2,
    ),
    Shape("no environment", POPEN.format(command='[sys.executable, "child.py"], env={}'), 2),
    Shape("env -i", POPEN.format(command='["env", "-i", sys.executable, "child.py"]'), 2),
    Shape("shell", POPEN.format(command='sys.executable + " child.py; true", shell=True'), 2),
    Shape("bash", POPEN.format(command='["bash", "-c", sys.executable + " child.py; true"]'), 2),
    Shape(
        "pipeline",
        """
        import subprocess, sys, worker
        one = sys.executable + " child.py"
        shell = subprocess.Popen(f"{one} | {one} | ({one}; {one}) | cat", shell=True)
        worker.together(3)
        shell.wait()
        """,
        4,
    ),
    Shape(
        "os.system",
        """
        import os, sys, threading, worker
        one = sys.executable + " child.py"
        thread = threading.Thread(target=os.system, args=(f"{one} & {one}; wait",))
        thread.start()
        worker.together(2)
        thread.join()
        """,
        2,
    ),
    Shape(
        "popen",
        """
        import ctypes, sys, worker
        libc = ctypes.CDLL(None)
        libc.popen.restype = ctypes.c_void_p
        libc.pclose.argtypes = [ctypes.c_void_p]
        streams = [libc.popen((sys.executable + " child.py").encode(), b"w") for _ in range(2)]
        worker.together(2)
        for stream in streams: assert libc.pclose(stream) == 0
        """,
        2,
    ),
    *(
        Shape(f"multiprocessing {method}", CONTEXT.format(method=method), 2)
        for method in ("fork", "spawn", "forkserver")
    ),
    *(
        Shape(f"pool {method}", POOL.format(method=method), 2, holds_to_the_end=False)
        for method in ("fork", "spawn", "forkserver")
    ),
    *(
        Shape(f"executor {method}", EXECUTOR.format(method=method), 2, holds_to_the_end=False)
        for method in ("fork", "spawn", "forkserver")
    ),
    Shape(
        "daemon",
        """
        import os, worker
        if not os.fork():
            os.setsid()
            if os.fork(): os._exit(0)
            worker.hold_to_the_end()
        os.wait()
        worker.together(1)
        """,
        1,
    ),
]


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.name.replace(" ", "-"))
def test_what_workers_hold_is_known_to_the_byte(tmp_path: Path, shape: Shape) -> None:
    tree = record(tmp_path, shape.program, "--exact")
    assert (tree.done.returncode, tree.done.stdout, tree.done.stderr) == (0, "", "")
    assert tree.unrecorded == []
    work = tree.work()
    # A pipeline's last worker begins when the others have gone.
    at_once = 3 if shape.name == "pipeline" else shape.workers
    strays = work.allocations - shape.workers * BLOCKS
    assert 0 <= strays <= shape.workers * EXTRA_BLOCKS
    for figure, workers in [
        (work.allocated, shape.workers),
        (work.at_peak, at_once),
        (work.live_at_end, shape.workers if shape.holds_to_the_end else 0),
    ]:
        assert is_held(figure, workers) or not workers
    assert work.standard_error == 0
    assert sum(one["at_peak"] >= SIZE for one in tree.processes) >= at_once
    # One process by itself has the same.
    alone = [tree.work("--process", one["id"]).allocated for one in tree.processes]
    alone = [one for one in alone if one]
    assert len(alone) == shape.workers
    assert all(is_held(one, 1) for one in alone)
    _adds_up(tree)


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.name.replace(" ", "-"))
def test_samples_are_within_their_errors(tmp_path: Path, shape: Shape) -> None:
    tree = record(tmp_path, shape.program, "--sample=32KiB")
    assert (tree.done.returncode, tree.done.stdout, tree.done.stderr) == (0, "", "")
    work = tree.work()
    at_once = 3 if shape.name == "pipeline" else shape.workers
    # Some 44 samples of each worker.
    assert 0 < work.standard_error < SIZE
    assert abs(work.at_peak - at_once * SIZE) < 6 * work.standard_error
    assert abs(work.allocated - shape.workers * SIZE) < 6 * work.allocated_standard_error
    assert tree.report["peak"]["bytes"] > at_once * SIZE + TOP


def _adds_up(tree: trees.Tree) -> None:
    """What the processes have at the joint peak is the joint peak, to within its bound."""
    peak = tree.report["peak"]
    held = sum(one["at_peak"] for one in tree.processes)
    assert held + tree.report["baseline"] >= peak["bytes"] - peak["bound"]
    assert held <= peak["bytes"] + peak["bound"]
    assert max(one["peak"] for one in tree.processes) <= peak["bytes"] + peak["bound"]
    # Each has said all but its last 64 KiB.
    assert peak["bound"] <= len(tree.processes) * (64 << 10) + (1 << 20)


def test_what_a_child_frees_of_its_parent_is_in_no_figure(tmp_path: Path) -> None:
    program = """
    import os, worker
    worker.work()
    if not os.fork():
        worker.held.clear()
        worker.hold_to_the_end()
    worker.together(1)
    os.wait()
    os._exit(0)
    """
    tree = record(tmp_path, program, "--exact")
    root, child = tree.processes
    assert (child["forked"], child["parent"]) == (True, root["pid"])
    assert child["inherited"] > SIZE
    for one in (root, child):
        work = tree.work("--process", one["id"])
        assert all(is_held(one, 1) for one in (work.at_peak, work.live_at_end, work.allocated))
    # With the list, and what Python takes.
    assert SIZE + 80_000 < child["live_at_end"] < SIZE + 110_000
    sampled = record(tmp_path, program, "--sample=32KiB")
    for one in sampled.processes:
        work = sampled.work("--process", one["id"])
        assert abs(work.live_at_end - SIZE) < 6 * work.live_standard_error
    # Counted, but for what was freed of the parent's, which is estimated.
    child = sampled.processes[1]
    assert abs(child["live_at_end"] - SIZE) < SIZE


def test_the_root_that_becomes_another_program_is_there_twice(tmp_path: Path) -> None:
    program = """
    import os, sys, worker
    worker.work()
    code = "import worker; worker.work(); worker.together(0)"
    os.execv(sys.executable, [sys.executable, "-c", code])
    """
    tree = record(tmp_path, program, "--exact")
    assert tree.done.returncode == 0
    first, second = tree.processes
    assert second["pid"] == first["pid"]
    assert [first["id"], second["id"]] == [str(first["pid"]), f"{first['pid']}-2"]
    assert first["ended"] <= second["began"]
    assert second["command"].endswith("worker.together(0)")
    # Never both at once.
    work = tree.work()
    assert is_held(work.at_peak, 1)
    assert is_held(work.allocated, 2)
    assert tree.report["peak"]["bytes"] < first["peak"] + second["peak"] - SIZE


def test_a_thousand_children_and_a_hundred_at_once(tmp_path: Path) -> None:
    storm = """
    import os, worker
    for group in range(20):
        for _ in range(50):
            if not os.fork():
                kept = [bytes(100) for _ in range(1000)]
                os._exit(len(kept) % 7)
        for _ in range(50): assert os.waitstatus_to_exitcode(os.wait()[1]) == 6
    """
    tree = record(tmp_path / "storm", storm, "--exact")
    assert (tree.done.returncode, tree.done.stderr) == (0, "")
    assert len(tree.processes) == 1001
    line = tree.line("program.py", 6)
    # The list grows on the same line.
    assert line.allocations >= 1_000_000
    assert line.allocated >= 1_000_000 * 144
    # Only who started them knows with which status.
    assert all(one["exit"] == {"kind": "ended"} for one in tree.processes[1:])
    pool = """
    import os, worker
    for _ in range(100):
        if not os.fork(): worker.hold_to_the_end()
    worker.together(100)
    for _ in range(100): os.wait()
    """
    tree = record(tmp_path / "pool", pool, "--exact")
    assert len(tree.processes) == 101
    assert is_held(tree.work().at_peak, 100)
    _adds_up(tree)
