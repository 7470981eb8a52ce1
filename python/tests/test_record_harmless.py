# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Programs that make recording hard: they go on as without it, and what was recorded is right."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from captures import read, record, run_recorded

MODES = ["--exact", "--sample=16KiB"]


@pytest.mark.parametrize("mode", MODES)
def test_forks_beside_threads_that_allocate(tmp_path: Path, mode: str) -> None:
    source = (
        "import os, threading, warnings\n"
        "warnings.simplefilter('ignore')  # 3.12 and later warn of what is tried here\n"
        "stop = False\n"
        "def churn():\n"
        "    while not stop:\n"
        "        rows = [bytearray(n * 10) for n in range(200)]\n"
        "threads = [threading.Thread(target=churn) for _ in range(3)]\n"
        "for thread in threads: thread.start()\n"
        "for n in range(60):\n"
        "    pid = os.fork()\n"
        "    if not pid:\n"
        "        rows = [bytearray(n) for n in range(2000)]\n"
        "        os._exit(7)\n"
        "    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 7\n"
        "stop = True\n"
        "for thread in threads: thread.join()\n"
        "print('done')\n"
    )
    done = run_recorded(tmp_path, source, mode, "-q")
    assert (done.returncode, done.stdout, done.stderr) == (0, "done\n", "")


@pytest.mark.parametrize("mode", MODES)
def test_threads_that_come_and_go(tmp_path: Path, mode: str) -> None:
    source = (
        "import os, threading\n"
        "kept = [None] * 400\n"
        "def work(n):\n"
        "    kept[n] = bytearray(20_000)\n"
        "    for m in range(50): bytearray(m)\n"
        "for n in range(400):\n"
        "    thread = threading.Thread(target=work, args=(n,))\n"
        "    thread.start()\n"
        "    thread.join()\n"
        "os._exit(0)\n"
    )
    capture, done = record(tmp_path, source, mode, "-q")
    assert (done.returncode, done.stderr) == (0, "")
    live = capture.line("work", 4).live
    if capture.is_exact:
        assert 400 * 20_000 < live < 400 * 20_200
    else:
        error = sum(s.variance for s in capture.stacks if s.frames[:1] == (("work", 4),)) ** 0.5
        assert abs(live - 400 * 20_080) < 6 * error


@pytest.mark.parametrize("mode", MODES)
def test_signals_exceptions_and_tracers(tmp_path: Path, mode: str) -> None:
    source = (
        "import gc, signal, sys, weakref\n"
        "came = []\n"
        "signal.signal(signal.SIGALRM, lambda *_: came.append(bytearray(100)))\n"
        "signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)\n"
        "def raises(n):\n"
        "    try:\n"
        "        if n: return raises(n - 1) + [n]\n"
        "        raise ValueError([0] * 100)\n"
        "    finally:\n"
        "        bytearray(n)\n"
        "class Ending:\n"
        "    def __del__(self): came.append([0] * 10); came.pop()\n"
        "def steps():\n"
        "    for n in range(20):\n"
        "        yield bytearray(n)\n"
        "for n in range(400):\n"
        "    if n == 100: sys.settrace(lambda *_: None)\n"
        "    if n == 200: sys.settrace(None); sys.setprofile(lambda *_: None)\n"
        "    if n == 300: sys.setprofile(None)\n"
        "    try: raises(30)\n"
        "    except ValueError: pass\n"
        "    one = Ending(); one.me = one; weakref.ref(one, lambda _: bytearray(5)); del one\n"
        "    for step in steps():\n"
        "        if len(step) == 10: break\n"
        "    if n % 50 == 0: gc.collect()\n"
        "signal.setitimer(signal.ITIMER_REAL, 0)\n"
        "print('done')\n"
    )
    _, done = record(tmp_path, source, mode, "-q")
    assert (done.returncode, done.stdout, done.stderr) == (0, "done\n", "")


@pytest.mark.parametrize("mode", MODES)
def test_deep_recursion_does_not_fill_the_capture(tmp_path: Path, mode: str) -> None:
    source = (
        "import os, sys\n"
        "sys.setrecursionlimit(12_000)\n"
        "def down(n):\n"
        "    row = bytearray(1000)\n"
        "    if n: down(n - 1)\n"
        "down(2_500 if sys.version_info < (3, 11) else 8_000)\n"
        "down(2_500 if sys.version_info < (3, 11) else 8_000)\n"
        "os._exit(0)\n"
    )
    capture, done = record(tmp_path, source, mode, "-q")
    assert (done.returncode, done.stderr) == (0, "")
    assert capture.dropped == (0, 0, 0, 0)
    assert (tmp_path / "out.peakline").stat().st_size < 5_000_000
    depth = 2_501 if sys.version_info < (3, 11) else 8_001
    if capture.is_exact:
        at_peak = capture.line("down", 4).at_peak
        assert depth * 1000 < at_peak < depth * 1200


@pytest.mark.parametrize("mode", MODES)
def test_what_was_freed_is_forgotten_wherever_it_lay(tmp_path: Path, mode: str) -> None:
    # Objects of every size, those too that lie in what the interpreter had before it was recorded.
    source = (
        "import os\n"
        "def churn():\n"
        "    for size in range(1, 3000, 7):\n"
        "        rows = [bytes(size) for _ in range(40)]\n"
        "        rows[::2] = [None] * 20\n"
        "        block = bytearray(size)\n"
        "        for n in range(10): block.extend(b'x' * size)\n"
        "        del block[size:]\n"
        "for _ in range(3): churn()\n"
        "os._exit(0)\n"
    )
    capture, done = record(tmp_path, source, mode, "-q")
    assert (done.returncode, done.stderr) == (0, "")
    mine = [s for s in capture.stacks if any(name == "churn" for name, _ in s.frames)]
    assert sum(stack.allocated for stack in mine) > 100_000_000 / 2
    assert abs(sum(stack.live for stack in mine)) < (2_000 if capture.is_exact else 40_000)


def test_the_child_of_a_fork_records_into_a_capture_of_its_own(tmp_path: Path) -> None:
    """Also while other threads of its parent, which it does not have, were recording blocks."""
    source = """
import os, threading
import peakline

is_over = False

def busy():
    while not is_over:
        [bytes(n) for n in range(100)]

def made():
    return bytearray(5_000_000)

threads = [threading.Thread(target=busy, daemon=True) for _ in range(3)]
for thread in threads:
    thread.start()
for number in range(5):
    child = os.fork()
    if not child:
        with peakline.record(f"child{number}", exact=True, source=False):
            kept = made()
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert status == 0, status
is_over = True
for thread in threads:
    thread.join()
"""
    # Python 3.12 and later warn of the fork.
    done = run_recorded(tmp_path, source, "--exact", "-q", PYTHONWARNINGS="ignore")
    assert (done.returncode, done.stderr) == (0, "")
    for number in range(5):
        capture = read(tmp_path / f"child{number}")
        assert capture.state == 3
        lives = [s.live for s in capture.stacks if s.frames and s.frames[0][0] == "made"]
        assert len(lives) == 1
        assert 5_000_000 <= lives[0] < 5_000_000 + 4 * 4096


@pytest.mark.parametrize("mode", MODES)
def test_a_file_that_takes_the_captures_descriptor_is_left_alone(tmp_path: Path, mode: str) -> None:
    source = """
import os

kept = []
exec("\\n".join(f"def early_{n}(): kept.append(bytes(3000))" for n in range(50)))
for n in range(50):
    globals()[f"early_{n}"]()
os.closerange(3, 1000)
mine = os.open("mine.dat", os.O_CREAT | os.O_RDWR)
for number in range(390, 420):
    os.dup2(mine, number)
os.write(mine, b"12345678")
exec("\\n".join(f"def made_{n}(): kept.append(bytes(3000))" for n in range(4000)))
for n in range(4000):
    globals()[f"made_{n}"]()
os.fsync(400)
os._exit(0)
"""
    _, done = record(tmp_path, source, mode, "-q")
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "mine.dat").read_bytes() == b"12345678"
