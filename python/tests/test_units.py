# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""The statement map, proved on running code: one table, whatever Python counts the lines."""

from __future__ import annotations

import ast
import sys
from types import CodeType, FrameType
from typing import Any

import pytest
from units_corpus import CORPUS

from peakline._units import Units, units_by_line, units_of


class Counter:
    """Counts unit entries per frame, as an engine would; a resumed frame continues where it was."""

    def __init__(self, code: CodeType, units: Units) -> None:
        self.code = code
        self.units = units
        self.occurrences: dict[int, int] = {}
        self._open: dict[FrameType, int] = {}

    def enter(self, frame: FrameType, unit: int) -> None:
        if self._open.get(frame) != unit:
            self._open[frame] = unit
            line = self.units.lines[unit]
            self.occurrences[line] = self.occurrences.get(line, 0) + 1

    def start(self, frame: FrameType) -> None:
        if frame not in self._open:
            self.enter(frame, 0)

    def line(self, frame: FrameType, line: int) -> None:
        assert self.units.first_line <= line < self.units.first_line + len(self.units.index), line
        self.enter(frame, self.units.unit_at(line))

    def table(self) -> dict[int, int]:
        return dict(sorted(self.occurrences.items()))


def by_trace_function(counter: Counter, drive: Any) -> None:
    def local(frame: FrameType, event: str, argument: object) -> Any:
        if event == "line":
            counter.line(frame, frame.f_lineno)
        return local

    def trace(frame: FrameType, event: str, argument: object) -> Any:
        if frame.f_code is not counter.code:
            return None
        counter.start(frame)
        return local

    sys.settrace(trace)
    try:
        drive()
    finally:
        sys.settrace(None)


def by_monitoring(counter: Counter, drive: Any) -> None:
    monitoring = sys.monitoring
    events = monitoring.events
    tool = 4

    def frame() -> FrameType:
        return sys._getframe(2)

    def start(code: CodeType, offset: int) -> None:
        counter.start(frame())

    def line(code: CodeType, number: int) -> None:
        counter.line(frame(), number)

    monitoring.use_tool_id(tool, "test_units")
    try:
        monitoring.register_callback(tool, events.PY_START, start)
        monitoring.register_callback(tool, events.LINE, line)
        monitoring.set_local_events(tool, counter.code, events.PY_START | events.LINE)
        drive()
        monitoring.set_local_events(tool, counter.code, 0)
    finally:
        monitoring.free_tool_id(tool)


def node_of(source: str, code: CodeType) -> ast.AST:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            decorators = getattr(node, "decorator_list", [])
            first = decorators[0].lineno if decorators else node.lineno
            if first == code.co_firstlineno:
                return node
    raise LookupError(code)


def units_in(source: str, code: CodeType) -> Units:
    node = node_of(source, code)
    lines = source.splitlines(keepends=True)[code.co_firstlineno - 1 :]
    return units_of(node, code.co_firstlineno, getattr(node, "end_lineno", 0), lines)


def tables(source: str) -> dict[str, dict[int, int]]:
    """The table of `f` by every way of watching lines that this Python has."""
    ways = {"trace function": by_trace_function}
    if hasattr(sys, "monitoring"):
        ways["monitoring"] = by_monitoring
    result = {}
    for way, watch in ways.items():
        namespace: dict[str, Any] = {}
        exec(compile(source, "<corpus>", "exec"), namespace)
        code = namespace["f"].__code__
        counter = Counter(code, units_in(source, code))
        watch(counter, namespace["drive"])
        result[way] = counter.table()
    return result


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    ("since", "source", "expected"),
    [pytest.param(since, source, table, id=name) for name, since, source, table in CORPUS],
)
def test_occurrences_are_those_a_reader_counts_on_every_python(
    since: tuple[int, int], source: str, expected: dict[int, int]
) -> None:
    if sys.version_info < since:
        pytest.skip("the syntax is newer than this Python")
    for way, table in tables(source).items():
        assert table == expected, way


def shown(source: str, **arguments: Any) -> list[int]:
    """For each line of the source the line that shows it."""
    tree = ast.parse(source)
    node = tree.body[0] if not arguments.pop("module", False) else tree
    lines = source.splitlines(keepends=True)
    units = units_of(node, 1, len(lines), lines)
    return [units.lines[unit] for unit in units.index]


def test_lines_that_hold_no_statement_follow_the_line_above() -> None:
    source = (
        "def f():\n    x = 1\n\n    # why\n    if x:\n        y = 1\n    else:\n        y = 2\n"
    )
    assert shown(source) == [1, 2, 2, 2, 5, 6, 6, 8]


def test_module_level_code_has_its_first_line_as_unit_zero() -> None:
    source = '"""Doc\nstring."""\nimport os\n\nif os:\n    x = (\n        1)\nclass C:\n    y = 1\n'
    assert shown(source, module=True) == [1, 1, 3, 3, 5, 6, 6, 8, 8]
    assert shown("\n\nx = 1\n", module=True) == [1, 1, 3]


def test_a_class_body_is_mapped_like_a_function() -> None:
    source = (
        "@deco(\n    1)\nclass C(\n    B):\n"
        "    x = (1,\n         2)\n    def m(self):\n        pass\n"
    )
    assert shown(source) == [1, 1, 1, 1, 5, 5, 7, 7]


def test_an_expression_is_one_unit() -> None:
    node = ast.parse("[x\n for x in y\n if x]", mode="eval").body
    units = units_of(node, 1, 3)
    assert (units.index, units.lines) == ([0, 0, 0], [1])


def test_without_source_each_line_is_its_own_unit() -> None:
    units = units_by_line(10, 13)
    assert (units.index, units.lines) == ([0, 1, 2, 3], [10, 11, 12, 13])
    assert units.unit_at(12) == 2
    assert units.unit_at(9) == units.unit_at(99) == 0


def test_a_long_chain_of_elif_needs_no_recursion() -> None:
    count = 500
    chain = "".join(f"    elif x == {i}:\n        y = {i}\n" for i in range(count))
    source = f"def f(x):\n    if x:\n        y = 0\n{chain}"
    assert shown(source) == list(range(1, 2 * count + 4))


def test_a_case_keyword_is_found_among_names_and_comments_like_it() -> None:
    source = (
        "def f(v):\n    match v:\n        case 1: pass\n        # case 5\n        case \\\n"
        "            case_x:\n            pass\n"
        "        case (\n            2\n        ):\n            pass\n"
    )
    assert shown(source) == [1, 2, 3, 3, 5, 5, 7, 8, 8, 8, 11]
