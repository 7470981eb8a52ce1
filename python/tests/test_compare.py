# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""`peakline.compare()` and `peakline compare`: alternatives with known peaks, and such as fail."""

from __future__ import annotations

import functools
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from programs import PACKAGES, run, write

import peakline
from peakline import _compare, _render, _trials

MEGABYTE = 1_000_000
NOISE = 20_000
"""What a call may allocate beside its arrays: frames, what the interpreter keeps of a function."""


def two_arrays() -> bytearray:
    first = bytearray(10 * MEGABYTE)
    second = bytearray(20 * MEGABYTE)
    del first
    return second


def one_array() -> int:
    return len(bytearray(10 * MEGABYTE))


def nothing() -> None:
    pass


def listed() -> int:
    return sum([n * n for n in range(200_000)])


def generated() -> int:
    return sum(n * n for n in range(200_000))


def near(value: int, megabytes: int) -> bool:
    return abs(value - megabytes * MEGABYTE) < NOISE


# MARK: figures


def test_each_run_has_its_peak_what_it_keeps_and_what_it_allocates() -> None:
    result = peakline.compare(two_arrays, one=one_array, repeat=3)
    assert [alternative.name for alternative in result.alternatives] == ["two_arrays", "one"]
    for each in result["two_arrays"].runs:
        assert near(each.own_peak, 30)
        assert near(each.retained, 20)
        assert near(each.allocated, 30)
    for each in result["one"].runs:
        assert near(each.own_peak, 10)
        assert near(each.retained, 0)
        assert near(each.allocated, 10)
        assert 2 <= each.allocations < 100
        assert 0 < each.seconds < 60
    assert all(alternative.error is None for alternative in result.alternatives)
    assert [len(alternative.runs) for alternative in result.alternatives] == [3, 3]
    assert result.best == "one"


def test_a_generator_has_a_lower_peak_than_a_list_of_the_same() -> None:
    result = peakline.compare(listed, generated, repeat=2)
    assert result.best == "generated"
    assert min(each.own_peak for each in result["listed"].runs) > 200_000 * (8 + 32)
    assert max(each.own_peak for each in result["generated"].runs) < NOISE


def test_an_empty_alternative_costs_no_more_than_its_frame() -> None:
    for each in peakline.compare(nothing, repeat=3)["nothing"].runs:
        assert each.own_peak <= 1000
        assert each.allocations <= 1


def test_a_generator_and_a_coroutine_are_run_to_their_end() -> None:
    def numbers() -> Iterator[int]:
        yield 1
        yield len(bytearray(10 * MEGABYTE))

    async def task() -> bytearray:
        import asyncio

        await asyncio.sleep(0)
        return bytearray(10 * MEGABYTE)

    async def steps() -> Any:
        yield 1
        yield len(bytearray(10 * MEGABYTE))

    result = peakline.compare(numbers, task, steps, repeat=1)
    for alternative in result.alternatives:
        (each,) = alternative.runs
        assert 10 * MEGABYTE <= each.own_peak < 11 * MEGABYTE, alternative
    assert result["task"].runs[0].retained > 10 * MEGABYTE
    assert result["numbers"].runs[0].retained < MEGABYTE


def test_threads_of_an_alternative_are_said_not_to_be_counted() -> None:
    kept = []

    def threaded() -> None:
        thread = threading.Thread(target=lambda: kept.append(bytearray(10 * MEGABYTE)))
        thread.start()
        thread.join()

    sentence = "What the threads of 'threaded' allocate is not in its figures."
    result = peakline.compare(threaded, nothing, repeat=1)
    assert result["threaded"].runs[0].own_peak < MEGABYTE
    assert sentence in result.caveats
    assert "What the threads of 'nothing'" not in " ".join(result.caveats)


def test_times_are_taken_where_nothing_is_counted(tmp_path: Path) -> None:
    program = """
import peakline, sys
def counts():
    heap = sys.modules.get("peakline._heap")
    print(heap is not None and heap.is_on(), file=open("notes", "a"))
print(peakline.compare(counts, repeat=2).caveats)
peakline.watch()
print(peakline.compare(counts, repeat=1).caveats)
"""
    answer = run(tmp_path, "-c", program)
    notes = (tmp_path / "notes").read_text().split()
    assert notes == ["True", "False", "True", "False", "True", "True"]
    first, second = answer.stdout.splitlines()
    assert first == "()"
    assert "The times include counting" in second


def test_garbage_from_before_is_not_to_the_credit_of_whoever_collects_it() -> None:
    class Knot:
        def __init__(self) -> None:
            self.itself = self
            self.data = bytearray(10 * MEGABYTE)

    def collect() -> None:
        import gc

        gc.collect()

    Knot()
    assert peakline.compare(collect, repeat=1)["collect"].runs[0].retained > -MEGABYTE


# MARK: processes


def test_every_run_is_in_a_process_of_its_own_in_turn(tmp_path: Path) -> None:
    notes = tmp_path / "notes"

    def note(name: str) -> None:
        with notes.open("a") as file:
            print(name, os.getpid(), file=file)

    peakline.compare(a=functools.partial(note, "a"), b=functools.partial(note, "b"), repeat=3)
    lines = [line.split() for line in notes.read_text().splitlines()]
    # Each run once for the memory, once for the time.
    assert [name for name, _ in lines] == ["a", "a", "b", "b"] * 3
    assert len({pid for _, pid in lines} | {str(os.getpid())}) == 13


def test_an_alternative_finds_the_program_as_it_is_and_leaves_no_trace() -> None:
    state = ["before"]

    def change() -> None:
        assert state == ["before"]
        state.append("changed")
        os.environ["CHANGED"] = "yes"
        os.chdir("/")

    folder = os.getcwd()
    assert peakline.compare(change, repeat=3)["change"].error is None
    assert state == ["before"]
    assert "CHANGED" not in os.environ
    assert os.getcwd() == folder


def test_what_it_prints_is_dropped_and_what_it_complains_of_is_shown_once(
    capfd: pytest.CaptureFixture[str],
) -> None:
    def loud() -> None:
        print("printed")
        os.write(1, b"written\n")
        print("complained", file=sys.stderr, flush=True)
        os.write(2, b"low\n")
        os.system("echo echoed")

    print("pending", end="")
    result = peakline.compare(loud, repeat=3)
    print(" done")
    assert result["loud"].error is None
    said = capfd.readouterr()
    assert said.out == "pending done\n"
    assert said.err.splitlines() == ["complained", "low"]


def test_an_alternative_reads_nothing() -> None:
    result = peakline.compare(input, repeat=1)
    assert result["input"].error == "It ended with EOFError: EOF when reading a line."


# MARK: what goes wrong


class Odd(Exception):
    """Has no words."""

    def __str__(self) -> str:
        raise ValueError


def raising(error: BaseException) -> Callable[[], None]:
    def function() -> None:
        raise error

    return function


def kill(number: int) -> Callable[[], None]:
    return lambda: os.kill(os.getpid(), number)


def close_everything() -> None:
    os.closerange(0, 1000)


@pytest.mark.parametrize(
    ("function", "sentence"),
    [
        (raising(ValueError("no\nway")), "It ended with ValueError: no."),
        (raising(ValueError()), "It ended with ValueError."),
        (raising(Odd()), "It ended with test_compare.Odd."),
        (raising(MemoryError()), "It ended with MemoryError."),
        (raising(KeyboardInterrupt()), "It ended with KeyboardInterrupt."),
        (
            raising(ValueError("x" * 100_000)),
            f"It ended with ValueError: {'x' * 974}….",
        ),
        (lambda: sys.exit(3), "It called sys.exit(3)."),
        (sys.exit, "It called sys.exit()."),
        (lambda: sys.exit("bad"), "It called sys.exit('bad')."),
        (lambda: os._exit(0), "It ended its process with status 0 before it returned."),
        (kill(signal.SIGTERM), "It was killed by SIGTERM."),
        (
            kill(signal.SIGKILL),
            "It was killed by SIGKILL, which is what the kernel does when memory runs out.",
        ),
        (close_everything, "It ended its process with status 0 before it returned."),
    ],
)
def test_an_alternative_that_fails_says_how_and_does_not_stop_the_others(
    function: Callable[[], None], sentence: str
) -> None:
    result = peakline.compare(nothing, bad=function, two=two_arrays, repeat=2)
    assert result["bad"].error == sentence
    assert result["bad"].runs == ()
    assert [len(result[name].runs) for name in ("nothing", "two")] == [2, 2]
    assert result.best == "nothing"


def test_the_traceback_of_a_failure_is_shown_once_without_our_frames(
    capfd: pytest.CaptureFixture[str],
) -> None:
    peakline.compare(raising(ValueError("bad")), repeat=3)
    lines = capfd.readouterr().err.splitlines()
    assert lines[0] == "Traceback (most recent call last):"
    assert "in function" in lines[1]
    assert lines[-1] == "ValueError: bad"
    assert sum("bad" in line for line in lines) == 1


def test_what_it_returns_need_not_be_picklable() -> None:
    result = peakline.compare(threading.Lock, lambda: (n for n in ()), repeat=1)
    assert [alternative.error for alternative in result.alternatives] == [None, None]


def test_an_alternative_that_forks_is_measured_once(tmp_path: Path) -> None:
    notes = tmp_path / "notes"

    def forking() -> bytearray:
        os.fork()
        return bytearray(10 * MEGABYTE)

    def failing_child() -> None:
        if os.fork() == 0:
            raise ValueError("only in the child")

    def leaving_a_child_behind() -> None:
        if os.fork() == 0:
            with notes.open("a") as file:
                print(os.getpid(), file=file)
            time.sleep(60)

    begin = time.monotonic()
    result = peakline.compare(forking, failing_child, leaving_a_child_behind, repeat=1)
    assert time.monotonic() - begin < 50
    assert [alternative.error for alternative in result.alternatives] == [None] * 3
    assert [len(alternative.runs) for alternative in result.alternatives] == [1] * 3
    assert near(result["forking"].runs[0].own_peak, 10)
    while not notes.exists() or len(notes.read_text().splitlines()) < 2:
        time.sleep(0.01)
    for line in notes.read_text().split():
        os.kill(int(line), signal.SIGKILL)


@pytest.mark.parametrize("how", ["ignored", "reaped"])
def test_it_works_where_children_vanish(how: str) -> None:
    def reap(*_: object) -> None:
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            pass

    before = signal.signal(signal.SIGCHLD, signal.SIG_IGN if how == "ignored" else reap)
    try:
        result = peakline.compare(nothing, killed=kill(signal.SIGKILL), repeat=2)
    finally:
        signal.signal(signal.SIGCHLD, before)
    assert len(result["nothing"].runs) == 2
    assert result["killed"].error is not None
    assert result["killed"].error.startswith(("Its process ended before", "It was killed by"))


HANGING = """
import os, sys, time, peakline
def hang():
    print(os.getpid(), file=sys.stderr, flush=True)
    time.sleep(60)
peakline.compare(hang)
"""


@pytest.mark.parametrize("command", ["api", "cli"])
def test_an_interrupt_ends_the_child_that_hangs_and_the_comparison(
    tmp_path: Path, command: str
) -> None:
    write(tmp_path, "program.py", HANGING)
    write(tmp_path, "hanging.py", HANGING.replace("peakline.compare(hang)", ""))
    words = {"api": ["program.py"], "cli": ["-m", "peakline", "compare", "hanging:hang"]}
    process = subprocess.Popen(
        [sys.executable, *words[command]],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": PACKAGES},
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    child = int(process.stderr.readline())
    process.send_signal(signal.SIGINT)
    rest = process.stderr.read()
    assert process.wait() == -signal.SIGINT
    assert rest.endswith("KeyboardInterrupt\n") if command == "api" else rest == ""
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)


def test_where_the_heap_cannot_be_counted_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def start(index: int, pipe: int, kind: str, is_silent: bool) -> int:
        import marshal

        os.write(pipe, marshal.dumps({"unavailable": "the heap cannot be counted"}))
        return os.posix_spawn("/bin/true", ["true"], {})

    with pytest.raises(peakline.HeapUnavailable, match="the heap cannot be counted"):
        _trials.run(start, ["a"], 1)
    from peakline import _heap

    monkeypatch.setattr(_heap, "available", lambda: "not here")
    with pytest.raises(peakline.HeapUnavailable, match="not here"):
        peakline.compare(nothing)


@pytest.mark.parametrize(
    ("functions", "named", "sentence"),
    [
        ((), {}, "there is nothing to compare"),
        ((nothing, nothing), {}, "two alternatives are called 'nothing'"),
        ((nothing,), {"nothing": one_array}, "two alternatives are called 'nothing'"),
        ((), {"a": 1}, "the alternative 'a' cannot be called: 1"),
        ((5,), {}, "the alternative 'int' cannot be called: 5"),
    ],
)
def test_what_cannot_be_compared_is_a_type_error(
    functions: tuple[Any, ...], named: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(TypeError, match=sentence):
        peakline.compare(*functions, **named)


def test_it_takes_at_least_one_run() -> None:
    with pytest.raises(ValueError, match="repeat must be 1 or more, not 0"):
        peakline.compare(nothing, repeat=0)


def test_a_partial_goes_by_the_name_of_its_function() -> None:
    result = peakline.compare(functools.partial(sum, [1]), lambda: 1, repeat=1)
    assert [alternative.name for alternative in result.alternatives] == ["sum", "<lambda>"]


# MARK: the result


def made(**peaks: list[int]) -> peakline.Comparison:
    return peakline.Comparison(
        peakline.Alternative(name, tuple(peakline.Run(peak, 1, 2, 3, 0.5) for peak in values), None)
        for name, values in peaks.items()
    )


@pytest.mark.parametrize(
    ("peaks", "best"),
    [
        ({"a": [1, 2, 3], "b": [4, 5, 6]}, "a"),
        ({"a": [4, 5, 6], "b": [1, 2, 3]}, "b"),
        ({"a": [1, 2, 4], "b": [4, 5, 6]}, None),
        ({"a": [1], "b": [1]}, None),
        ({"a": [1]}, None),
        ({"a": [1], "b": []}, None),
        ({"a": [3], "b": [2], "c": [1]}, "c"),
    ],
)
def test_the_best_is_lower_in_every_run(peaks: dict[str, list[int]], best: str | None) -> None:
    assert made(**peaks).best == best


def test_medians_are_of_each_figure() -> None:
    alternative = made(a=[3, 1, 2, 10])["a"]
    assert alternative.median() == peakline.Run(2, 1, 2, 3, 0.5)
    assert made(a=[])["a"].median() is None
    with pytest.raises(KeyError):
        made()["a"]


def test_its_json_is_what_the_reader_expects() -> None:
    result = peakline.compare(nothing, bad=raising(ValueError("x")), repeat=2)
    document = json.loads(result.to_json())
    assert document == result.to_dict()
    assert list(document) == ["schema", "kind", "python", "caveats", "alternatives"]
    assert document["schema"] == 2
    assert document["kind"] == "comparison"
    good, bad = document["alternatives"]
    assert list(good) == ["name", "error", "runs"]
    assert list(good["runs"][0]) == [
        *("own_peak", "retained", "allocated", "allocations", "seconds")
    ]
    assert bad == {"name": "bad", "error": "It ended with ValueError: x.", "runs": []}


def test_it_shows_itself_as_a_table() -> None:
    text = repr(made(lists=[3 << 20], arrays=[1 << 20]))
    assert "Own peak" in text
    assert "arrays has the lowest peak" in text
    assert "3.00 MiB" in text


def test_without_the_executable_it_is_a_plain_list(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def missing() -> str:
        raise _render.CannotRender("it is missing")

    monkeypatch.setattr(_render, "find", missing)
    result = made(a=[3 << 20])
    result.alternatives += (peakline.Alternative("b", (), "It was killed."),)
    monkeypatch.setattr(sys, "__stderr__", sys.stderr)
    assert result.to_text() == (
        "a: own peak 3.000 MiB, retained 0.000 MiB, allocated 0.000 MiB in 3 blocks, 0.5 s\n"
        "b: It was killed.\n"
    )
    assert capsys.readouterr().err == "peakline: a plain list is shown: it is missing\n"
    assert _compare.SCHEMA == 2


# MARK: the command

WORK = """
import os, sys
big = [bytearray(50_000_000)]
def two():
    first = bytearray(10_000_000); second = bytearray(20_000_000); del first; return second
def one(): return len(bytearray(10_000_000))
def say(): print("printed"); print("complained", file=sys.stderr)
def fail(): raise ValueError("bad")
def leave(): sys.exit(3)
def place():
    import __main__
    print(sys.argv, sys.path[0], os.getcwd(), __name__, sys.flags.optimize, file=sys.stderr)
class Some:
    @staticmethod
    def method(): return bytearray(10_000_000)
number = 5
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path, "work.py", WORK)
    write(tmp_path, "broken.py", "1 / 0")
    write(tmp_path, "elsewhere/tool.py", WORK)
    return tmp_path


def figures(text: str) -> dict[str, dict[str, Any]]:
    return {found["name"]: found for found in json.loads(text)["alternatives"]}


def test_the_command_measures_functions_of_modules_and_files(folder: Path) -> None:
    answer = run(
        folder,
        *(
            "-m",
            "peakline",
            "compare",
            "a=work:two",
            "work.py:one",
            "m=elsewhere/tool.py:Some.method",
        ),
        *("--repeat", 2, "--json", "-"),
    )
    assert answer.returncode == 0, answer.stderr
    assert answer.stderr == ""
    found = figures(answer.stdout)
    assert list(found) == ["a", "one", "m"]
    for name, peak, kept in (("a", 30, 20), ("one", 10, 0), ("m", 10, 10)):
        assert len(found[name]["runs"]) == 2
        for each in found[name]["runs"]:
            assert near(each["own_peak"], peak)
            assert near(each["retained"], kept)


def test_the_command_prints_the_table_alone(folder: Path) -> None:
    answer = run(folder, "-m", "peakline", "compare", "work:say", "work:one", "--repeat", 2)
    assert answer.returncode == 0
    assert "say has the lowest peak" in answer.stdout
    assert "printed" not in answer.stdout
    assert answer.stderr == "complained\n"


def test_the_functions_run_where_and_as_python_itself_would_run_them(folder: Path) -> None:
    words = ["-m", "peakline", "compare", "--repeat", "1", "--json", "-"]
    answer = run(folder, *words, "work:place", "b=elsewhere/tool.py:place")
    here, there = answer.stderr.splitlines()
    assert here == f"['work'] {folder} {folder} work 0"
    assert there == f"['elsewhere/tool.py'] {folder / 'elsewhere'} {folder} tool 0"
    answer = run(folder, "-O", *words, "work:place")
    assert answer.stderr.endswith("work 1\n")


def test_importing_a_module_of_ours_is_not_free_for_want_of_our_own_imports(folder: Path) -> None:
    write(
        folder,
        "imports.py",
        "import sys\ndef show(): print(*sorted(sys.modules), file=sys.stderr)\n",
    )
    answer = run(folder, "-m", "peakline", "compare", "imports:show", "--repeat", 1)
    loaded = set(answer.stderr.split())
    assert "peakline._stretch" in loaded
    heavy = {"argparse", "asyncio", "json", "subprocess", "dataclasses", "inspect", "traceback"}
    assert not loaded & heavy


@pytest.mark.parametrize(
    ("function", "sentence"),
    [
        ("work:fail", "It ended with ValueError: bad."),
        ("work:leave", "It called sys.exit(3)."),
        ("work:absent", "It ended with AttributeError: module 'work' has no attribute 'absent'."),
        ("work:number", "It ended with TypeError: number in work cannot be called."),
        ("absent:f", "It ended with ModuleNotFoundError: No module named 'absent'."),
        ("broken:f", "It ended with ZeroDivisionError: division by zero."),
        ("broken.py:f", "It ended with ZeroDivisionError: division by zero."),
    ],
)
def test_the_command_ends_with_1_when_an_alternative_fails(
    folder: Path, function: str, sentence: str
) -> None:
    answer = run(
        folder,
        "-m",
        "peakline",
        "compare",
        f"bad={function}",
        "work:one",
        "--repeat",
        2,
        "--json",
        "o.json",
    )
    assert answer.returncode == 1
    assert answer.stdout == ""
    assert f"peakline: bad: {sentence}\n" in answer.stderr
    assert answer.stderr.count("Traceback") <= 1
    assert "peakline/_trial" not in answer.stderr
    found = figures((folder / "o.json").read_text())
    assert found["bad"] == {"name": "bad", "error": sentence, "runs": []}
    assert len(found["one"]["runs"]) == 2


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ((), "the following arguments are required: alternative"),
        (("work",), "'work' names no function: write module:function or file.py:function"),
        (("work:",), "'work:' names no function"),
        (("a=:f",), "'a=:f' names no function"),
        (("absent.py:f",), "there is no file 'absent.py'"),
        (("work:one", "elsewhere/tool.py:one"), "two alternatives are called 'one'"),
        (("work:one", "--repeat", "0"), "--repeat needs a number of runs, 1 or more"),
        (("work:one", "--repeat", "x"), "invalid int value: 'x'"),
        (("work:one", "--precision", "21"), "--precision needs a number of decimals"),
        (("work:one", "--json", "absent/o.json"), "cannot write absent/o.json: No such file"),
    ],
)
def test_a_wrong_command_line_ends_with_2(
    folder: Path, words: tuple[str, ...], sentence: str
) -> None:
    answer = run(folder, "-m", "peakline", "compare", *words)
    assert answer.returncode == 2
    assert sentence in answer.stderr
    assert answer.stdout == ""


def test_the_command_ends_with_2_where_the_heap_cannot_be_counted(folder: Path) -> None:
    program = """
import sys
from peakline import _compare_command, _heap
_heap.available = lambda: "the heap cannot be counted here"
sys.exit(_compare_command.main(["work:one"]))
"""
    answer = run(folder, "-c", program)
    assert answer.returncode == 2
    assert answer.stderr == "peakline: the heap cannot be counted here\n"
    assert answer.stdout == ""


def test_the_executable_hands_the_command_over(folder: Path) -> None:
    answer = subprocess.run(
        [_render.find(), "compare", "work:one", "--repeat", "1", "--json", "-"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": PACKAGES, "PEAKLINE_PYTHON": sys.executable},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    assert list(figures(answer.stdout)) == ["one"]
