# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""`--pdb-mmem`: where the debugger stops, and that the program under it runs as it would."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest
from programs import PACKAGES, run, write

GROWS = """\
log = []

def helper(number):
    log.append("helper")
    return number + 1

@profile
def grow():
    log.append("one")
    kept = bytearray(200 * 2**20)
    log.append("two")
    helper(len(kept))
    log.append("three")
    return len(kept)

def main():
    size = grow()
    return size

print(main(), log)
"""


class Debugged(NamedTuple):
    """A program that ended."""

    status: int
    before: str
    """What was printed before the first prompt."""
    replies: list[str]
    """What was printed after each command, until the next prompt or the end."""
    stderr: str


def debugged(folder: Path, source: str, commands: list[str], *flags: object) -> Debugged:
    """Runs a program that is stopped above 150 MiB, and gives the debugger commands."""
    write(folder, "program.py", source)
    stdin = "".join(f"{command}\n" for command in commands)
    command = ["-m", "memory_profiler", "--pdb-mmem", 150, *flags, "program.py"]
    answer = run(folder, *command, stdin=stdin)
    before, *replies = answer.stdout.split("(Pdb) ")
    assert "memory_profiler" not in "".join(replies)  # no frame of ours among the program's
    return Debugged(answer.returncode, before, replies, answer.stderr)


def stands_at(reply: str) -> str:
    """Where the debugger says that it stands, as `function:line`."""
    ((line, function),) = re.findall(r"^> .*program\.py\((\d+)\)(\S+?)\(\)", reply, re.MULTILINE)
    return f"{function}:{line}"


def test_it_stops_at_the_line_after_the_growth_and_nothing_runs_twice(tmp_path: Path) -> None:
    answer = debugged(tmp_path, GROWS, ["p log", "c"])
    assert re.match(
        r"Current memory 2\d\d\.\d\d MiB exceeded the maximum of 150\.00 MiB\n"
        r"Stepping into the debugger \n",
        answer.before,
    )
    assert stands_at(answer.before) == "grow:11"
    assert answer.before.endswith('-> log.append("two")\n')
    assert answer.replies[0] == "['one']\n"
    assert answer.replies[1] == "209715200 ['one', 'two', 'helper', 'three']\n"
    assert (answer.status, answer.stderr) == (0, "")


def test_next_step_and_up_walk_the_programs_own_frames(tmp_path: Path) -> None:
    commands = ["n", "s", "w", "up", "p len(kept)", "up", "up", "up", "c"]
    answer = debugged(tmp_path, GROWS, commands)
    following, stepped, where, up, value, *outer = answer.replies
    assert stands_at(following) == "grow:12"
    assert "--Call--" in stepped
    assert stands_at(stepped) == "helper:3"
    frames = re.findall(r"program\.py\((\d+)\)(\S+?)\(\)", where)
    assert frames == [("20", "<module>"), ("17", "main"), ("12", "grow"), ("3", "helper")]
    assert stands_at(up) == "grow:12"
    assert value == "209715200\n"
    assert [stands_at(reply) for reply in outer[:2]] == ["main:17", "<module>:20"]
    assert outer[2] == "*** Oldest frame\n"
    assert outer[3].startswith("209715200 ['one', 'two', 'helper', 'three']")
    assert answer.status == 0


def test_the_source_that_is_listed_is_that_of_the_frame(tmp_path: Path) -> None:
    answer = debugged(tmp_path, GROWS, ["ll", "up", "ll", "c"])
    assert re.search(r'^ *11 +->\s+log\.append\("two"\)$', answer.replies[0], re.MULTILINE)
    assert "def grow():" in answer.replies[0]
    assert "def main" not in answer.replies[0]
    assert re.search(r"^ *17 +->\s+size = grow\(\)$", answer.replies[2], re.MULTILINE)


def test_quitting_ends_the_program_there(tmp_path: Path) -> None:
    source = GROWS.replace("print(main(), log)", "try: main()\nfinally: print('finally', log)")
    answer = debugged(tmp_path, source, ["q"])
    assert answer.replies == ["finally ['one']\n"]
    assert answer.status == 1
    assert answer.stderr.rstrip().endswith("bdb.BdbQuit")


def test_it_stops_at_a_return_and_steps_on_to_the_caller(tmp_path: Path) -> None:
    source = """\
    @profile
    def grow():
        return bytearray(200 * 2**20)

    size = len(grow())
    print(size)
    """
    answer = debugged(tmp_path, source, ["p len(__return__)", "n", "c"])
    assert "--Return--" in answer.before
    assert stands_at(answer.before) == "grow:3"
    assert answer.replies[0] == "209715200\n"
    assert stands_at(answer.replies[1]) == "<module>:6"
    assert answer.replies[2] == "209715200\n"
    assert (answer.status, answer.stderr) == (0, "")


def test_an_exception_on_the_way_reaches_the_program(tmp_path: Path) -> None:
    source = """\
    @profile
    def grow():
        kept = bytearray(200 * 2**20)
        raise KeyError(len(kept))

    try:
        grow()
    except KeyError as error:
        print("caught", error)
    """
    answer = debugged(tmp_path, source, ["c"])
    assert stands_at(answer.before) == "grow:4"
    assert answer.replies == ["caught 209715200\n"]


def test_it_does_not_stop_below_the_limit(tmp_path: Path) -> None:
    answer = debugged(tmp_path, GROWS.replace("200", "20"), [])
    assert answer.before == "20971520 ['one', 'two', 'helper', 'three']\n"
    assert (answer.status, answer.replies) == (0, [])


def test_it_does_not_stop_in_functions_that_are_not_decorated(tmp_path: Path) -> None:
    answer = debugged(tmp_path, GROWS.replace("@profile", ""), [])
    assert answer.before.startswith("209715200")


@pytest.mark.parametrize("backend", ["heap", "uss", "tracemalloc"])
def test_it_stops_by_what_the_backend_counts(tmp_path: Path, backend: str) -> None:
    answer = debugged(tmp_path, GROWS, ["c"], "--backend", backend)
    assert (answer.status, answer.stderr) == (0, "")
    assert stands_at(answer.before) == "grow:11"


def test_the_heap_is_not_above_the_limit_for_pages_that_are_no_heap(tmp_path: Path) -> None:
    source = """\
    import mmap

    @profile
    def grow():
        kept = mmap.mmap(-1, 200 * 2**20)
        for page in range(0, len(kept), 4096):
            kept[page] = 1
        return len(kept)

    print(grow())
    """
    assert debugged(tmp_path, source, [], "--backend", "heap").before == "209715200\n"
    assert stands_at(debugged(tmp_path, source, ["c"]).before) == "grow:6"


CHILD = """\
import subprocess, sys

@profile
def start():
    child = subprocess.Popen(
        [sys.executable, "-c", "a = bytearray(200 * 2**20); print(1, flush=True); input()"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    child.stdout.readline()
    child.communicate(b"now end")
    return "ended"

print(start())
"""


def test_children_count_when_asked_for(tmp_path: Path) -> None:
    answer = debugged(tmp_path, CHILD, ["c"], "--include-children")
    assert stands_at(answer.before) == "start:9"
    assert answer.replies == ["ended\n"]
    assert debugged(tmp_path, CHILD, []).before == "ended\n"


def test_one_of_several_threads_stops_and_the_others_run_on(tmp_path: Path) -> None:
    source = """\
    import threading

    @profile
    def grow(number):
        kept = bytearray(200 * 2**20)
        done.append(number)
        return len(kept)

    done = []
    threads = [threading.Thread(target=grow, args=(number,)) for number in range(4)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
    print(sorted(done))
    """
    answer = debugged(tmp_path, source, ["p number in range(4)", "c"])
    assert answer.replies == ["True\n", "[0, 1, 2, 3]\n"]
    assert answer.before.count("exceeded") == 1
    assert (answer.status, answer.stderr) == (0, "")


def test_it_stops_inside_of_generators_and_of_with_profile(tmp_path: Path) -> None:
    source = """\
    @profile
    def numbers():
        yield 1
        kept = bytearray(200 * 2**20)
        yield 2
        yield len(kept)

    with profile:
        steps = numbers()
        print(next(steps))
    print(list(steps))
    """
    answer = debugged(tmp_path, source, ["c"])
    assert stands_at(answer.before) == "numbers:5"
    assert answer.before.startswith("1\n")
    assert answer.replies == ["[2, 209715200]\n"]


def test_it_stops_inside_of_coroutines(tmp_path: Path) -> None:
    source = """\
    import asyncio

    @profile
    async def grow():
        await asyncio.sleep(0)
        kept = bytearray(200 * 2**20)
        await asyncio.sleep(0)
        return len(kept)

    print(asyncio.run(grow()))
    """
    answer = debugged(tmp_path, source, ["c"])
    assert stands_at(answer.before) == "grow:7"
    assert answer.replies == ["209715200\n"]
    assert (answer.status, answer.stderr) == (0, "")


LIBRARY = """\
from memory_profiler import LineProfiler

profiler = LineProfiler(max_mem=150)

@profiler
def grow(kept):
    kept = bytearray(200 * 2**20)
    return len(kept)

print(grow(None))
print(grow(None))
"""


def test_a_profiler_by_hand_stops_in_each_call(tmp_path: Path) -> None:
    write(tmp_path, "program.py", LIBRARY)
    answer = run(tmp_path, "program.py", stdin="c\np 'again'\nc\n")
    before, first, again, end = answer.stdout.split("(Pdb) ")
    assert stands_at(before) == stands_at(first) == "grow:8"
    assert first.startswith("209715200\n")
    assert (again, end) == ("'again'\n", "209715200\n")
    assert answer.returncode == 0


def test_it_talks_to_a_terminal(tmp_path: Path) -> None:
    write(tmp_path, "program.py", GROWS)
    ours, theirs = pty.openpty()
    environment = {**os.environ, "PYTHONPATH": PACKAGES, "TERM": "dumb", "PYTHON_COLORS": "0"}
    command = [sys.executable, "-m", "memory_profiler", "--pdb-mmem", "150", "program.py"]
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment, stdin=theirs, stdout=theirs, stderr=theirs
    ) as process:
        os.close(theirs)
        text = _until(ours, "(Pdb) ")
        assert stands_at(text.replace("\r", "")) == "grow:11"
        for command_line, expected in (("n", "helper(len(kept))"), ("p log", "['one', 'two']")):
            os.write(ours, f"{command_line}\n".encode())
            assert expected in _until(ours, "(Pdb) ")
        os.write(ours, b"c\n")
        assert "209715200 ['one', 'two', 'helper', 'three']" in _until(ours, "three']")
    os.close(ours)
    assert process.returncode == 0


def _until(descriptor: int, end: str) -> str:
    """What a program writes to a terminal, up to a text."""
    text = ""
    while end not in text:
        text += os.read(descriptor, 4096).decode()
    return text
