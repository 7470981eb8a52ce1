# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""The imported `@profile`: a table after each call, and nothing else about the program changes."""

from __future__ import annotations

import inspect
import io
import pickle
import sys
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from known_memory import PAGES_PER_MIB, Pages
from programs import run, tables, tables_of, write

from memory_profiler import profile
from peakline import UnknownBackend

HEADER = "Line #    Mem usage    Increment  Occurrences   Line Contents\n" + "=" * 61 + "\n"


@profile
def module_level(size: int) -> int:
    kept = Pages(size * PAGES_PER_MIB)
    kept.close()
    return size


# ---- The text


def test_the_text_is_the_originals_to_the_byte(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "numbers_.py",
        """\
        from memory_profiler import profile

        @profile(precision=2)
        def f(flag):
            if flag:
                # comment

                a = bytearray(32 * 2**20)
                del a
            else:
                b = 1
            return 1  # é
        f(True)""",
    )
    answer = run(tmp_path, path)
    lines = answer.stdout.split("\n")
    assert lines[:4] == [f"Filename: {path}", "", *HEADER.split("\n")[:2]]
    assert answer.stdout.endswith("\n\n\n")
    body = lines[4:-3]
    base = body[0][7:19]
    assert body == [
        f"     3 {base} {base}           1   @profile(precision=2)",
        "     4                                         def f(flag):",
        f"     5 {base}     0.00 MiB           1       if flag:",
        "     6                                                 # comment",
        "     7                                         ",
        body[5],
        body[6],
        "    10                                             else:",
        "    11                                                 b = 1",
        f"    12 {base}     0.00 MiB           1       return 1  # é",
    ]
    assert base.endswith(" MiB")
    assert body[5].endswith("    32.00 MiB           1           a = bytearray(32 * 2**20)")
    assert body[6].endswith("   -32.00 MiB           1           del a")


def test_each_call_prints_its_own_table_on_stdout_as_it_is_then() -> None:
    (first,) = tables_of(module_level, 8)
    (second,) = tables_of(module_level, 8)
    for table in first, second:
        assert table.filename == __file__
        assert table.row("Pages").increment == pytest.approx(8, abs=0.3)
        assert table.row("close").increment == pytest.approx(-8, abs=0.3)
        assert table.row("return").occurrences == 1


def test_the_options_reach_the_table() -> None:
    stream = io.StringIO()

    @profile(stream=stream, precision=4, backend="tracemalloc")
    def work() -> bytearray:
        return bytearray(2**20)

    assert len(work()) == 2**20
    (table,) = tables(stream.getvalue())
    assert table.row("return").increment == pytest.approx(1, abs=0.01)
    assert f"{table.row('return').increment:.4f} MiB" in stream.getvalue()


CHILDREN = """\
import subprocess, sys
from memory_profiler import profile

@profile(include_children=INCLUDED)
def start():
    child = subprocess.Popen(
        [sys.executable, "-c", "a = bytearray(60 * 2**20); print(1, flush=True); input()"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    child.stdout.readline()
    child.communicate(b"now end")
    return 1

assert start() == 1
"""


@pytest.mark.parametrize("included", [False, True])
def test_children_are_counted_when_asked_for(tmp_path: Path, included: bool) -> None:
    write(tmp_path, "program.py", CHILDREN.replace("INCLUDED", str(included)))
    answer = run(tmp_path, "program.py")
    assert (answer.returncode, answer.stderr) == (0, "")
    (table,) = tables(answer.stdout)
    grown = table.row("Popen").increment + table.row("readline").increment
    assert (grown > 60, grown < 20) == (included, not included)
    assert (table.row("communicate").increment < -60) == included
    assert [row.occurrences for row in table.rows.values()] == [1] * 5


def test_children_are_counted_in_generators_and_in_the_extended_table() -> None:
    stream = io.StringIO()

    @profile(stream=stream, columns="default", include_children=True)
    def numbers() -> Iterator[int]:
        yield 1
        yield 2

    assert list(numbers()) == [1, 2]
    assert "numbers" in stream.getvalue()


@pytest.mark.parametrize("backend", ["heap", "tracemalloc"])
def test_children_that_a_backend_cannot_count_are_refused_at_decoration(backend: str) -> None:
    with pytest.raises(ValueError, match=r"only this process.* leave out include_children"):
        profile(backend=backend, include_children=True)


def test_include_children_is_the_last_of_the_parameters() -> None:
    names = list(inspect.signature(profile).parameters)
    assert names[:4] == ["func", "stream", "precision", "backend"]
    assert names[-1] == "include_children"


def test_functions_inside_of_a_function_have_their_lines_in_its_table() -> None:
    @profile
    def outer() -> int:
        def inner(size: int) -> int:
            kept.append(Pages(size * PAGES_PER_MIB))
            return size

        kept: list[Pages] = []
        total = sum(inner(8) for _ in range(3))
        for each in kept:
            each.close()
        return total

    for _ in range(2):
        (table,) = tables_of(outer)
        counted = [row.occurrences for row in table.rows.values()]
        assert counted == [1, 1, 3, 3, 1, 1, 4, 3, 1]
        assert table.row("kept.append").increment == pytest.approx(24, abs=0.3)
        assert table.row("total = ").increment == pytest.approx(24, abs=0.3)


def test_the_extended_table_is_of_the_function_alone() -> None:
    stream = io.StringIO()

    @profile(stream=stream, columns="occurrences")
    def outer() -> int:
        def inner() -> int:
            return 1

        return inner() + inner()

    assert outer() == 2
    assert stream.getvalue().count("outer  ") == 1
    assert "inner  " not in stream.getvalue()


# ---- Attributes


def test_the_wrapper_looks_like_the_function_and_pickles() -> None:
    assert module_level.__name__ == module_level.__qualname__ == "module_level"
    assert module_level.__module__ == __name__
    assert module_level.__wrapped__.__code__.co_firstlineno > 0
    assert list(inspect.signature(module_level).parameters) == ["size"]
    assert pickle.loads(pickle.dumps(module_level)) is module_level


def test_an_unknown_backend_is_both_errors_and_names_the_choices() -> None:
    for kind in (ValueError, KeyError, UnknownBackend):
        with pytest.raises(kind, match=r"'rss'.*'pss'.*'uss'.*'tracemalloc'"):
            profile(backend="magic")


@pytest.mark.parametrize("import_", ["from memory_profiler", "from peakline"])
def test_with_peakline_0_the_function_itself_comes_back(tmp_path: Path, import_: str) -> None:
    source = f"""\
    {import_} import profile
    def f(): pass
    class C: pass
    assert profile(f) is f and profile(precision=3)(f) is f and profile(C) is C
    import sys
    assert "peakline._engine" not in sys.modules
    """
    write(tmp_path, "program.py", source)
    assert run(tmp_path, "program.py", PEAKLINE="0").returncode == 0
    assert run(tmp_path, "program.py", PEAKLINE="1").returncode == 1


# ---- What must not be lost


class _Broken:
    """A stream that fails."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def write(self, _: str) -> None:
        raise self.error


def _closed() -> io.StringIO:
    stream = io.StringIO()
    stream.close()
    return stream


@pytest.mark.parametrize(
    "stream", [_closed(), _Broken(OSError("full")), _Broken(RuntimeError("odd")), object()]
)
def test_a_stream_that_fails_costs_the_table_and_not_the_result(stream: Any) -> None:
    @profile(stream=stream)
    def work() -> int:
        return 7

    assert work() == 7


def test_without_a_stdout_the_result_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    assert module_level(1) == 1


def test_recursion_prints_one_table_per_level_the_innermost_first() -> None:
    @profile
    def down(depth: int) -> None:
        kept = Pages(4 * PAGES_PER_MIB)
        if depth:
            down(depth - 1)
        kept.close()

    found = tables_of(down, 2)
    assert [table.row("kept = ").occurrences for table in found] == [1, 2, 3]
    # Of all levels' calls the outermost counts alone: it gave back what it took.
    assert abs(found[2].row("down(depth").increment) < 0.5
    assert found[2].row("kept = ").increment == pytest.approx(12, abs=0.5)


def test_only_the_calling_thread_is_in_a_table() -> None:
    barrier = threading.Barrier(2, timeout=30)

    @profile(stream=io.StringIO())
    def work() -> None:
        for _ in range(5):
            barrier.wait()

    stream = io.StringIO()
    mine = profile(work.__wrapped__, stream=stream)
    other = threading.Thread(target=work)
    other.start()
    mine()
    other.join()
    (table,) = tables(stream.getvalue())
    assert [row.occurrences for row in table.rows.values()] == [1, 6, 5]


def test_the_first_row_is_the_usage_at_the_call() -> None:
    (table,) = tables_of(module_level, 8)
    first, second, *_ = table.rows.values()
    assert first.increment == first.usage
    assert second.usage == pytest.approx(first.usage + 8, abs=0.3)


# ---- Sources that are gone, changed, or never were


def test_a_source_that_vanished_after_the_import_is_still_shown(tmp_path: Path) -> None:
    source = """\
    import os
    from memory_profiler import profile
    @profile
    def work():
        return 1
    os.remove(__file__)
    work()
    """
    write(tmp_path, "gone.py", source)
    answer = run(tmp_path, "gone.py")
    (table,) = tables(answer.stdout)
    assert (answer.returncode, answer.stderr) == (0, "")
    assert table.row("return 1").occurrences == 1


def test_a_source_edited_after_the_import_is_shown_as_it_ran_and_told(tmp_path: Path) -> None:
    source = """\
    from memory_profiler import profile
    @profile
    def work():
        return 1
    with open(__file__, "w") as file:
        file.write("# another\\n" * 9)
    work()
    """
    write(tmp_path, "edited.py", source)
    answer = run(tmp_path, "edited.py")
    (table,) = tables(answer.stdout)
    assert (answer.returncode, answer.stderr) == (0, "")
    assert table.row("return 1").occurrences == 1
    assert "changed since it was imported" in table.note


def test_code_without_source_shows_the_numbers_and_marks_the_lines() -> None:
    namespace: dict[str, Any] = {"profile": profile}
    exec("@profile\ndef made(take):\n    a = take(2048)\n    a.close()\n", namespace)
    (table,) = tables_of(namespace["made"], Pages)
    assert table.filename == "<string>"
    assert "could not be found" in table.note
    assert set(table.sources.values()) == {"<source unavailable>"}
    assert table.rows[3].increment == pytest.approx(2048 / PAGES_PER_MIB, abs=0.3)


def test_where_the_agent_cannot_be_loaded_calls_still_work_and_are_measured(
    tmp_path: Path,
) -> None:
    source = """\
    from peakline import _agent
    _agent.PATH = "/nonexistent"
    from memory_profiler import profile
    @profile
    def work():
        return bytearray(8 * 2**20)
    assert len(work()) == 8 * 2**20
    """
    write(tmp_path, "program.py", source)
    answer = run(tmp_path, "program.py")
    assert answer.returncode == 0, answer.stderr
    (table,) = tables(answer.stdout)
    assert table.row("return").increment == pytest.approx(8, abs=0.5)


def test_nothing_warns_when_the_program_forks_after_a_table(tmp_path: Path) -> None:
    source = """\
    import os
    from memory_profiler import profile
    @profile
    def work():
        kept = bytearray(50 * 2**20)
        return 1
    work()
    if os.fork() == 0:
        work()
        os._exit(0)
    os.wait()
    """
    write(tmp_path, "program.py", source)
    answer = run(tmp_path, "-W", "error", "-u", "program.py")
    assert (answer.returncode, answer.stderr) == (0, "")
    found = tables(answer.stdout)
    assert [table.row("kept = ").increment for table in found] == pytest.approx([50, 50], abs=0.5)


def test_decorating_warns_of_nothing() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert profile(module_level.__wrapped__) is not module_level
