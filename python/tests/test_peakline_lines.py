# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""`peakline.lines`: one call measured, its result typed, as text and as JSON."""

from __future__ import annotations

import asyncio
import functools
import json
import platform
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from known_memory import MIB, PAGES_PER_MIB, Pages
from programs import tables

import peakline
from peakline import FunctionProfile, Line, LineProfile, UnknownBackend, lines

TOLERANCE = MIB // 4

HEAP_ONLY = [
    *("heap_increment", "own_peak", "allocated", "freed", "allocations"),
    *("python_increment", "requested", "other_threads"),
]


def grows(mib: int, times: int = 2) -> list[Pages]:
    kept = [Pages(mib * PAGES_PER_MIB)]
    for _ in range(times):
        kept.append(Pages(PAGES_PER_MIB))
    if not kept:
        return []
    return kept


def line_with(result: LineProfile, fragment: str) -> Line:
    found = [
        line
        for function in result.functions
        for line in function.lines
        if line.source is not None and fragment in line.source
    ]
    assert len(found) == 1
    return found[0]


def test_the_result_is_typed_and_in_bytes() -> None:
    result = lines(grows, 8, times=3)
    assert isinstance(result, LineProfile)
    assert (result.backend, len(result.value)) == ("rss", 4)
    (function,) = result.functions
    assert isinstance(function, FunctionProfile)
    assert (function.file, function.name) == (__file__, "grows")
    assert function.first_line == grows.__code__.co_firstlineno
    assert isinstance(function.baseline, int)
    assert [line.line - function.first_line for line in function.lines] == list(range(7))
    for line in function.lines:
        assert isinstance(line.increment, int)
        assert isinstance(line.rss_increment, int)
        assert isinstance(line.seconds, float)
    first = line_with(result, "kept = ")
    assert first.increment == pytest.approx(8 * MIB, abs=TOLERANCE)
    assert first.usage == pytest.approx(function.baseline + 8 * MIB, abs=2 * TOLERANCE)
    step = line_with(result, "append")
    assert step.occurrences == 3
    assert step.increment == pytest.approx(3 * MIB, abs=TOLERANCE)
    assert step.seconds > 0
    idle = line_with(result, "return []")
    assert idle == (idle.line, "        return []", 0, None, 0, 0, 0.0, *[None] * 8)
    for pages in result.value:
        pages.close()


def test_the_json_has_the_documented_keys_and_no_others() -> None:
    result = lines(grows, 1)
    data = json.loads(result.to_json())
    assert data == result.to_dict()
    assert list(data) == ["schema", "kind", "backend", "python", "caveats", "functions"]
    assert (data["schema"], data["kind"], data["backend"]) == (2, "lines", "rss")
    assert (data["python"], data["caveats"]) == (platform.python_version(), [])
    (function,) = data["functions"]
    keys = ["file", "name", "first_line", "baseline", "note", "recursive", "lines"]
    assert list(function) == keys
    assert function["baseline"] == result.functions[0].baseline
    assert function["note"] is None
    assert function["recursive"] is False
    for line in function["lines"]:
        assert list(line) == [
            "line",
            "source",
            "occurrences",
            "usage",
            "increment",
            "rss_increment",
            "seconds",
            *HEAP_ONLY,
        ]
        assert [line[name] for name in HEAP_ONLY] == [None] * 8
    assert function["lines"][2]["occurrences"] == 3
    assert function["lines"][0]["source"].startswith("def grows(")


def test_the_text_is_memory_profilers_table() -> None:
    result = lines(grows, 4)
    (table,) = tables(result.to_text(precision=3))
    assert table.filename == __file__
    first = table.row("def grows")
    assert first.increment == pytest.approx(result.functions[0].baseline / MIB, abs=0.002)
    assert table.row("append").occurrences == 2


def test_the_function_is_called_once_with_its_arguments() -> None:
    calls: list[Any] = []

    def called(*args: object, **kwargs: object) -> str:
        calls.append((args, kwargs))
        return "value"

    result = lines(called, 1, func=2, backend="rss")
    assert (result.value, calls) == ("value", [((1,), {"func": 2})])


def test_exceptions_pass() -> None:
    def fails() -> None:
        raise KeyError("told")

    with pytest.raises(KeyError, match="told"):
        lines(fails)


def test_generators_and_coroutines_are_run_to_their_end() -> None:
    def generator() -> Iterator[int]:
        for number in range(3):
            yield number * 2

    async def coroutine() -> str:
        await asyncio.sleep(0)
        return "value"

    async def asynchronous() -> AsyncIterator[int]:
        for number in range(3):
            await asyncio.sleep(0)
            yield number

    assert line_with(lines(generator), "yield").occurrences == 3
    assert lines(coroutine).value == "value"
    assert line_with(lines(coroutine), "await").occurrences == 1
    assert line_with(lines(asynchronous), "yield").occurrences == 3


class Kind:
    def __init__(self, number: int) -> None:
        self.number = number

    def method(self) -> int:
        return self.number

    def __call__(self) -> int:
        return -self.number


@pytest.mark.parametrize(
    ("func", "args", "names"),
    [
        (Kind, (1,), ["Kind.__init__"]),
        (Kind(1).method, (), ["Kind.method"]),
        (Kind(1), (), ["Kind.__call__"]),
        (functools.partial(grows, 1), (0,), ["grows"]),
    ],
)
def test_names_are_qualified_for_everything_that_can_be_called(
    func: Any, args: tuple[Any, ...], names: list[str]
) -> None:
    assert [function.name for function in lines(func, *args).functions] == names


def test_what_has_no_python_code_is_a_type_error() -> None:
    with pytest.raises(TypeError, match="has no Python code"):
        lines(len, [])


def test_an_unknown_backend_is_both_errors_and_names_the_choices() -> None:
    for kind in (ValueError, KeyError, UnknownBackend):
        with pytest.raises(kind, match="tracemalloc"):
            lines(grows, 1, backend="magic")


@pytest.mark.parametrize(
    ("backend", "canonical"), [("psutil_uss", "uss"), ("pss", "pss"), ("posix", "rss")]
)
def test_backends_go_by_their_plain_names(backend: str, canonical: str) -> None:
    result = lines(grows, 64, backend=backend)
    assert result.backend == canonical
    # Proportional sets also change when other processes that share our files come and go.
    tolerance = 16 * TOLERANCE if canonical == "pss" else TOLERANCE
    assert line_with(result, "kept = ").increment == pytest.approx(64 * MIB, abs=tolerance)
    for pages in result.value:
        pages.close()


def test_with_tracemalloc_the_resident_set_is_told_apart() -> None:
    result = lines(grows, 8, backend="tracemalloc")
    line = line_with(result, "kept = ")
    assert abs(line.increment) < TOLERANCE  # mapped behind Python's back
    assert line.rss_increment == pytest.approx(8 * MIB, abs=TOLERANCE)


def test_code_without_source_has_numbers_and_no_text(tmp_path: Path) -> None:
    namespace: dict[str, Any] = {}
    exec("def made():\n    a = 1\n    return a\n", namespace)
    result = lines(namespace["made"])
    (function,) = result.functions
    assert [line.source for line in function.lines] == [None, None, None]
    assert [line.occurrences for line in function.lines] == [1, 1, 1]
    assert function.note is not None
    assert "<source unavailable>" in result.to_text()


def test_the_names_of_the_package_are_all_there() -> None:
    assert set(peakline.__all__) <= set(dir(peakline))
    for name in peakline.__all__:
        assert getattr(peakline, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = peakline.nothing
