# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""The ways in which other projects subclass and drive memory_profiler's classes.

Each class here has the shape of one in the wild: what it overrides, what it sets, what it leaves
out. PySpark's are the most intrusive.
"""

from __future__ import annotations

import inspect
import io
import pickle
import sys
from collections.abc import Iterator
from pathlib import Path
from types import CodeType
from typing import Any

import pytest
from known_memory import PAGES_PER_MIB, Pages
from programs import run, tables, write

from memory_profiler import CodeMap, LineProfiler, choose_backend, show_results


def udf(number: int) -> int:
    kept = Pages(4 * PAGES_PER_MIB)
    kept.close()
    return number + 1


def steps(numbers: Iterator[int]) -> Iterator[int]:
    for number in numbers:
        yield number + 1


# ---- PySpark: code maps that admit code in ways of their own


class CodeMapForUDF(CodeMap):
    """Three-tuples in `_toplevel`; the source may be a part of another's."""

    def add(  # type: ignore[override]
        self,
        code: CodeType,
        toplevel_code: CodeType | None = None,
        *,
        sub_lines: list[str] | None = None,
        start_line: int | None = None,
    ) -> None:
        if code in self:
            return
        if toplevel_code is None:
            toplevel_code = code
            filename = code.co_filename
            if sub_lines is None or start_line is None:
                sub_lines, start_line = inspect.getsourcelines(code)
            linenos = range(start_line, start_line + len(sub_lines))
            self._toplevel.append((filename, code, linenos))
            self[code] = {}
        else:
            self[code] = self[toplevel_code]
        for subcode in filter(inspect.iscode, code.co_consts):
            self.add(subcode, toplevel_code=toplevel_code)


class CodeMapForUDFV2(CodeMap):
    """Two-tuples in `_toplevel`, no source wanted, `items` of its own."""

    def add(self, code: CodeType, toplevel_code: CodeType | None = None) -> None:
        if code in self:
            return
        if toplevel_code is None:
            toplevel_code = code
            self._toplevel.append((code.co_filename, code))
            self[code] = {}
        else:
            self[code] = self[toplevel_code]
        for subcode in filter(inspect.iscode, code.co_consts):
            self.add(subcode, toplevel_code=toplevel_code)

    def items(self) -> Any:
        for filename, code in self._toplevel:
            measures = self[code]
            if not measures:
                continue
            yield filename, ((line, measures[line]) for line in measures)


class UDFLineProfilerWithoutInit(LineProfiler):
    """Of the older releases: never calls the base's `__init__`."""

    def __init__(self, **kw: Any) -> None:
        include_children = kw.get("include_children", False)
        backend = kw.get("backend", "psutil")
        self.code_map = CodeMapForUDF(include_children=include_children, backend=backend)
        self.enable_count = 0
        self.max_mem = kw.get("max_mem")
        self.prevlines = []
        self.backend = choose_backend(kw.get("backend"))
        self.prev_lineno = None

    def __call__(  # type: ignore[override]
        self,
        func: Any = None,
        precision: int = 1,
        *,
        sub_lines: list[str] | None = None,
        start_line: int | None = None,
    ) -> Any:
        if func is not None:
            self.add_function(func, sub_lines=sub_lines, start_line=start_line)
            f = self.wrap_function(func)
            f.__module__ = func.__module__
            f.__name__ = func.__name__
            f.__doc__ = func.__doc__
            f.__dict__.update(getattr(func, "__dict__", {}))
            return f

        def inner_partial(f: Any) -> Any:
            return self.__call__(f, precision=precision)

        return inner_partial

    def add_function(  # type: ignore[override]
        self, func: Any, *, sub_lines: list[str] | None = None, start_line: int | None = None
    ) -> None:
        self.code_map.add(  # type: ignore[call-arg]
            func.__code__, sub_lines=sub_lines, start_line=start_line
        )


class UDFLineProfiler(UDFLineProfilerWithoutInit):
    """Of the newer ones: calls it, then puts a map of its own in place."""

    def __init__(self, **kw: Any) -> None:
        LineProfiler.__init__(self, **kw)
        self.code_map = CodeMapForUDF(
            include_children=kw.get("include_children", False), backend=kw.get("backend", "psutil")
        )


class UDFLineProfilerV2(LineProfiler):
    def __init__(self, **kw: Any) -> None:
        super().__init__(**kw)
        self.code_map = CodeMapForUDFV2(
            include_children=kw.get("include_children", False), backend=kw.get("backend", "psutil")
        )

    def add_code(self, code: CodeType) -> None:
        self.code_map.add(code)


def results(profiler: LineProfiler) -> dict[str, list[Any]]:
    """What PySpark sends to its driver, pickled on the way."""
    found = {name: list(lines) for name, lines in profiler.code_map.items()}
    again = pickle.loads(pickle.dumps(found))
    assert again == found
    return found


@pytest.mark.parametrize("kind", [UDFLineProfilerWithoutInit, UDFLineProfiler])
def test_a_udf_is_measured_line_by_line(kind: type[UDFLineProfiler]) -> None:
    profiler = kind()
    wrapped = profiler(udf)
    assert [wrapped(number) for number in range(3)] == [1, 2, 3]
    assert udf.__code__ in profiler.code_map
    assert len(profiler.code_map._toplevel) == 1
    lines = dict(results(profiler)[__file__])
    first = udf.__code__.co_firstlineno
    assert lines[first + 1][0] == pytest.approx(12, abs=0.5)
    assert lines[first + 2][0] == pytest.approx(-12, abs=0.5)
    assert [lines[first + line][2] for line in range(4)] == [3, 3, 3, 3]
    assert lines[first][0] > 1  # the baseline


@pytest.mark.parametrize("kind", [UDFLineProfilerWithoutInit, UDFLineProfiler])
def test_a_udf_whose_file_does_not_exist_is_measured(kind: type[UDFLineProfiler]) -> None:
    source = "def made(number):\n    return number + 1\n"
    namespace: dict[str, Any] = {}
    exec(compile(source, "<command-159>", "exec"), namespace)
    profiler = kind()
    lines = source.splitlines(keepends=True)
    wrapped = profiler(namespace["made"], sub_lines=lines, start_line=1)
    assert wrapped(1) == 2
    assert [line for line, figures in results(profiler)["<command-159>"] if figures] == [1, 2]
    stream = io.StringIO()
    show_results(profiler, stream)
    assert "Filename: <command-159>" in stream.getvalue()


def test_a_udf_is_measured_between_enable_and_disable_by_count() -> None:
    profiler = UDFLineProfilerV2()
    profiler.add_function(udf)
    profiler.enable_by_count()
    udf(1)
    profiler.disable_by_count()
    udf(1)
    lines = dict(results(profiler)[__file__])
    first = udf.__code__.co_firstlineno
    assert list(lines) == [first, first + 1, first + 2, first + 3]
    assert lines[first + 3][2] == 1


def test_an_iterator_udf_is_measured_by_a_new_profiler_for_each_item() -> None:
    generator = steps(iter(range(3)))
    found: list[dict[int, Any]] = []
    values = []
    while True:
        profiler = UDFLineProfilerV2()
        profiler.add_code(generator.gi_code)  # type: ignore[attr-defined]
        profiler.enable_by_count()
        try:
            values.append(next(generator))
        except StopIteration:
            break
        finally:
            profiler.disable_by_count()
            found.append(dict(results(profiler).get(__file__, [])))
    first = steps.__code__.co_firstlineno
    assert values == [1, 2, 3]
    assert len(found) == 4
    # Begun in the first step, resumed in the others, which come to the `for` line again.
    assert found[0][first][2] == 1
    assert found[0][first + 2][2] == 1
    for step in found[1:3]:
        assert step[first + 1][2] == 1
        assert step[first + 2][2] >= 1


def test_code_admitted_while_the_profiler_is_on_is_measured() -> None:
    profiler = UDFLineProfilerV2()
    with profiler:
        profiler.add_code(udf.__code__)
        udf(1)
    assert len(results(profiler)[__file__]) == 4


def test_a_map_put_in_place_later_gets_what_is_measured_from_then_on() -> None:
    profiler = LineProfiler()
    profiler.add_function(udf)
    with profiler:
        udf(1)
    first_map = profiler.code_map
    profiler.code_map = CodeMapForUDFV2(include_children=False, backend="psutil")
    profiler.add_function(steps)
    with profiler:
        udf(1)
        list(steps(iter([1])))
    assert [name for name, _ in first_map.items()] == [__file__]
    assert [code.co_name for code in profiler.code_map] == ["steps"]
    assert len(dict(results(profiler)[__file__])) == 3


def test_a_daemon_that_imported_us_forks_workers_that_measure_themselves(tmp_path: Path) -> None:
    source = """\
    import os
    from memory_profiler import LineProfiler, CodeMap, _get_memory
    parent = _get_memory(-1)
    def work(size):
        kept = bytearray(size * 2**20)
        return kept
    for size in (40, 90):
        if os.fork() == 0:
            profiler = LineProfiler()
            kept = profiler(work)(size)
            line = list(profiler.code_map.values())[0][5]
            assert size - 1 < line[0] < size + 1, line
            assert size < _get_memory(-1) < size + parent + 10
            os._exit(0)
        assert os.wait()[1] == 0
    """
    write(tmp_path, "daemon.py", source)
    answer = run(tmp_path, "-W", "error", "daemon.py")
    assert (answer.returncode, answer.stderr) == (0, "")


# ---- Profilers that trace in Python: the compatible path


class TwoArgumentCodeMap(CodeMap):
    """Overrides `trace` with the signature of old."""

    def trace(self, code: CodeType, lineno: int) -> None:  # type: ignore[override]
        lines = self[code]
        increment, usage, occurrences = lines.get(lineno, (0.0, 0.0, 0))
        lines[lineno] = (increment, usage, occurrences + 1)


class TracingProfiler(LineProfiler):
    """Overrides `trace_memory_usage`, and uses what the base keeps for it."""

    def __init__(self, **kw: Any) -> None:
        super().__init__(**kw)
        self.code_map = TwoArgumentCodeMap(False, "psutil")
        self.events: list[str] = []

    def trace_memory_usage(self, frame: Any, event: str, arg: Any) -> Any:
        if self._original_trace_function is not None:
            self._original_trace_function(frame, event, arg)
        if frame.f_code in self.code_map:
            self.events.append(event)
            if event == "call":
                self.prevlines.append(frame.f_lineno)
            elif event == "line":
                self.code_map.trace(frame.f_code, self.prevlines[-1])  # type: ignore[call-arg]
                self.prevlines[-1] = frame.f_lineno
            elif event == "return":
                self.code_map.trace(frame.f_code, self.prevlines.pop())  # type: ignore[call-arg]
        return self.trace_memory_usage


def test_a_subclass_that_traces_by_itself_gets_the_events() -> None:
    before = sys.gettrace()
    profiler = TracingProfiler()
    assert profiler(udf)(1) == 2
    assert sys.gettrace() is before
    assert profiler.events == ["call", "line", "line", "line", "return"]
    lines = profiler.code_map[udf.__code__]
    assert [figures[2] for figures in lines.values()] == [1, 1, 1, 1]


class OnlyTrace(CodeMap):
    """Overrides `trace` alone, and calls the base's."""

    seen: int = 0

    def trace(self, code: CodeType, lineno: int, prev_lineno: int | None) -> None:
        self.seen += 1
        super().trace(code, lineno, prev_lineno)


def test_a_code_map_that_overrides_trace_is_called_for_each_line() -> None:
    profiler = LineProfiler()
    profiler.code_map = OnlyTrace(False, "psutil")
    profiler(udf)(1)
    assert profiler.code_map.seen == 4
    lines = profiler.code_map[udf.__code__]
    first = udf.__code__.co_firstlineno
    assert lines[first + 1][0] == pytest.approx(4, abs=0.3)
    assert lines[first + 2][0] == pytest.approx(-4, abs=0.3)


# ---- Others


class MemoryProfiler(LineProfiler):
    def print_stats(self, stream: Any = None, precision: int = 1) -> None:
        show_results(self, stream=stream, precision=precision)


def test_a_subclass_that_prints_and_an_unknown_keyword() -> None:
    profiler = MemoryProfiler(enable_global=True)
    profiler.add_function(udf)
    profiler.enable()
    udf(1)
    profiler.disable()
    stream = io.StringIO()
    profiler.print_stats(stream, precision=3)
    assert tables(stream.getvalue())[0].row("Pages").increment == pytest.approx(4, abs=0.3)


def test_increments_are_read_with_the_first_row_skipped() -> None:
    profiler = LineProfiler()
    profiler(udf)(1)
    _, lines = list(profiler.code_map.items())[0]  # noqa: RUF015  as they write it
    increments = [figures[0] for _, figures in lines if figures is not None][1:]
    assert increments == pytest.approx([4, -4, 0], abs=0.3)
    assert list(list(profiler.code_map.values())[0].values())[-1][2] == 1  # noqa: RUF015
