# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Names of backends, and the three ways of counting a process against the kernel's own account."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from known_memory import MIB, PAGE, Pages, rollup, unique_bytes

from peakline import _backends, _memory
from peakline._backends import RSS, TRACEMALLOC, UnknownBackend, choose_backend


@pytest.mark.parametrize("name", ["psutil", "psutil_pss", "psutil_uss", "posix", "tracemalloc"])
def test_every_name_of_memory_profiler_is_answered_unchanged(name: str) -> None:
    assert choose_backend(name) == name


def test_no_name_means_psutil() -> None:
    assert choose_backend() == choose_backend(None) == "psutil"


@pytest.mark.parametrize(
    ("name", "canonical"),
    [
        (None, "rss"),
        ("psutil", "rss"),
        ("posix", "rss"),
        ("psutil_pss", "pss"),
        ("psutil_uss", "uss"),
        ("tracemalloc", "tracemalloc"),
        ("uss", "uss"),
    ],
)
def test_old_and_plain_names_mean_the_same(name: str | None, canonical: str) -> None:
    assert _backends.canonical_name(name) == canonical
    assert _backends.number_of(name) == _backends.number_of(canonical)


@pytest.mark.parametrize("kind", [ValueError, KeyError])
@pytest.mark.parametrize("name", ["valgrind", "", 3, ["rss"]])
def test_an_unknown_name_is_refused_with_the_choices_in_a_plain_sentence(
    kind: type[Exception], name: object
) -> None:
    with pytest.raises(kind) as caught:
        choose_backend(name)  # type: ignore[arg-type]
    assert isinstance(caught.value, UnknownBackend)
    assert str(caught.value).startswith(f"unknown backend {name!r}: choose one of 'rss'")


def test_each_backend_counts_the_pages_that_are_touched() -> None:
    before = [_memory.own_bytes(backend) for backend in (0, 1, 2)]
    with Pages(30_000, touched=20_000):
        after = [_memory.own_bytes(backend) for backend in (0, 1, 2)]
    rss, pss, uss = ((b - a) / PAGE for a, b in zip(before, after, strict=True))
    # A few pages belong to the measuring itself.
    assert abs(rss - 20_000) <= 8
    # Shares of libraries move when other processes come and go.
    assert abs(pss - 20_000) <= 2_000
    assert abs(uss - 20_000) <= 2_000


def test_the_figures_are_those_of_smaps_rollup() -> None:
    found = rollup()
    assert abs(_memory.own_bytes(0) - found["Rss"]) <= 32 * PAGE
    # Its share of what it has in common with others is another as soon as one of these ends.
    between = [rollup()["Pss"], _memory.own_bytes(1), rollup()["Pss"]]
    lowest, highest = min(between[0], between[2]), max(between[0], between[2])
    assert lowest - 256 * PAGE <= between[1] <= highest + 256 * PAGE
    assert abs(_memory.own_bytes(2) - unique_bytes()) <= 32 * PAGE


def test_another_process_is_read_by_all_three_backends() -> None:
    with _waiting_child() as child:
        found = rollup(child.pid)
        assert abs(_memory.process_bytes(child.pid, 0) - found["Rss"]) <= 64 * PAGE
        assert abs(_memory.process_bytes(child.pid, 1) - found["Pss"]) <= 64 * PAGE
        unique = unique_bytes(child.pid)
        assert abs(_memory.process_bytes(child.pid, 2) - unique) <= 64 * PAGE


@pytest.mark.parametrize("scanning", [False, True])
def test_descendants_of_every_generation_are_found(scanning: bool) -> None:
    grandchild = "print('up', flush=True); input()"
    child = (
        f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {grandchild!r}]).wait()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", child], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        process.stdout.readline()
        found = _memory.descendants(os.getpid(), RSS, scanning=scanning)
        assert process.pid in [pid for pid, _ in found]
        below = _memory.descendants(process.pid, RSS, scanning=scanning)
        assert len(below) == 1
        assert below[0][1] > MIB
        assert below[0][0] in [pid for pid, _ in found]
        process.stdin.write(b"\n")
        process.stdin.close()


def test_more_descendants_than_a_first_guess_are_all_found() -> None:
    children = [subprocess.Popen(["sleep", "60"]) for _ in range(70)]
    try:
        found = dict(_memory.descendants(-1, RSS))
        assert {child.pid for child in children} <= found.keys()
    finally:
        for child in children:
            child.kill()
            child.wait()


def test_a_zombie_is_no_running_process() -> None:
    with subprocess.Popen(["true"]) as child:
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        with pytest.raises(ProcessLookupError, match=f"no process with pid {child.pid}"):
            _memory.process_bytes(child.pid, RSS)
        assert child.pid not in dict(_memory.descendants(-1, RSS))


@pytest.mark.parametrize("pid", [0, -2, 2**22 + 7, 2**40])
def test_a_number_that_is_no_process_is_refused_in_a_sentence(pid: int) -> None:
    with pytest.raises(ProcessLookupError, match=f"^no process with pid {pid} is running$"):
        _memory.process_bytes(pid, RSS)


def test_the_error_is_psutils_where_the_program_uses_psutil() -> None:
    psutil = pytest.importorskip("psutil")
    with pytest.raises(psutil.NoSuchProcess) as caught:
        _memory.process_bytes(2**22 + 7, RSS)
    assert caught.value.pid == 2**22 + 7
    assert isinstance(caught.value, ProcessLookupError)


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become somebody else")
def test_another_users_process_is_refused_in_a_sentence() -> None:
    program = (
        "import os\n"
        "from peakline._usage import memory_usage\n"
        "memory_usage(os.getppid(), backend='pss')\n"
        "os.setuid(65534)\n"
        "try: memory_usage(os.getppid(), backend='pss')\n"
        "except PermissionError as error: print(error)\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )
    assert "belongs to another user" in done.stdout, done.stderr


def test_tracemalloc_tells_what_python_has_allocated() -> None:
    import tracemalloc

    with pytest.raises(RuntimeError, match=r"call tracemalloc.start\(\) first"):
        _memory.read(-1, TRACEMALLOC)
    tracemalloc.start()
    try:
        before = _memory.read(-1, TRACEMALLOC)
        block = bytearray(3 * MIB)
        assert 0 <= _memory.read(-1, TRACEMALLOC) - before - len(block) < 10_000
        with pytest.raises(RuntimeError, match="sees only this process"):
            _memory.read(1, TRACEMALLOC)
    finally:
        tracemalloc.stop()


def test_descriptors_of_the_agent_leave_the_programs_numbers_alone() -> None:
    program = (
        "import os, tempfile\n"
        "from peakline import _memory\n"
        "first = os.dup(0)\n"
        "_memory.own_bytes(0), _memory.own_bytes(1)\n"
        "assert os.dup(0) == first + 1\n"
        # The program closes everything, as daemons do.
        "os.closerange(first, 4096)\n"
        "a = _memory.own_bytes(0)\n"
        "kept = [int(n) for n in os.listdir('/proc/self/fd') if int(n) > 100]\n"
        "assert kept and a > 0\n"
        # It puts a file of its own under our number: the file is neither believed nor closed.
        "mine = tempfile.TemporaryFile(); mine.write(b'1 2 3 4 5 6 7 8\\n'); mine.flush()\n"
        "for n in kept: os.dup2(mine.fileno(), n)\n"
        "b = _memory.own_bytes(0)\n"
        "assert abs(a - b) < 2**20, (a, b)\n"
        "for n in kept: assert os.fstat(n).st_size == 16\n"
        "print('fine')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert done.stdout == "fine\n", done.stderr


def test_a_forked_child_reads_itself_and_not_its_parent() -> None:
    program = (
        "import os\n"
        "from known_memory import Pages, rollup\n"
        "from peakline import _memory\n"
        "rollup()\n"
        "big = Pages(10000)\n"
        "_memory.own_bytes(0), _memory.own_bytes(1)\n"
        "pid = os.fork()\n"
        "if pid == 0:\n"
        "    big.close()\n"
        # A child maps the files it reads from anew: the reading itself must not count.
        "    rollup()\n"
        "    for backend, name in ((0, 'Rss'), (1, 'Pss')):\n"
        "        mine, truth = _memory.own_bytes(backend), rollup()[name]\n"
        "        assert abs(mine - truth) < 2**20, (mine, truth)\n"
        "    os._exit(7)\n"
        "assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 7\n"
    )
    here = os.path.dirname(os.path.abspath(__file__))
    subprocess.run(
        [sys.executable, "-c", program],
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([here, *sys.path])},
    )


def _waiting_child() -> subprocess.Popen[bytes]:
    child = subprocess.Popen(
        [sys.executable, "-c", "print('up', flush=True); input()"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert child.stdout is not None
    child.stdout.readline()
    return child
