# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""`LineProfiler`, used by hand: enabled, disabled, nested, across threads and processes."""

from __future__ import annotations

import gc
import inspect
import io
import os
import pickle
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from measured_work import calls, table_of, work
from programs import run, tables, write

from memory_profiler import LineProfiler, exec_with_profiler, run_module_with_profiler, show_results


@pytest.fixture
def profiler() -> LineProfiler:
    made = LineProfiler()
    made.add_function(work)
    return made


def test_a_new_profiler_has_the_attributes_that_programs_read() -> None:
    made = LineProfiler()
    assert (made.enable_count, made.max_mem, made.prevlines) == (0, None, [])
    assert (made.backend, made.prev_lineno) == ("psutil", None)
    assert made.code_map == {}


def test_unknown_keywords_are_ignored_and_unknown_backends_are_not() -> None:
    LineProfiler(enable_global=True, nonsense=3)
    for kind in (ValueError, KeyError):
        with pytest.raises(kind, match="tracemalloc"):
            LineProfiler(backend="magic")


def test_enable_and_disable_bound_what_is_measured(profiler: LineProfiler) -> None:
    work()
    profiler.enable()
    work(8)
    profiler.disable()
    work()
    assert calls(profiler) == 1
    assert table_of(profiler).row("Pages").increment == pytest.approx(8, abs=0.3)


def test_counts_nest_and_never_fall_below_zero(profiler: LineProfiler) -> None:
    profiler.disable_by_count()
    profiler.disable()
    profiler.enable_by_count()
    profiler.enable_by_count()
    profiler.disable_by_count()
    work()
    profiler.disable_by_count()
    work()
    assert (calls(profiler), profiler.enable_count) == (1, 0)


def test_with_enables_and_gives_None(profiler: LineProfiler) -> None:
    with profiler as given, profiler:
        work()
    work()
    assert given is None
    assert calls(profiler) == 1


def test_it_is_disabled_after_an_exception(profiler: LineProfiler) -> None:
    with pytest.raises(KeyError), profiler:
        raise KeyError
    work()
    assert calls(profiler) == 0


def test_runctx_executes_a_statement(profiler: LineProfiler) -> None:
    names: dict[str, Any] = {"work": work}
    assert profiler.runctx("result = work()", names, names) is profiler
    assert (names["result"], calls(profiler), profiler.enable_count) == (0, 1, 0)


def test_a_wrapped_function_is_measured_when_called() -> None:
    profiler = LineProfiler()
    wrapped = profiler(work)
    assert (wrapped(), wrapped(), work()) == (0, 0, 0)
    assert calls(profiler) == 2
    assert (wrapped.__name__, wrapped.__qualname__, wrapped.__wrapped__) == ("work", "work", work)


def test_the_profiler_called_with_options_is_a_decorator() -> None:
    profiler = LineProfiler()

    @profiler(precision=4)
    def inner() -> int:
        return 1

    inner()
    assert len(list(profiler.code_map.items())) == 1


def test_generators_coroutines_and_classes_keep_their_kind() -> None:
    profiler = LineProfiler()

    @profiler
    def generator() -> Iterator[int]:
        yield 1

    @profiler
    async def coroutine() -> int:
        return 1

    @profiler
    class Kind:
        def method(self) -> int:
            return 1

    assert inspect.isgeneratorfunction(generator)
    assert inspect.iscoroutinefunction(coroutine)
    assert list(generator()) == [1]
    assert Kind().method() == 1
    assert len(list(profiler.code_map.items())) == 2


@LineProfiler()
def pickled(number: int) -> int:
    """It doubles."""
    return 2 * number


def test_a_wrapped_function_looks_like_itself_and_pickles() -> None:
    assert pickle.loads(pickle.dumps(pickled)) is pickled
    assert (pickled.__qualname__, pickled.__doc__) == ("pickled", "It doubles.")
    assert (pickled(2), pickled.__wrapped__(3)) == (4, 6)


def test_what_a_measured_function_calls_is_not_traced() -> None:
    def callee() -> tuple[Any, Any]:
        return sys.gettrace(), sys._getframe().f_trace

    @LineProfiler()
    def measured() -> tuple[Any, Any]:
        return callee()

    assert measured() == (None, None)


def test_a_builtin_is_warned_of_once_and_comes_back() -> None:
    profiler = LineProfiler()
    with pytest.warns(UserWarning, match="Could not extract a code object") as caught:
        assert profiler(len) is len
    assert len(caught) == 1
    assert caught[0].filename == __file__


def test_functions_added_while_it_is_on_are_measured() -> None:
    profiler = LineProfiler()
    with profiler:
        profiler.add_function(work)
        work()
    assert calls(profiler) == 1


def test_figures_can_be_read_while_it_is_on(profiler: LineProfiler) -> None:
    with profiler:
        for expected in (1, 2, 3):
            work()
            assert calls(profiler) == expected


def test_each_profiler_has_its_own_figures() -> None:
    outer, inner = LineProfiler(), LineProfiler()
    for each in (outer, inner):
        each.add_function(work)
    with outer:
        work()
        with inner:
            work()
    assert (calls(outer), calls(inner)) == (2, 1)


def test_overlapping_profilers_may_end_in_any_order() -> None:
    first, second = LineProfiler(), LineProfiler()
    for each in (first, second):
        each.add_function(work)
    before = sys.gettrace()
    first.enable()
    second.enable()
    work()
    first.disable()
    work()
    second.disable()
    work()
    assert (calls(first), calls(second)) == (1, 2)
    assert sys.gettrace() is before


def test_children_are_counted_when_asked_for() -> None:
    def start() -> None:
        child = subprocess.Popen(
            [sys.executable, "-c", "a = bytearray(50 << 20); print(1, flush=True); input()"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert child.stdout is not None
        child.stdout.readline()
        child.communicate(b"end")

    profiler = LineProfiler(include_children=True)
    profiler(start)()
    table = table_of(profiler)
    assert table.row("communicate").increment < -50
    assert max(row.usage for row in table.rows.values()) > 60


@pytest.mark.parametrize("backend", ["heap", "tracemalloc"])
def test_children_that_a_backend_cannot_count_are_refused(backend: str) -> None:
    with pytest.raises(ValueError, match=r"only this process.* leave out include_children"):
        LineProfiler(backend=backend, include_children=True)


def test_the_figures_are_plain_tuples_that_pickle(profiler: LineProfiler) -> None:
    with profiler:
        work(4)
    results = {name: list(lines) for name, lines in profiler.code_map.items()}
    assert pickle.loads(pickle.dumps(results)) == results
    for _, figures in results[work.__code__.co_filename]:
        assert figures is None or [type(value) for value in figures] == [float, float, int]


def test_profilers_leave_nothing_behind(profiler: LineProfiler) -> None:
    from peakline import _engine

    before = len(_engine._in_use)
    for _ in range(50):
        each = LineProfiler()
        each.add_function(test_profilers_leave_nothing_behind)
        with each:
            pass
    del each
    gc.collect()
    assert len(_engine._in_use) <= before + 1


def test_scripts_and_modules_run_with_a_profiler_and_their_exceptions_pass(tmp_path: Path) -> None:
    write(tmp_path, "helper.py", "value = 1\n")
    path = write(
        tmp_path,
        "program.py",
        """\
        import sys, helper
        assert __name__ == "__main__"
        @profile
        def f():
            return sys.argv[1]
        assert f() == "argument"
        raise KeyError("told")
        """,
    )
    source = f"""\
    import sys
    from memory_profiler import LineProfiler, exec_with_profiler, run_module_with_profiler
    for call, name in ((exec_with_profiler, {str(path)!r}), (run_module_with_profiler, "program")):
        profiler = LineProfiler()
        argv = sys.argv
        try:
            call(name, profiler, "psutil", ["argument"])
        except KeyError:
            pass
        else:
            raise AssertionError
        assert sys.argv is argv
        (block,) = profiler.code_map.items()
        assert dict(block[1])[5][2] == 1
        try:
            profile
        except NameError:
            continue
        raise AssertionError
    """
    write(tmp_path, "driver.py", source)
    answer = run(tmp_path, "driver.py")
    assert (answer.returncode, answer.stderr) == (0, "")
    assert callable(exec_with_profiler)
    assert callable(run_module_with_profiler)


def test_show_results_needs_nothing_but_a_code_map_with_items() -> None:
    class Other:
        class code_map:
            @staticmethod
            def items() -> Any:
                return [("<nowhere>", [(1, (1.0, 2.0, 3)), (2, None)])]

    stream = io.StringIO()
    show_results(Other, stream, 2)
    (table,) = tables(stream.getvalue())
    assert table.rows == {1: (2.0, 1.0, 3, "<source unavailable>")}
    assert os.linesep == "\n"
