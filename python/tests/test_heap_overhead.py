# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""The ledger does not count what measuring itself allocates: numbers that come with events, frame
objects, and what other tracers make of them.

The same code must have the same figures wherever it stands in a file, and however often it runs.
"""

from __future__ import annotations

import json
import sys
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from known_lines import Table, tables
from programs import run, write

from peakline import _heap
from peakline._backends import HEAP

if _heap.available() is not None:
    pytest.skip(str(_heap.available()), allow_module_level=True)


def heap(run: Any, *functions: Any) -> Any:
    """The tables of the functions while `run()` ran, by the ledger."""
    return tables(run, *functions, backend=HEAP)


def figures(table: Table) -> dict[str, tuple[int, ...]]:
    """All that the ledger says of each line."""
    return {
        tag: (
            *(row.occurrences, row.increment, row.own_peak, row.allocated, row.freed),
            *(row.allocations, row.python_increment, row.requested),
        )
        for tag, row in table.rows.items()
    }


PEAK = 2
"""Where among a line's figures its own peak is."""


def without_peaks(table: dict[str, tuple[int, ...]]) -> dict[str, tuple[int, ...]]:
    """The figures without the lines' own peaks."""
    return {tag: row[:PEAK] + row[PEAK + 1 :] for tag, row in table.items()}


BODY = """\
def numbers():
    held = bytes(400)  # g held
    yield held  # g first
    try:
        yield 1  # g second
    finally:
        held = None  # g dropped
def fails(depth):
    if depth:
        fails(depth - 1)  # f deeper
    raise ValueError  # f raised
def work():
    kept = bytes(400)  # kept
    small = object()  # small
    for _ in range(5):
        pass  # nothing
    for number in numbers():
        len(kept)  # asks
    try:
        fails(3)  # calls
    except ValueError:
        kept = None  # caught
    stepped = numbers()  # made
    next(stepped)  # steps
    stepped.close()  # closed
    return [kept, small]  # returned
"""


def module(folder: Path, source: str, name: str) -> types.ModuleType:
    """A module of this text, in a file of its own."""
    path = folder / f"{name}.py"
    path.write_text(source, encoding="utf-8")
    made = types.ModuleType(name)
    made.__file__ = str(path)
    exec(compile(source, str(path), "exec"), made.__dict__)
    return made


def of_functions(made: types.ModuleType) -> list[dict[str, tuple[int, ...]]]:
    found = heap(made.work, made.work, made.numbers, made.fails)
    return [figures(table) for table in found]


@pytest.mark.parametrize("line", [200, 254, 300, 32_750, 33_000, 70_000])
def test_a_function_far_down_a_file_has_the_same_figures(tmp_path: Path, line: int) -> None:
    made_near = module(tmp_path, "\n" * 10 + BODY, "near")
    made_far = module(tmp_path, "\n" * line + BODY, "far")
    of_functions(made_near)  # fills the interpreter's stores of frames and the like
    far, near = of_functions(made_far), of_functions(made_near)
    for far_table, near_table in zip(far, near, strict=True):
        assert without_peaks(far_table) == without_peaks(near_table)
        for tag, row in near_table.items():
            # The number that comes with an event may stand as high as the line itself did.
            assert row[PEAK] - far_table[tag][PEAK] in (0, 32), tag
    assert near[0]["kept"][1] == 448
    assert near[0]["nothing"][1:] == (0,) * 7


def test_the_same_statement_has_the_same_figures_wherever_it_stands_in_a_function(
    tmp_path: Path,
) -> None:
    count = 400  # two instructions and more each: offsets far beyond 256
    lines = "".join(f"    held = bytes(400)  # {number}\n" for number in range(count))
    source = f"def work():\n{lines}    return held  # end\n"
    made = module(tmp_path, source, "long")
    found = figures(heap(made.work, made.work))
    assert found["0"][:4] == (1, 448, 448, 448)
    # From the second on each gives back the one before.
    assert {found[str(number)] for number in range(1, count)} == {(1, 0, 448, 448, 448, 1, 0, 433)}
    assert found["end"][1:] == (0,) * 7


def test_each_step_of_a_long_generator_has_the_same_figures(tmp_path: Path) -> None:
    count = 300
    lines = "".join(f"    yield bytes(400)  # {number}\n" for number in range(count))
    made = module(tmp_path, f"def numbers():\n{lines}", "steps")

    def run() -> None:
        for _ in made.numbers():
            pass

    found = figures(heap(run, made.numbers))
    assert {found[str(number)][:4] for number in range(count - 1)} == {(1, 448, 448, 448)}


OLDER_POOLS = (
    BODY
    + """
import json
from peakline import _heap, lines
lines(lambda: None, backend="rss")
# Blocks of every small size, full of text, from before the counting, with room between them.
held = [b"A" * size for size in range(15, 480, 16) for _ in range(3000)]
del held[::3]
_heap.start()
def lacking():
    now = _heap.totals()
    return _heap.malloc_in_use() - now.malloc_live - 8 * now.malloc_blocks
before = lacking()
for function in (work, numbers, fails, work):
    for _ in range(3):
        try:
            lines(function, *([3] if function is fails else []), backend="heap")
        except ValueError:
            pass
print(json.dumps([before, lacking()]))
"""
)


def test_what_stands_in_memory_older_than_the_counting_is_not_misjudged(tmp_path: Path) -> None:
    answer = run(tmp_path, write(tmp_path, "older.py", OLDER_POOLS))
    assert (answer.returncode, answer.stderr) == (0, "")
    before, after = json.loads(answer.stdout)
    if not _heap.malloc_in_use():
        pytest.skip("this libc does not tell what malloc has in use")
    # Free blocks that the thread keeps for itself are in use for malloc, but these are small.
    assert abs(after - before) < 256 * 1024


# ---- Frames that somebody keeps


def frame_itself() -> types.FrameType:
    return sys._getframe()


def frame_of_caller() -> types.FrameType:
    return sys._getframe(1)


def of_traceback() -> Any:
    try:
        raise ValueError
    except ValueError as error:
        return error.__traceback__


def steps() -> Iterator[types.FrameType]:
    yield sys._getframe()  # first
    yield sys._getframe()  # second


def of_generator() -> Any:
    stepped = steps()
    frame = next(stepped)
    return frame, next(stepped)


def dropped_at_once() -> None:
    sys._getframe()


def kept_in_itself() -> None:
    frame = sys._getframe()
    del frame


@pytest.mark.parametrize(
    "make",
    [frame_itself, frame_of_caller, of_traceback, of_generator, dropped_at_once, kept_in_itself],
)
def test_frames_that_are_kept_for_a_while_leave_nothing_behind(make: Any) -> None:
    def work() -> None:
        held = None
        for _ in "x" * 1000:
            held = make()  # keeps
        del held  # drops

    found, *_ = heap(work, work, make, steps, dropped_at_once)
    # The frame of `work` may be an object by its end, which goes with it.
    total = sum(row.increment for row in found.rows.values())
    assert total in range(600)
    assert abs(found.rows["keeps"].increment) < 2048
    assert found.rows["keeps"].occurrences == 1000


@pytest.mark.parametrize(
    "make",
    [frame_itself, frame_of_caller, of_traceback, of_generator, dropped_at_once, kept_in_itself],
)
def test_the_sum_over_the_process_does_not_drift_while_frames_are_measured(make: Any) -> None:
    def work() -> None:
        for _ in range(1000):
            make()

    before = []
    for _ in range(3):
        heap(work, work, make, steps)
        now = _heap.totals()
        before.append(now.python_live + now.malloc_live)
    assert abs(before[2] - before[1]) < 16 * 1024


def test_a_loop_that_gives_back_what_it_takes_sums_to_nothing() -> None:
    def work() -> None:
        for _ in "x" * 1000:
            block = bytearray(5000)  # taken
            small = [bytes(100)]  # small
            del block  # given
            del small  # both given

    found = heap(work, work).rows
    assert sum(row.increment for row in found.values()) == 0
    assert found["taken"].increment == -found["given"].increment > 5000 * 1000
    assert found["small"].increment == -found["both given"].increment


# ---- Other tracers at the same time

SETTRACE = """
import sys
seen = []
def tracer(frame, event, argument):
    seen[:] = [event]
    return tracer
def on(): sys.settrace(tracer)
def off(): sys.settrace(None)
"""

MONITORING = """
import sys
seen = []
events = sys.monitoring.events
def on():
    sys.monitoring.use_tool_id(1, "another")
    for event in (events.LINE, events.PY_START, events.PY_RETURN, events.PY_UNWIND):
        sys.monitoring.register_callback(1, event, lambda *given: seen.append(1) or seen.clear())
    sys.monitoring.set_events(1, events.LINE | events.PY_START | events.PY_RETURN)
def off():
    sys.monitoring.set_events(1, 0)
    sys.monitoring.free_tool_id(1)
"""

OTHERS = [SETTRACE] + ([MONITORING] if sys.version_info >= (3, 12) else [])


@pytest.mark.parametrize("other", OTHERS)
@pytest.mark.parametrize("line", [10, 40_000])
def test_another_tracer_at_the_same_time_changes_no_increment(
    tmp_path: Path, other: str, line: int
) -> None:
    made = module(tmp_path, "\n" * line + BODY, "traced")
    tool = module(tmp_path, other, "tool")
    alone = of_functions(made)[0]
    before = sys.gettrace()

    def run() -> None:
        tool.on()
        try:
            made.work()
        finally:
            tool.off()

    try:
        beside = figures(heap(run, made.work, made.numbers, made.fails)[0])
    finally:
        sys.settrace(before)
    assert set(beside) == set(alone)
    for tag in ("kept", "small", "nothing", "asks"):
        # The other's objects come and go while ours are counted; what stays is the line's.
        assert abs(beside[tag][1] - alone[tag][1]) <= 1024, tag
        assert beside[tag][0] == alone[tag][0]
