# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""What memory_profiler's own tests ask for, asked again: one test for each of its files."""

from __future__ import annotations

import ctypes
import io
import subprocess
from pathlib import Path

import pytest
from programs import run, tables, write

from memory_profiler import LineProfiler, memory_usage, profile


def ends_well(folder: Path, source: str, *flags: object) -> subprocess.CompletedProcess[str]:
    """Runs a script under the profiler; it must end well and say nothing on stderr."""
    write(folder, "script.py", source)
    answer = run(folder, "-m", "memory_profiler", *flags, "script.py")
    assert (answer.returncode, answer.stderr) == (0, "")
    return answer


# ---- Scripts run by `python -m memory_profiler`


def test_a_decorated_function_called_twice(tmp_path: Path) -> None:
    source = """\
    @profile
    def build(times=2):
        rows = []
        for _ in range(times):
            rows.append([1] * 1000)
        return rows

    build()
    build(3)
    """
    (table,) = tables(ends_well(tmp_path, source).stdout)
    assert table.row("return").occurrences == 2
    assert table.row("append").occurrences == 5


def test_two_loops_of_which_one_is_decorated(tmp_path: Path) -> None:
    source = """\
    def unwatched():
        for number in range(100):
            number += 1

    @profile
    def watched():
        for number in range(10):
            unwatched()

    unwatched()
    watched()
    """
    (table,) = tables(ends_well(tmp_path, source).stdout)
    assert table.row("unwatched()").occurrences == 10


def test_two_decorated_loops(tmp_path: Path) -> None:
    source = """\
    @profile
    def inner():
        for _ in range(3):
            pass

    @profile
    def outer():
        for _ in range(4):
            inner()

    outer()
    """
    first, second = tables(ends_well(tmp_path, source).stdout)
    assert first.row("pass").occurrences == 12
    assert second.row("inner()").occurrences == 4
    assert max(row.increment for row in [*first.rows.values()][1:]) < 1


def test_names_and_docstrings_are_kept_by_both_forms(tmp_path: Path) -> None:
    source = """\
    def plain():
        "Its words."

    for decorated in (profile(plain), profile()(plain)):
        assert decorated.__name__ == "plain"
        assert decorated.__doc__ == "Its words."
    """
    ends_well(tmp_path, source)


def test_an_import_under_another_name_is_seen_by_the_function(tmp_path: Path) -> None:
    source = """\
    import time as clock

    @profile
    def look():
        return clock.time()

    look()
    """
    ends_well(tmp_path, source)


def test_the_scripts_globals_are_its_own(tmp_path: Path) -> None:
    ends_well(tmp_path, "assert 'options' not in globals()\noptions = prof = parser = None\n")


def test_precision_may_be_given_to_the_injected_decorator(tmp_path: Path) -> None:
    source = "@profile(precision=9)\ndef f():\n    return 1\nf()\n"
    assert tables(ends_well(tmp_path, source).stdout)


def test_with_profile_around_a_generators_step_and_comprehensions(tmp_path: Path) -> None:
    source = """\
    def numbers():
        yield from range(3)

    @profile
    def comprehend():
        squares = [x * x for x in range(50)]
        return sum(x for x in squares)

    with profile:
        next(numbers())
    assert comprehend() == sum(x * x for x in range(50))
    """
    (table,) = tables(ends_well(tmp_path, source).stdout)
    assert [row.occurrences for row in table.rows.values()] == [1, 1, 1]


def test_source_that_is_not_ascii(tmp_path: Path) -> None:
    source = """\
    @profile
    def grüße():
        text = "žluťoučký kůň 木"
        return text

    grüße()
    """
    assert "žluťoučký kůň 木" in ends_well(tmp_path, source).stdout


def test_enabling_by_hand_with_a_nested_function(tmp_path: Path) -> None:
    source = """\
    @profile
    def outer():
        def inner():
            return 1
        return inner()

    profile.enable_by_count()
    outer()
    """
    (table,) = tables(ends_well(tmp_path, source).stdout)
    assert table.row("return inner").occurrences == 1


# ---- Scripts that import the decorator


def test_tracemallocs_increments_are_exact_to_a_ten_thousandth_of_a_mebibyte() -> None:
    for size in (100, 10_000, 1_000_000, 100_000_000):
        stream = io.StringIO()

        @profile(stream=stream, precision=6, backend="tracemalloc")
        def allocate(size: int = size) -> None:
            held = bytearray(size)
            del held

        allocate()
        taken, given = (line.split() for line in stream.getvalue().rstrip("\n").split("\n")[-2:])
        expected = size / 2**20
        assert float(taken[3]) == pytest.approx(expected, abs=0.0001)
        assert float(given[3]) == pytest.approx(-expected, abs=0.0001)


def test_precision_of_the_imported_decorator() -> None:
    for precision in (4, 5):
        stream = io.StringIO()
        profile(lambda: None, stream, precision)()
        cell = stream.getvalue().splitlines()[4].split()[1]
        assert len(cell.partition(".")[2]) == precision


def test_a_stream_takes_what_is_not_ascii(tmp_path: Path) -> None:
    with open(tmp_path / "out", "w", encoding="ascii") as stream:

        @profile(stream=stream)
        def work() -> str:
            return "木"

        assert work() == "木"
    assert "\\u6728" in (tmp_path / "out").read_text()


def test_a_coroutine_in_a_task(tmp_path: Path) -> None:
    source = """\
    import asyncio
    from memory_profiler import profile

    @profile
    async def work():
        held = [0] * 1000
        await asyncio.sleep(0.001)
        return len(held)

    async def main():
        assert await asyncio.create_task(work()) == 1000

    asyncio.run(main())
    """
    write(tmp_path, "script.py", source)
    answer = run(tmp_path, "script.py")
    assert (answer.returncode, answer.stderr) == (0, "")
    (table,) = tables(answer.stdout)
    assert table.row("await").occurrences == 1


# ---- memory_usage


def test_star_arguments_and_the_returned_value() -> None:
    def call(*args: int, **keywords: int) -> tuple[tuple[int, ...], dict[str, int]]:
        return args, keywords

    memory, returned = memory_usage((call, (1, 2), {"a": 1}), retval=True)
    assert returned == ((1, 2), {"a": 1})
    assert isinstance(memory, list)
    assert all(type(value) is float for value in memory)


def test_one_iteration_is_one_call(tmp_path: Path) -> None:
    path = tmp_path / "calls"

    def call() -> None:
        with open(path, "a") as file:
            file.write("call\n")

    memory_usage((call, ()), max_iterations=1)
    assert path.read_text() == "call\n"


def test_types_of_results() -> None:
    assert type(memory_usage(-1, timeout=0.02, interval=0.01)) is list
    assert type(memory_usage((list, ()), max_usage=True)) is float
    assert type(memory_usage(-1, max_usage=True)) is float


def test_a_function_that_raises_does_so_at_once() -> None:
    def fails() -> None:
        raise NotImplementedError("told")

    with pytest.raises(NotImplementedError, match="told"):
        memory_usage((fails, (), {}), timeout=1)


# ---- Increments and loop counts


def test_a_loops_header_is_counted_once_more_than_its_body() -> None:
    def loop() -> list[bytes]:
        held = []
        for number in range(12):
            held.append(b"x" * (2**20 + number))
        return held

    # What malloc keeps of earlier tests is resident already, and would not show.
    ctypes.CDLL(None).malloc_trim(0)
    profiler = LineProfiler()
    profiler(loop)()
    figures = list(list(profiler.code_map.values())[0].values())  # noqa: RUF015
    header, body = figures[-3], figures[-2]
    assert (header[2], body[2]) == (13, 12)
    assert body[0] > 0
    assert header[1] > header[0]


def test_deleting_gives_back_what_allocating_took() -> None:
    def take_and_give() -> int:
        held = bytearray(100 * 2**20)
        del held
        return 1

    profiler = LineProfiler()
    profiler(take_and_give)()
    figures = list(list(profiler.code_map.values())[0].values())  # noqa: RUF015
    taken, given = figures[-3], figures[-2]
    # Pages of the whole process: those of other threads, which earlier tests started, among them.
    assert taken[0] == pytest.approx(100, abs=3)
    assert given[0] == pytest.approx(-taken[0], abs=3)
    assert taken[2] == given[2] == 1
