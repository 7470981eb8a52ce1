# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""`peakline attach`: programs that were started without Peakline, and go on as they were."""

from __future__ import annotations

import mmap
import os
import re
import signal
import sys
import time
from pathlib import Path

import pytest
from attaching import BLOCK, Attached, Waiting, obstacle, peakline, target, wait_for
from captures import Stack

WHY_NOT = obstacle()
pytestmark = pytest.mark.skipif(WHY_NOT is not None, reason=str(WHY_NOT))

RECORDING, ENDED, STOPPED = 1, 2, 3

BUSY = """
import os, sys
kept = [None] * 100
print("ready", flush=True)
while not os.path.exists("../go"):
    sum(range(100))
work(kept)
print("done", flush=True)
while not os.path.exists("../end"):
    sum(range(100))
print(len(kept))
sys.exit(7)
"""

ASKED = """
import sys
kept = [None] * 100
print("ready", flush=True)
for line in sys.stdin:
    {before}
    work(kept)
    {after}
    print("done", flush=True)
"""


def assert_is_work(line: Stack, blocks: int = 100) -> None:
    """So many blocks; and the tuple of the first call's arguments, where Python 3.10 makes one."""
    spare = sys.version_info < (3, 11)
    assert blocks <= line.allocations <= blocks + spare
    assert blocks * BLOCK <= line.allocated <= blocks * BLOCK + 64 * spare


def test_a_busy_program_is_recorded_exactly(tmp_path: Path) -> None:
    with target(tmp_path, BUSY) as program:
        attached = Attached(tmp_path, program.number, "--exact")
        (tmp_path / "go").touch()
        assert program.line() == "done"
        meanwhile = peakline(tmp_path, "report", "a.peakline")
        status, errors = attached.end()
        assert (status, errors) == (
            0,
            "peakline: recorded in a.peakline: see it with 'peakline report a.peakline'\n",
        )
        assert meanwhile.returncode == 0
        (tmp_path / "end").touch()
        assert program.end() == (7, "100\n", "")
        assert list(program.folder.iterdir()) == []
    capture = attached.capture()
    line = capture.line("work", 4)
    assert (capture.state, capture.dropped) == (STOPPED, (0, 0, 0, 0))
    assert line.live == 100 * BLOCK
    assert_is_work(line)
    # What was there before is not the recording's: an interpreter, and what it has loaded.
    assert capture.baseline > 1 << 20
    assert capture.peak >= capture.baseline + 100 * BLOCK
    report = peakline(tmp_path, "report", "a.peakline").stdout
    assert "(before the recording)" in report
    assert "kept[n] = bytes(50_000)" in report


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("input", "pass", "pass"),
        ("threads", "import threading; t = threading.Thread(target=work, args=(kept,))", "pass"),
        ("traced", "sys.settrace(lambda *_: None)", "sys.settrace(None)"),
        ("deaf", "import signal as s; s.pthread_sigmask(s.SIG_BLOCK, s.valid_signals())", "pass"),
    ],
)
def test_a_program_that_waits_for_input(tmp_path: Path, name: str, before: str, after: str) -> None:
    source = ASKED.format(before=before, after=after)
    with target(tmp_path, source) as program:
        attached = Attached(tmp_path, program.number, "--exact")
        program.tell(name)
        assert program.line() == "done"
        ended = attached.end()
        assert ended[0] == 0, ended
        assert program.end() == (0, "", "")
    line = attached.capture().line("work", 4)
    assert_is_work(line)


def test_a_sleep_is_not_cut_short(tmp_path: Path) -> None:
    source = (
        "import time\n"
        "print('ready', flush=True)\n"
        "began = time.monotonic()\n"
        "time.sleep(4)\n"
        "print(time.monotonic() - began >= 4)\n"
    )
    with target(tmp_path, source) as program:
        attached = Attached(tmp_path, program.number)
        assert attached.end()[0] == 0
        assert program.end() == (0, "True\n", "")
    assert attached.capture().state == STOPPED


@pytest.mark.parametrize(
    "wait",
    [
        "time.sleep(3600)",
        "select.select([], [], [], 3600)",
        "select.epoll().poll()",
        "select.epoll().poll(3600)",
        "ctypes.CDLL(None).epoll_wait((e := select.epoll()).fileno(), bytes(12), 1, -1)",
        "signal.pause()",
        "signal.sigwait([signal.SIGUSR1])",
        "threading.Event().wait()",
        "threading.Event().wait(3600)",
        "queue.Queue().get()",
        "subprocess.run(['cat'], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)",
        "asyncio.run(asyncio.sleep(3600))",
        "socket.create_server(('127.0.0.1', 0)).accept()",
    ],
)
def test_a_program_that_waits(tmp_path: Path, wait: str) -> None:
    source = (
        "import asyncio, ctypes, queue, select, signal, socket, subprocess, threading, time\n"
        f"print('ready', flush=True)\n{wait}\n"
        "print('came out of it')\n"
    )
    with target(tmp_path, source) as program:
        done = peakline(tmp_path, "attach", "--duration", 0.2, "-o", "a.peakline", program.number)
        assert done.returncode == 0, done.stderr
        # Also one that was interrupted goes on to wait.
        time.sleep(0.2)
        assert program.is_alive
        program.process.kill()
        assert program.end()[1:] == ("", "")
    assert peakline(tmp_path, "report", "a.peakline").returncode == 0


def test_each_of_many_threads_is_recorded(tmp_path: Path) -> None:
    source = (
        "import os, threading, time\n"
        "stores = [[None] * 100 for _ in range(20)]\n"
        "def worker(kept):\n"
        "    while not os.path.exists('../go'): time.sleep(0.001)\n"
        "    work(kept)\n"
        "threads = [threading.Thread(target=worker, args=(kept,)) for kept in stores]\n"
        "for thread in threads: thread.start()\n"
        "before = threading.enumerate()\n"
        "print('ready', flush=True)\n"
        "for thread in threads: thread.join()\n"
        "print(threading.enumerate() == before[:1], flush=True)\n"
        "input()\n"
    )
    with target(tmp_path, source) as program:
        attached = Attached(tmp_path, program.number, "--exact")
        (tmp_path / "go").touch()
        assert program.line() == "True"
        assert attached.end()[0] == 0
    line = attached.capture().line("work", 4)
    assert line.live == 2000 * BLOCK
    assert_is_work(line, 2000)


def test_a_call_of_numpy_is_waited_for(tmp_path: Path) -> None:
    pytest.importorskip("numpy")
    source = (
        "import os\n"
        "os.environ['OPENBLAS_NUM_THREADS'] = '1'\n"
        "import numpy\n"
        "a = numpy.ones((600, 600))\n"
        "print('ready', flush=True)\n"
        "while not os.path.exists('../end'): b = a @ a\n"
        "print(b[0, 0])\n"
    )
    with target(tmp_path, source) as program:
        attached = Attached(tmp_path, program.number)
        time.sleep(0.3)
        assert attached.end()[0] == 0
        (tmp_path / "end").touch()
        assert program.end() == (0, "600.0\n", "")
    capture = attached.capture()
    arrays = sum(s.allocated for s in capture.stacks if s.frames[-1:] == (("<module>", 10),))
    assert arrays > 600 * 600 * 8


def test_native_code_that_keeps_the_lock_is_said_and_nothing_runs_later(tmp_path: Path) -> None:
    source = (
        "import ctypes, os, sys, time\n"
        "libc = ctypes.PyDLL(None)\n"
        "print('ready', flush=True)\n"
        "libc.read(0, ctypes.create_string_buffer(1), 1)\n"
        "while len(os.listdir('/proc/self/task')) > 1: time.sleep(0.01)\n"
        "print('peakline' in sys.modules, flush=True)\n"
        "input()\n"
    )
    with target(tmp_path, source) as program:
        done = peakline(tmp_path, "attach", "--timeout", 1, "-o", "a.peakline", program.number)
        assert done.returncode == 1
        assert "did not come to a place where Python's code may run within 1 s" in done.stderr
        assert "native code holds Python's lock" in done.stderr
        assert done.stderr.count("\n") == 1
        waits = Waiting(tmp_path, program)
        # The main thread, the one that was left, and this one's.
        wait_for(lambda: len(os.listdir(f"/proc/{program.number}/task")) == 3)
        status, errors = waits.end(signal.SIGINT)
        assert status == 128 + signal.SIGINT
        assert "was left alone before Python's code could run in it; all that is left" in errors
        assert not list(tmp_path.glob("*.peakline"))
        program.tell("")
        assert program.line() == "False"
        # It may be tried again.
        attached = Attached(tmp_path, program.number)
        assert attached.end()[0] == 0


@pytest.mark.parametrize("library", ["CDLL", "PyDLL"])
def test_a_main_thread_that_does_not_come_back_is_said(tmp_path: Path, library: str) -> None:
    (tmp_path / "lock").write_bytes(bytes(4096))
    source = (
        "import ctypes, mmap, sys\n"
        "with open('../lock', 'r+b') as file: memory = mmap.mmap(file.fileno(), 4096)\n"
        "lock = ctypes.byref(ctypes.c_int.from_buffer(memory))\n"
        f"libc = ctypes.{library}(None)\n"
        "libc.pthread_spin_init(lock, 1)\n"
        "libc.pthread_spin_lock(lock)\n"
        "print('ready', flush=True)\n"
        "libc.pthread_spin_lock(lock)\n"
        "print('peakline' in sys.modules, flush=True)\n"
        "input()\n"
    )
    with target(tmp_path, source) as program:
        done = peakline(tmp_path, "attach", "--timeout", 0.5, "-o", "a.peakline", program.number)
        assert done.returncode == 1
        assert "did not come to a place where Python's code may run within 0.5 s" in done.stderr
        assert "its main thread is in native code" in done.stderr
        with (
            (tmp_path / "lock").open("r+b") as file,
            mmap.mmap(file.fileno(), 4096) as memory,
        ):
            memory[:4] = (1).to_bytes(4, "little")
        assert program.line() == "False"
        attached = Attached(tmp_path, program.number)
        assert attached.end()[0] == 0


def test_a_thread_that_cannot_be_stopped_does_not_stop_later(tmp_path: Path) -> None:
    # It waits until its child runs another program, which does not begin before a pipe is open.
    source = (
        "import os\n"
        "print('ready', flush=True)\n"
        "wait = (os.POSIX_SPAWN_OPEN, 0, '../pipe', os.O_RDONLY, 0)\n"
        "child = os.posix_spawn('/bin/true', ['true'], os.environ, file_actions=[wait])\n"
        "os.waitpid(child, 0)\n"
        "print('done', flush=True)\n"
        "input()\n"
    )
    os.mkfifo(tmp_path / "pipe")
    with target(tmp_path, source) as program:
        task = Path(f"/proc/{program.number}/task/{program.number}/children")
        wait_for(lambda: task.read_text())
        waits = Waiting(tmp_path, program)
        # It is traced by a thread of the command's.
        wait_for(lambda: "TracerPid:\t0" not in Path(f"/proc/{program.number}/status").read_text())
        with (tmp_path / "pipe").open("w"):
            assert program.line() == "done"
        assert "is being recorded" in waits.line()
        assert waits.end(signal.SIGINT)[0] == 0


def test_forks_go_on_and_their_children_are_not_recorded(tmp_path: Path) -> None:
    source = (
        "import os, sys, warnings\n"
        "warnings.simplefilter('ignore')\n"
        "print('ready', flush=True)\n"
        "count = 0\n"
        "while not os.path.exists('../end'):\n"
        "    child = os.fork()\n"
        "    if not child:\n"
        "        import ctypes, re, subprocess, fcntl\n"
        "        rows = [bytearray(n) for n in range(200)]\n"
        "        os._exit(7)\n"
        "    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7\n"
        "    count += 1\n"
        "print(count > 0)\n"
    )
    with target(tmp_path, source) as program:
        for round_ in range(10):
            attached = Attached(tmp_path, program.number, name=f"{round_}.peakline")
            assert attached.end()[0] == 0
        (tmp_path / "end").touch()
        assert program.end() == (0, "True\n", "")


def test_a_program_that_ends_meanwhile(tmp_path: Path) -> None:
    source = (
        "print('ready', flush=True)\n"
        "kept = [None] * 100\n"
        "input()\n"
        "work(kept)\n"
        "raise SystemExit(5)\n"
    )
    with target(tmp_path, source) as program:
        attached = Attached(tmp_path, program.number, "--exact")
        program.tell("")
        assert program.end() == (5, "", "")
        status, errors = attached.end(None)
    assert status == 0
    assert f"process {program.number} has ended; recorded in a.peakline" in errors
    capture = attached.capture()
    line = capture.line("work", 4)
    assert capture.state == ENDED
    assert line.at_peak == 100 * BLOCK
    assert_is_work(line)
    assert "kept[n] = bytes(50_000)" in peakline(tmp_path, "report", "a.peakline").stdout


def test_a_program_that_ends_at_any_moment(tmp_path: Path) -> None:
    source = (
        "import atexit, threading, time\n"
        "threading.Thread(target=time.sleep, args=(0.05,)).start()\n"
        "atexit.register(time.sleep, 0.02)\n"
        "rows = [object() for _ in range(50_000)]\n"
        "print('ready', flush=True)\n"
    )
    for round_ in range(12):
        folder = tmp_path / str(round_)
        folder.mkdir()
        with target(folder, source) as program:
            time.sleep(round_ / 120)
            done = peakline(folder, "attach", "-q", "-o", "a.peakline", program.number)
            assert program.end() == (0, "", "")
        if done.returncode != 0:
            assert re.search("has ended|or not any more", done.stderr), done


def test_a_program_that_is_killed_meanwhile(tmp_path: Path) -> None:
    with target(tmp_path, ASKED.format(before="pass", after="pass")) as program:
        attached = Attached(tmp_path, program.number, "--exact")
        program.tell("")
        assert program.line() == "done"
        program.process.kill()
        program.end()
        status, errors = attached.end(None)
    assert (status, "has ended" in errors) == (0, True)
    capture = attached.capture()
    assert capture.state == RECORDING
    assert capture.line("work", 4).live == 100 * BLOCK
    assert "kept[n] = bytes(50_000)" in peakline(tmp_path, "report", "a.peakline").stdout


def test_a_program_that_becomes_another(tmp_path: Path) -> None:
    source = (
        "import os\nprint('ready', flush=True)\ninput()\nos.execv('/bin/sleep', ['sleep', '60'])\n"
    )
    with target(tmp_path, source) as program:
        attached = Attached(tmp_path, program.number)
        program.tell("")
        status, errors = attached.end(None)
        assert (status, "has ended" in errors) == (0, True)
        assert program.is_alive


def test_after_a_duration_it_ends(tmp_path: Path) -> None:
    with target(tmp_path, BUSY) as program:
        began = time.monotonic()
        done = peakline(tmp_path, "attach", "--duration", 1, program.number)
        assert done.returncode == 0
        assert time.monotonic() - began > 1
        assert program.is_alive
    (capture,) = tmp_path.glob("program-*.peakline")
    assert f"recorded in {capture.name}" in done.stderr


def test_another_command_ends_it(tmp_path: Path) -> None:
    with target(tmp_path, ASKED.format(before="pass", after="pass")) as program:
        attached = Attached(tmp_path, program.number, "--exact")
        program.tell("")
        assert program.line() == "done"
        done = peakline(tmp_path, "detach", program.number)
        assert done.returncode == 0
        assert f"recorded in {attached.path}" in done.stderr
        assert attached.end(None)[0] == 0
        again = peakline(tmp_path, "detach", program.number)
        assert (again.returncode, again.stderr) == (
            1,
            f"peakline: process {program.number} is not recorded by 'peakline attach': there is "
            "nothing to end\n",
        )
        program.tell("")
        assert program.line() == "done"
    capture = attached.capture()
    assert (capture.state, capture.line("work", 4).live) == (STOPPED, 100 * BLOCK)


def test_a_killed_command_leaves_a_recording_that_can_be_ended(tmp_path: Path) -> None:
    with target(tmp_path, ASKED.format(before="pass", after="pass")) as program:
        attached = Attached(tmp_path, program.number, "--exact")
        attached.end(signal.SIGKILL)
        program.tell("")
        assert program.line() == "done"
        assert peakline(tmp_path, "detach", "-q", program.number).stderr == ""
        assert attached.capture().line("work", 4).live == 100 * BLOCK


def test_a_command_that_is_killed_at_any_moment_does_no_harm(tmp_path: Path) -> None:
    source = (
        "import os, signal, time\n"
        "print('ready', flush=True)\n"
        "while not os.path.exists('../end'):\n"
        "    for n in range(1000): assert sum(range(100)) == 4950\n"
        "    began = time.monotonic()\n"
        "    time.sleep(0.02)\n"
        "    assert time.monotonic() - began >= 0.02\n"
        "    assert not signal.pthread_sigmask(signal.SIG_BLOCK, [])\n"
    )
    with target(tmp_path, source) as program:
        for round_ in range(40):
            waits = Waiting(tmp_path, program, name=f"{round_}.peakline")
            # Most of them while a thread stands still, or calls.
            time.sleep(round_ / 500)
            waits.end(signal.SIGKILL)
            assert program.is_alive
            if round_ % 3 == 2:
                peakline(tmp_path, "detach", "-q", program.number)
        (tmp_path / "end").touch()
        assert program.end() == (0, "", "")


def test_a_signal_ends_the_command_by_that_signal_and_the_recording_first(tmp_path: Path) -> None:
    with target(tmp_path, BUSY) as program:
        attached = Attached(tmp_path, program.number)
        assert attached.end(signal.SIGTERM)[0] == -signal.SIGTERM
        assert attached.capture().state == STOPPED
        assert program.is_alive


def test_four_at_once_and_no_more(tmp_path: Path) -> None:
    with target(tmp_path, ASKED.format(before="pass", after="pass")) as program:
        all_ = [
            Attached(tmp_path, program.number, "--exact", name=f"{n}.peakline") for n in range(4)
        ]
        more = peakline(tmp_path, "attach", "-o", "more.peakline", program.number)
        assert more.returncode == 1
        assert "4 recordings are on already: stop one first" in more.stderr
        assert not (tmp_path / "more.peakline").exists()
        assert all_[0].end()[0] == 0
        program.tell("")
        assert program.line() == "done"
        assert [attached.end()[0] for attached in all_[1:]] == [0, 0, 0]
    lines = [attached.capture().line("work", 4).live for attached in all_]
    assert lines == [0, *[100 * BLOCK] * 3]


def test_the_main_thread_stays_the_main_thread(tmp_path: Path) -> None:
    # `threading` takes the thread that imports it first for the main one.
    source = (
        "import sys\n"
        "alone = 'threading' not in sys.modules\n"
        "print('ready', flush=True)\n"
        "input()\n"
        "print(alone == ('threading' not in sys.modules))\n"
        "import threading\n"
        "print(threading.main_thread().ident == threading.get_ident())\n"
    )
    with target(tmp_path, source) as program:
        attached = Attached(tmp_path, program.number)
        assert attached.end()[0] == 0
        program.tell("")
        assert program.end() == (0, "True\nTrue\n", "")


def test_a_program_that_does_not_know_is_not_changed(tmp_path: Path) -> None:
    source = (
        "import os, signal, sys, threading\n"
        "came = []\n"
        "signal.signal(signal.SIGALRM, lambda *_: came.append(1))\n"
        "signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)\n"
        "def state():\n"
        "    return [list(sys.path), list(sys.meta_path), sys.argv, sorted(globals()),\n"
        "            os.getcwd(), threading.enumerate(), signal.getsignal(signal.SIGCHLD),\n"
        "            dict(os.environ), sys.gettrace(), sys.getswitchinterval(),\n"
        "            len(os.listdir('/proc/self/task'))]\n"
        "before = after = None\n"
        "before = state()\n"
        "print('ready', flush=True)\n"
        "while not os.path.exists('../end'): sum(range(100))\n"
        "signal.setitimer(signal.ITIMER_REAL, 0)\n"
        "after = state()\n"
        "print(before == after, len(came) > 20)\n"
        "try: os.wait()\n"
        "except ChildProcessError: print('no child')\n"
    )
    with target(tmp_path, source) as program:
        attached = Attached(tmp_path, program.number)
        assert attached.end()[0] == 0
        time.sleep(0.1)
        (tmp_path / "end").touch()
        assert program.end() == (0, "True True\nno child\n", "")
        assert list(program.folder.iterdir()) == []


@pytest.mark.parametrize("handler", ["lambda *_: None", "signal.SIG_IGN"])
def test_handlers_and_masks_of_signals_stay(tmp_path: Path, handler: str) -> None:
    # Where the kernel has to deliver a fault that is blocked or ignored, it takes its handler away.
    source = (
        "import signal\n"
        "numbers = signal.SIGTRAP, signal.SIGSEGV, signal.SIGUSR1\n"
        "for number in numbers:\n"
        f"    signal.signal(number, {handler})\n"
        "signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())\n"
        "def state():\n"
        "    rows = dict(row.split(':') for row in open('/proc/self/status'))\n"
        "    blocked, caught = int(rows['SigBlk'], 16), int(rows['SigCgt'], 16)\n"
        "    return blocked, rows['SigIgn'], [caught >> (number - 1) & 1 for number in numbers]\n"
        "before = state()\n"
        "print('ready', flush=True)\n"
        "input()\n"
        "print(state() == before)\n"
    )
    with target(tmp_path, source) as program:
        attached = Attached(tmp_path, program.number)
        assert attached.end()[0] == 0
        program.tell("")
        assert program.end() == (0, "True\n", "")


def test_a_thread_on_a_stack_of_one_page(tmp_path: Path) -> None:
    source = (
        "import ctypes, mmap\n"
        "libc = ctypes.CDLL(None)\n"
        "memory = mmap.mmap(-1, 8192)\n"
        "start = ctypes.addressof(ctypes.c_char.from_buffer(memory))\n"
        "libc.mprotect(ctypes.c_void_p(start), 4096, 0)\n"
        "here, there = ctypes.create_string_buffer(4096), ctypes.create_string_buffer(4096)\n"
        "libc.getcontext(there)\n"
        "ctypes.c_void_p.from_buffer(there, 16).value = start + 4096\n"
        "ctypes.c_size_t.from_buffer(there, 32).value = 4096\n"
        "libc.makecontext(there, ctypes.cast(libc.pause, ctypes.c_void_p), 0)\n"
        "print('ready', flush=True)\n"
        "libc.swapcontext(here, there)\n"
    )
    with target(tmp_path, source) as program:
        attached = Attached(tmp_path, program.number)
        assert attached.end()[0] == 0
        assert program.is_alive


def test_memory_that_is_never_made_executable(tmp_path: Path) -> None:
    source = (
        "import ctypes, sys\n"
        "denied = ctypes.CDLL(None).prctl(65, 1, 0, 0, 0)\n"
        "print('ready', flush=True)\n"
        "print(denied, flush=True)\n"
        "input()\n"
    )
    with target(tmp_path, source) as program:
        if program.line() != "0":
            pytest.skip("this kernel does not forbid it")
        attached = Attached(tmp_path, program.number)
        assert attached.end()[0] == 0


def test_several_commands_at_once(tmp_path: Path) -> None:
    with target(tmp_path, BUSY) as program:
        all_ = [Waiting(tmp_path, program, name=f"{n}.peakline") for n in range(4)]
        said = [waits.line() for waits in all_]
        assert all("is being recorded" in line for line in said), said
        assert [waits.end(signal.SIGINT)[0] for waits in all_] == [0] * 4
        assert program.is_alive


def test_a_program_that_becomes_itself_again_and_again(tmp_path: Path) -> None:
    # Each look may be at a program that is not there any more, or is just being loaded.
    source = (
        "import os, sys\n"
        "if len(sys.argv) == 1: print('ready', flush=True)\n"
        "if not os.path.exists('../end'):\n"
        "    os.execv(sys.executable, [sys.executable, sys.argv[0], 'again'])\n"
        "print('end')\n"
    )
    with target(tmp_path, source) as program:
        for round_ in range(20):
            name = f"{round_}.peakline"
            done = peakline(tmp_path, "attach", "--duration", 0, "-o", name, program.number)
            assert done.returncode in (0, 1), done
            assert done.stderr.count("\n") <= 2
            assert program.is_alive
        (tmp_path / "end").touch()
        assert program.end() == (0, "end\n", "")


@pytest.mark.skipif(os.getuid() != 0, reason="only root makes namespaces of processes")
def test_a_process_with_other_numbers(tmp_path: Path) -> None:
    source = (
        "import os\n"
        "print('ready', flush=True)\n"
        "print(os.getpid(), flush=True)\n"
        "while not os.path.exists('../end'): sum(range(100))\n"
    )
    before = ("unshare", "--pid", "--fork", "--kill-child")
    with target(tmp_path, source, before) as program:
        assert program.line() == "1"
        task = Path(f"/proc/{program.number}/task/{program.number}")
        (number,) = (task / "children").read_text().split()
        for round_ in range(5):
            attached = Attached(tmp_path, int(number), name=f"{round_}.peakline")
            assert attached.end()[0] == 0
            assert attached.capture().state == STOPPED
        assert peakline(tmp_path, "report", "0.peakline").returncode == 0
        (tmp_path / "end").touch()
        assert program.end() == (0, "", "")


def test_fifty_times_take_no_more_than_five(tmp_path: Path) -> None:
    source = (
        "import gc, os, sys\n"
        "print('ready', flush=True)\n"
        "for line in sys.stdin:\n"
        "    gc.collect()\n"
        "    maps = [row.split() for row in open('/proc/self/maps')]\n"
        "    ends = [row[0].split('-') for row in maps if row[1] == 'rw-p']\n"
        "    size = sum(int(end, 16) - int(start, 16) for start, end in ends)\n"
        "    print(sys.getallocatedblocks(), size, sum(row[1] == 'r-xp' for row in maps),\n"
        "          len(os.listdir('/proc/self/fd')), len(os.listdir('/proc/self/task')))\n"
        "    sys.stdout.flush()\n"
    )

    def figures() -> list[int]:
        program.tell("")
        return [int(word) for word in program.line().split()]

    with target(tmp_path, source) as program:
        for round_ in range(50):
            attached = Attached(tmp_path, program.number, name=f"{round_}.peakline")
            assert attached.end()[0] == 0
            if round_ == 4:
                before = figures()
        after = figures()
    blocks, size, code, files, threads = (b - a for a, b in zip(before, after, strict=True))
    # Python's own caches grow a little, ever more slowly.
    assert blocks < 45 * 5
    # An arena of the interpreter's, perhaps; what each time takes would be 3 MiB.
    assert size <= 2 << 20
    assert (code, files, threads) == (0, 0, 0)


def test_the_program_stands_still_for_a_small_part_of_the_time(tmp_path: Path) -> None:
    # Another may be given the processor in between: the least of several parts is the attach's own.
    parts = []
    with target(tmp_path, BUSY) as program:
        for round_ in range(5):
            began = time.monotonic()
            attached = Attached(tmp_path, program.number, name=f"{round_}.peakline")
            parts.append(attached.pause / 1e6 / (time.monotonic() - began))
            assert attached.end()[0] == 0
    assert 0 < min(parts) < 0.25


def test_a_program_that_records_itself_already(tmp_path: Path) -> None:
    source = (
        f"import sys\nsys.path[:0] = {sys.path!r}\nimport peakline\n"
        "kept = [None] * 100\n"
        "with peakline.record('../own.peakline', exact=True):\n"
        "    print('ready', flush=True)\n"
        "    input()\n"
        "    work(kept)\n"
        "print('done', flush=True)\n"
        "input()\n"
    )
    with target(tmp_path, source) as program:
        attached = Attached(tmp_path, program.number, "--exact")
        program.tell("")
        assert program.line() == "done"
        assert attached.end()[0] == 0
        program.tell("")
        assert program.end()[0] == 0
    assert attached.capture().line("work", 4).live == 100 * BLOCK
    wait_for((tmp_path / "own.peakline").exists)
