# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""`TimeStamper` and `--timestamp`: the FUNC lines that mprof's plots are made of."""

from __future__ import annotations

import asyncio
import gc
import io
import pickle
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from known_memory import PAGES_PER_MIB, Pages
from stamps import levels_of, lines_of, parsed, stamped

from memory_profiler import TimeStamper


@pytest.fixture
def stamper() -> TimeStamper:
    return TimeStamper("psutil")


# ---- Lines and levels


def test_a_line_for_each_call_by_function_in_the_order_of_decoration(tmp_path: Path) -> None:
    source = """\
    @profile
    def outer():
        with profile.timestamp("two words"):
            inner()
        inner()

    @profile
    def inner():
        return 1

    inner()
    outer()
    """
    found = stamped(tmp_path, source)
    assert [(line.name, line.level) for line in found] == [
        ("__main__.outer", 0),
        ("__main__.inner", 0),
        ("__main__.inner", 2),
        ("__main__.inner", 1),
        (".two_words", 1),
    ]
    for line in found:
        assert 1 < line.before < 1000
        assert 1 < line.after < 1000
        assert line.began <= line.ended


def test_memory_is_that_of_the_start_and_of_the_end(stamper: TimeStamper) -> None:
    kept = []

    @stamper
    def grow() -> None:
        kept.append(Pages(16 * PAGES_PER_MIB))

    grow()
    kept[0].close()
    with stamper.timestamp("block"), Pages(8 * PAGES_PER_MIB):
        pass
    first, second = lines_of(stamper)
    assert first.after - first.before == pytest.approx(16, abs=1)
    assert second.after - second.before == pytest.approx(0, abs=1)


def test_an_exception_leaves_no_level_behind(stamper: TimeStamper) -> None:
    @stamper
    def fails() -> None:
        with stamper.timestamp("inside"):
            raise KeyError

    @stamper
    def short() -> None:
        pass

    for _ in range(2):
        with pytest.raises(KeyError):
            fails()
        short()
    assert levels_of(stamper) == [("fails", 0)] * 2 + [("inside", 1)] * 2 + [("short", 0)] * 2
    assert stamper.current_stack_level == -1
    assert all(len(stamps) == 2 for calls in stamper.functions.values() for stamps in calls)


def test_levels_of_threads_are_their_own(stamper: TimeStamper) -> None:
    barrier = threading.Barrier(4)

    @stamper
    def work() -> None:
        barrier.wait()
        with stamper.timestamp("inside"):
            barrier.wait()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert levels_of(stamper) == [("inside", 1)] * 4 + [("work", 0)] * 4


def test_a_suspended_generator_is_on_no_level(stamper: TimeStamper) -> None:
    @stamper
    def numbers() -> Iterator[int]:
        with stamper.timestamp("inside"):
            yield 1
            short()
        yield 2

    @stamper
    def short() -> None:
        pass

    one, two = numbers(), numbers()
    assert (next(two), next(one)) == (1, 1)
    short()
    assert (list(one), list(two)) == ([2], [2])
    short()
    assert levels_of(stamper) == [
        ("inside", 1),
        ("inside", 1),
        ("numbers", 0),
        ("numbers", 0),
        ("short", 0),
        ("short", 0),
        ("short", 2),
        ("short", 2),
    ]
    assert stamper.current_stack_level == -1


def test_a_generator_that_was_never_started_has_no_line(stamper: TimeStamper) -> None:
    @stamper
    def numbers() -> Iterator[int]:
        yield 1

    unused, used = numbers(), numbers()
    with stamper.timestamp("around"):
        assert list(used) == [1]
    del unused
    gc.collect()
    assert levels_of(stamper) == [("around", 0), ("numbers", 1)]


def test_interleaved_coroutines_are_not_inside_of_each_other(stamper: TimeStamper) -> None:
    turns: list[str] = []

    @stamper
    async def work(name: str) -> None:
        async with asyncio.Lock():
            with stamper.timestamp("inside"):
                for _ in range(3):
                    turns.append(name)
                    await asyncio.sleep(0)

    async def both() -> None:
        await asyncio.gather(work("a"), work("b"))

    asyncio.run(both())
    assert turns == ["a", "b"] * 3
    assert levels_of(stamper) == [("inside", 1)] * 2 + [("work", 0)] * 2
    assert all(line.ended >= line.began for line in lines_of(stamper))


def test_a_coroutine_is_covered_until_its_end(stamper: TimeStamper) -> None:
    kept = []

    @stamper
    async def grow() -> None:
        await asyncio.sleep(0)
        kept.append(Pages(16 * PAGES_PER_MIB))

    asyncio.run(grow())
    kept[0].close()
    (line,) = lines_of(stamper)
    assert line.after - line.before == pytest.approx(16, abs=1)


def test_a_block_may_be_entered_again_and_again(stamper: TimeStamper) -> None:
    block = stamper.timestamp("again")
    for _ in range(3):
        block.__enter__()
        block.__exit__()
    with block, block:
        pass
    assert levels_of(stamper) == [("again", 0)] * 4 + [("again", 1)]
    assert len(block.timestamps) == 10
    memory, when = block.timestamps[-1]
    assert memory > 1
    assert when == pytest.approx(lines_of(stamper)[-1].ended, abs=60)


def test_a_stretch_may_be_stamped_as_a_call(stamper: TimeStamper) -> None:
    with stamper.call_on_stack(lines_of):
        pass
    assert levels_of(stamper) == [("lines_of", 0)]
    assert stamper.stack == {lines_of: [0]}


def test_what_cannot_be_called_is_refused(stamper: TimeStamper) -> None:
    with pytest.raises(ValueError, match="callable"):
        stamper(3)


# ---- Names


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("two words", ".two_words"),
        ("tab\there\nand there\u2028", ".tab_here_and_there_"),
        ("", "."),
        ("<block>", ".<block>"),
        ("größe", ".größe"),
    ],
)
def test_a_name_is_one_word(stamper: TimeStamper, name: str, written: str) -> None:
    with stamper.timestamp(name):
        pass
    (line,) = lines_of(stamper)
    assert (line.name, len(line.name.split())) == (written, 1)


def test_methods_of_two_classes_have_two_names_and_others_short_ones(stamper: TimeStamper) -> None:
    @stamper
    class One:
        def run(self) -> None:
            self.alone()

        def alone(self) -> None:
            pass

    @stamper
    class Two:
        def run(self) -> None:
            pass

    One().run()
    Two().run()
    here = test_methods_of_two_classes_have_two_names_and_others_short_ones.__name__
    assert [line.name for line in lines_of(stamper)] == [
        f"{__name__}.{here}.<locals>.One.run",
        f"{__name__}.alone",
        f"{__name__}.{here}.<locals>.Two.run",
    ]


def test_a_name_that_no_stream_can_write_costs_no_line(stamper: TimeStamper) -> None:
    with stamper.timestamp("\udc80"):
        pass
    stream = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    stamper.show_results(stream)
    stream.seek(0)
    assert parsed(stream.read())[0].name == ".\\udc80"


def test_children_are_counted_in_functions_and_in_blocks() -> None:
    stamper = TimeStamper("psutil", include_children=True)
    code = "a = bytearray(60 * 2**20); print(1, flush=True); input()"
    children = []

    @stamper
    def start() -> None:
        with stamper.timestamp("block"):
            child = subprocess.Popen(
                [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
            )
            assert child.stdout is not None
            child.stdout.readline()
            children.append(child)

    start()
    children[0].communicate(b"\n")
    for line in lines_of(stamper):
        assert line.after - line.before > 60


@pytest.mark.parametrize("backend", ["heap", "tracemalloc"])
def test_children_that_cannot_be_counted_are_refused(backend: str) -> None:
    with pytest.raises(ValueError, match="only this process"):
        TimeStamper(backend, include_children=True)


# ---- What decorated functions are


def module_function(number: int) -> int:
    """It doubles."""
    return 2 * number


module_function = plain = TimeStamper("psutil")(module_function)


def test_a_stamped_function_looks_like_itself_and_pickles() -> None:
    assert plain.__wrapped__(2) == 4
    assert (plain.__name__, plain.__qualname__, plain.__doc__) == (
        "module_function",
        "module_function",
        "It doubles.",
    )
    assert pickle.loads(pickle.dumps(plain)) is plain


def test_kinds_are_kept(stamper: TimeStamper) -> None:
    @stamper
    async def coroutine() -> None:
        pass

    @stamper
    class Kind:
        @staticmethod
        def double(number: int) -> int:
            return 2 * number

    assert asyncio.iscoroutinefunction(coroutine)
    assert isinstance(Kind, type)
    assert Kind.double(2) == 4


def test_an_error_in_a_name_is_not_the_programs(stamper: TimeStamper) -> None:
    class Odd:
        __module__: Any = None
        __name__ = "odd"
        __code__ = plain.__code__

    with stamper.call_on_stack(Odd()):
        pass
    assert lines_of(stamper)[0].name == "None.odd"
