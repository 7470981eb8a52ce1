# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""`CodeMap`: the dict of dicts that programs read, fill and subclass."""

from __future__ import annotations

import functools
import importlib
import inspect
import sys
from collections.abc import Callable
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

import pytest
from known_memory import PAGES_PER_MIB, Pages

from memory_profiler import CodeMap, LineProfiler


def outer(flag: bool) -> Any:
    double = lambda value: 2 * value  # noqa: E731
    if flag:
        return [double(value) for value in range(3)]
    return None


def allocates() -> int:
    first = Pages(8 * PAGES_PER_MIB)
    second = Pages(2 * PAGES_PER_MIB)
    first.close()
    second.close()
    return 1


def test_both_arguments_are_required() -> None:
    made = CodeMap(include_children=False, backend="psutil")
    assert (made.include_children, made.backend, made._toplevel) == (False, "psutil", [])
    assert isinstance(made, dict)
    with pytest.raises(TypeError):
        CodeMap()  # type: ignore[call-arg]


def test_a_code_is_admitted_once_and_nested_ones_share_its_lines() -> None:
    made = CodeMap(False, "psutil")
    made.add(outer.__code__)
    made.add(outer.__code__)
    assert len(made._toplevel) == 1
    filename, code, numbers = made._toplevel[0]
    assert (filename, code) == (__file__, outer.__code__)
    assert list(numbers) == list(range(outer.__code__.co_firstlineno, numbers[-1] + 1))
    assert len(numbers) == 5
    nested = next(
        constant for constant in outer.__code__.co_consts if isinstance(constant, type(code))
    )
    assert nested in made
    assert made[nested] is made[outer.__code__]


def test_items_cover_every_line_of_the_functions_that_ran() -> None:
    profiler = LineProfiler()
    profiler.add_function(outer)
    profiler.add_function(allocates)
    with profiler:
        outer(False)
    ((filename, lines),) = profiler.code_map.items()
    assert filename == __file__
    first = outer.__code__.co_firstlineno
    assert [(line - first, figures and figures[2]) for line, figures in lines] == [
        (0, 1),
        (1, 1),
        (2, 1),
        (3, None),
        (4, 1),
    ]


def test_lines_stand_in_the_order_in_which_they_first_ran() -> None:
    def backwards() -> int:
        step = 0
        while step < 2:
            step += 1
            if step == 1:
                continue
            step += 5
        return step

    profiler = LineProfiler()
    profiler(backwards)()
    (lines,) = list(profiler.code_map.values())
    first = backwards.__code__.co_firstlineno
    assert [line - first for line in lines] == [0, 1, 2, 3, 4, 5, 6, 7]
    assert list(lines.values())[2][2] == 3


def test_figures_are_increment_usage_and_occurrences_in_mib() -> None:
    profiler = LineProfiler()
    profiler(allocates)()
    lines = profiler.code_map[allocates.__code__]
    first = allocates.__code__.co_firstlineno
    increments = [lines[first + line][0] for line in range(1, 6)]
    assert increments == pytest.approx([8, 2, -8, -2, 0], abs=0.3)
    base = lines[first]
    assert base[0] == base[1] > 1  # the usage at the first call
    assert lines[first + 2][1] == pytest.approx(base[1] + 10, abs=0.5)


def test_get_values_and_brackets_see_the_same() -> None:
    profiler = LineProfiler()
    profiler(allocates)()
    by_get = profiler.code_map.get(allocates.__code__)
    assert by_get is profiler.code_map[allocates.__code__] is next(iter(profiler.code_map.values()))
    assert profiler.code_map.get("absent", 3) == 3


def test_trace_records_a_line_by_hand() -> None:
    made = CodeMap(False, "psutil")
    made.add(allocates.__code__)
    made.trace(allocates.__code__, 10, None)
    kept = Pages(8 * PAGES_PER_MIB)
    made.trace(allocates.__code__, 11, 10)
    made.trace(allocates.__code__, 11, 11)
    kept.close()
    made.trace(allocates.__code__, 10, 11)
    lines = made[allocates.__code__]
    assert lines[11][0] == pytest.approx(8, abs=0.3)
    assert [lines[10][2], lines[11][2]] == [2, 2]
    assert lines[10][0] == pytest.approx(lines[10][1] - 8, abs=0.5)


def test_code_without_a_file_is_admitted() -> None:
    namespace: dict[str, Any] = {}
    exec("def made():\n    return 1\n", namespace)
    profiler = LineProfiler()
    profiler(namespace["made"])()
    ((filename, lines),) = profiler.code_map.items()
    assert filename == "<string>"
    assert [line for line, _ in lines] == [1, 2]


def test_a_redefined_function_is_not_taken_for_the_old_one() -> None:
    profiler = LineProfiler()
    results = []
    for number in range(20):
        namespace: dict[str, Any] = {}
        exec(f"def made():\n    return {number}\n", namespace)
        results.append(profiler(namespace.pop("made"))())
    assert results == list(range(20))
    assert [lines[2][2] for lines in profiler.code_map.values()] == [1] * 20


class OwnAdd(CodeMap):
    """A subclass that admits code in a way of its own, as PySpark's do."""

    def add(self, code: CodeType, toplevel_code: CodeType | None = None) -> None:
        if code in self:
            return
        self._toplevel.append((code.co_filename, code, range(1, 9)))
        self[code] = {}


def copy_of(function: Callable[[], Any]) -> FunctionType:
    """A function of an equal code object, as one that was pickled and loaded has."""
    assert isinstance(function, FunctionType)
    copy = FunctionType(function.__code__.replace(), function.__globals__)
    assert copy.__code__ == function.__code__
    assert copy.__code__ is not function.__code__
    return copy


@pytest.fixture(params=[CodeMap, OwnAdd])
def profiler(request: pytest.FixtureRequest) -> LineProfiler:
    made = LineProfiler()
    made.code_map = request.param(include_children=False, backend="psutil")
    return made


def test_a_module_that_is_reloaded_adds_to_the_figures_from_before(
    profiler: LineProfiler, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "reloaded_module.py").write_text("def work():\n    return 1\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    module = importlib.import_module("reloaded_module")
    old = profiler(module.work)
    old()
    importlib.reload(module)
    new = profiler(module.work)
    assert old.__wrapped__.__code__ is not new.__wrapped__.__code__
    new()
    old()
    (lines,) = profiler.code_map.values()
    assert {line: figures[2] for line, figures in lines.items()} == {1: 3, 2: 3}
    assert lines[1][0] == pytest.approx(lines[1][1], abs=0.5)  # one baseline, the first


def test_the_same_text_in_two_files_is_measured_in_both(
    profiler: LineProfiler, tmp_path: Path
) -> None:
    text = "def work(flag):\n    if flag:\n        return 1\n    return 2\n"
    wrapped = []
    for name in ("one.py", "two.py"):
        (tmp_path / name).write_text(text)
        namespace: dict[str, Any] = {}
        exec(compile(text, str(tmp_path / name), "exec"), namespace)
        wrapped.append(profiler(namespace["work"]))
    assert [wrapped[0](False), wrapped[1](True), wrapped[1](False)] == [2, 1, 2]
    ((filename, blocks),) = profiler.code_map.items()
    assert filename == str(tmp_path / "one.py")
    assert {line: figures[2] for line, figures in blocks if figures} == {1: 3, 2: 3, 3: 1, 4: 2}
    (lines,) = profiler.code_map.values()
    assert list(lines) == [1, 2, 4, 3]


def test_increments_of_copies_add_up_and_usage_is_the_highest(profiler: LineProfiler) -> None:
    copy = copy_of(allocates)
    kept = Pages(16 * PAGES_PER_MIB)
    profiler(allocates)()
    kept.close()
    profiler(copy)()
    first = allocates.__code__.co_firstlineno
    lines = profiler.code_map[copy.__code__]
    assert lines is profiler.code_map[allocates.__code__]
    assert lines[first + 1][0] == pytest.approx(16, abs=0.5)
    assert lines[first + 1][1] == pytest.approx(lines[first][0] + 8, abs=0.5)
    assert lines[first + 1][2] == 2


def test_a_copy_that_is_added_while_the_profiler_is_on_is_measured(profiler: LineProfiler) -> None:
    copy = copy_of(allocates)
    profiler.add_function(allocates)
    with profiler:
        profiler.code_map.add(copy.__code__)
        copy()
    (lines,) = profiler.code_map.values()
    assert [figures[2] for figures in lines.values()] == [1] * 6


def test_the_codes_are_gone_through_again_only_when_there_are_new_ones(
    profiler: LineProfiler, monkeypatch: pytest.MonkeyPatch
) -> None:
    walks: list[CodeMap] = []
    walk = CodeMap._distinct
    monkeypatch.setattr(CodeMap, "_distinct", lambda self: walks.append(self) or walk(self))
    wrapped = profiler(allocates)
    for _ in range(5):
        wrapped()
    assert len(walks) == 1
    profiler(copy_of(allocates))()
    assert len(walks) == 2


# ---- Functions inside of functions


def makes(count: int) -> list[int]:
    kept = []

    @functools.lru_cache(None)
    def grow(number: int) -> int:
        kept.append(Pages(2 * PAGES_PER_MIB))
        return number

    class Kind:
        squares = tuple(number**2 for number in range(2))

        def method(self) -> int:
            def deep(flag: bool) -> int:
                if flag:
                    return 1
                return 0

            return deep(True) + deep(False)

    steps = (
        value
        for value in range(count)
    )  # fmt: skip
    found = [grow(value) for value in steps]
    found += [Kind().method() for _ in range(3)]
    found.sort(
        key=lambda value: (
            -value
        )
    )  # fmt: skip
    for each in kept:
        each.close()
    return found


OCCURRENCES = {
    "def makes": 1,
    "kept = []": 1,
    "def grow": 1,
    "kept.append": 4,
    "return number": 4,
    "class Kind": 1,
    "squares =": 1,
    "def method": 1,
    "def deep": 3,
    "if flag": 6,
    "return 1": 3,
    "return 0": 3,
    "return deep": 3,
    "steps = (": 1,
    "found = [": 1,
    "found += [": 1,
    "found.sort(": 1,
    "for each": 5,
    "each.close": 4,
    "return found": 1,
}


def figures_of(code_map: CodeMap, function: Any) -> dict[str, tuple[float, float, int]]:
    """Of each measured line, by the beginning of its text, in the order of the map."""
    texts, first = inspect.getsourcelines(function)
    found = {}
    for line, figures in code_map[function.__code__].items():
        text = texts[line - first].strip()
        found[next(start for start in OCCURRENCES if text.startswith(start))] = figures
    return found


def occurrences_of(code_map: CodeMap, function: Any) -> dict[str, int]:
    """How often each of the lines ran."""
    return {text: figures[2] for text, figures in figures_of(code_map, function).items()}


@pytest.mark.parametrize("keywords", [{}, {"include_children": True}])
def test_lines_of_what_a_function_defines_stand_in_its_table(keywords: dict[str, Any]) -> None:
    profiler = LineProfiler(**keywords)
    assert profiler(makes)(4) == [3, 2, 1, 1, 1, 1, 0]
    assert list(occurrences_of(profiler.code_map, makes).items()) == list(OCCURRENCES.items())


def test_their_increments_are_what_they_added() -> None:
    profiler = LineProfiler()
    profiler(makes)(4)
    figures = figures_of(profiler.code_map, makes)
    assert figures["kept.append"][0] == pytest.approx(8, abs=0.3)
    assert figures["found = ["][0] == pytest.approx(8, abs=0.3)  # the line that calls it
    assert figures["def makes"][0] == figures["def makes"][1] > 1
    assert figures["def grow"][0] == pytest.approx(0, abs=0.3)  # no second baseline


def test_a_map_of_another_s_kind_has_them_too() -> None:
    class OwnWalk(CodeMap):
        """Admits nested code in a way of its own, as PySpark's do."""

        def add(self, code: CodeType, toplevel_code: CodeType | None = None) -> None:
            if code in self:
                return
            if toplevel_code is None:
                toplevel_code = code
                self._toplevel.append((code.co_filename, code))
                self[code] = {}
            else:
                self[code] = self[toplevel_code]
            for constant in code.co_consts:
                if isinstance(constant, CodeType):
                    self.add(constant, toplevel_code)

    profiler = LineProfiler()
    profiler.code_map = OwnWalk(include_children=False, backend="psutil")
    profiler(makes)(4)
    assert occurrences_of(profiler.code_map, makes) == OCCURRENCES


def test_only_what_has_lines_of_its_own_is_watched() -> None:
    profiler = LineProfiler()
    profiler.add_function(makes)
    with profiler:
        watched = {code.co_name for code in profiler._session.codes()}
    assert watched == {"makes", "grow", "Kind", "method", "deep"}
    profiler = LineProfiler()
    profiler.add_function(outer)
    with profiler:
        assert [code.co_name for code in profiler._session.codes()] == ["outer"]


def test_code_without_source_has_them_too() -> None:
    text = (
        "def around(n):\n    def inner(i):\n        return i\n    return list(map(inner, range(n)))"
    )
    namespace: dict[str, Any] = {}
    exec(text, namespace)
    profiler = LineProfiler()
    assert profiler(namespace["around"])(3) == [0, 1, 2]
    lines = profiler.code_map[namespace["around"].__code__]
    assert {line: figures[2] for line, figures in lines.items()} == {1: 1, 2: 1, 3: 3, 4: 1}


def test_a_copy_of_a_function_has_its_own_inner_functions_counted() -> None:
    profiler = LineProfiler()
    for function in (makes, copy_of(makes)):
        profiler(function)(4)
    found = occurrences_of(profiler.code_map, makes)
    assert (found["kept.append"], found["if flag"], found["def makes"]) == (8, 12, 2)


def test_the_figures_of_several_calls_add_up_while_it_is_on() -> None:
    profiler = LineProfiler()
    wrapped = profiler(makes)
    with profiler:
        wrapped(4)
        assert occurrences_of(profiler.code_map, makes)["kept.append"] == 4
        wrapped(4)
        assert occurrences_of(profiler.code_map, makes)["kept.append"] == 8
