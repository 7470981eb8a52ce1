# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""All drivers give the same tables, and survive what programs do to code, stacks and sessions."""

from __future__ import annotations

import gc
import os
import random
import subprocess
import sys
import threading
import types
from pathlib import Path
from typing import Any

import known_lines
import pytest
import test_lines_frames as frames
import test_lines_suspended as suspended
import test_lines_threads as threads
from known_lines import grow, measuring, reset, table_of, tables
from programs import PACKAGES, run, write
from programs import tables as tables_in

from peakline import _drivers, _engine, _results

SAME = [
    frames.test_recursion_is_counted_once,
    frames.test_mutual_recursion_of_two_measured_functions,
    frames.test_an_exception_is_charged_to_every_line_it_passes_through,
    frames.test_with_and_finally,
    frames.test_a_comprehension_is_one_occurrence_inlined_or_not,
    frames.test_a_statement_of_several_lines_is_one_row,
    frames.test_a_decorated_function_shows_its_own_lines_only,
    frames.test_nested_definitions_are_not_the_functions_own_lines,
    frames.test_nested_sessions_of_one_function_count_each_for_itself,
    frames.test_a_session_begun_inside_a_running_function_counts_its_calls_not_it,
    suspended.test_a_generator_and_its_consumer_both_show_it,
    suspended.test_two_generators_of_one_function_do_not_mix,
    suspended.test_thrown_into,
    suspended.test_a_generator_resumed_under_a_later_session_is_counted_from_there,
    suspended.test_yield_from_charges_the_subtree_only,
    suspended.test_coroutines_interleaved_on_one_loop_each_show_their_own,
    suspended.test_asynchronous_generators_with_and_comprehensions,
    threads.test_a_session_of_one_thread_does_not_see_another,
    threads.test_occurrences_of_threads_at_once_add_up,
]


@pytest.fixture
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    """The plain trace function is the driver."""
    _engine.start()
    driver, why = _drivers.plain(_drivers.Unsupported("a test wants it"))
    monkeypatch.setattr(_engine, "_driver", driver)
    monkeypatch.setattr(_engine, "_why_slow", why)


@pytest.mark.usefixtures("plain")
@pytest.mark.parametrize("truth", SAME, ids=lambda test: test.__name__.removeprefix("test_"))
def test_the_plain_trace_function_gives_the_same_tables(truth: Any) -> None:
    # Its own Python objects are among what it measures, now and then a page of them.
    known_lines.undisturbed(truth)
    assert sys.gettrace() is None


@pytest.mark.usefixtures("plain")
def test_reports_say_that_the_plain_trace_function_is_in_use() -> None:
    result = _results.lines(frames.recursive, 1)
    reset()
    assert result.caveats == ("Lines are measured by a slow trace function: a test wants it.",)


@pytest.mark.usefixtures("plain")
def test_a_session_begun_twice_counts_once() -> None:
    with measuring(frames.recursive) as session:
        session.begin()
        frames.recursive(0)
        session.end()
        frames.recursive(0)
    reset()
    assert table_of(session, frames.recursive).times["own"] == 2


@pytest.mark.usefixtures("plain")
def test_a_one_line_generator_is_entered_once_and_resumed_often() -> None:
    namespace: dict[str, Any] = {}
    exec("def one(): yield 1; yield 2; yield 3", namespace)
    with measuring(namespace["one"]) as session:
        assert list(namespace["one"]()) == [1, 2, 3]
    assert [row.occurrences for row in session.measured(namespace["one"].__code__).rows] == [1]


@pytest.mark.usefixtures("plain")
def test_a_tracer_for_new_threads_stays() -> None:
    seen: list[str] = []

    def tracer(frame: Any, event: str, arg: Any) -> None:
        if frame.f_code is frames.inner_job.__code__:
            seen.append(event)

    threading.settrace(tracer)
    try:
        with measuring(frames.recursive, all_threads=True):
            threads.in_thread(frames.inner_job)
        assert threading.gettrace() is tracer
    finally:
        threading.settrace(None)  # type: ignore[arg-type]
    assert seen == ["call"]


def script(text: str, *, stack: str = "8192", ok: bool = True) -> str:
    done = subprocess.run(
        ["sh", "-c", f'ulimit -S -s {stack} && exec "$0" -c "$1"', sys.executable, text],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": PACKAGES},
    )
    assert (done.returncode == 0) == ok, (done.returncode, done.stderr[-2000:])
    return done.stdout.strip()


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="there is no hook from 3.12 on")
@pytest.mark.parametrize(
    "broken", ["_hook._PROVED = []", "_hook._TRACED.append('more')"], ids=["tables", "tracer"]
)
def test_a_hook_that_cannot_prove_itself_is_not_used(broken: str) -> None:
    text = f"""
from peakline import _hook, _engine
{broken}
import peakline, textwrap
result = peakline.lines(textwrap.dedent, "  a")
assert result.value == "a"
assert _engine.start() == "trace"
assert sum(line.occurrences for line in result.functions[0].lines) > 3
print(*result.caveats)
"""
    said = script(text)
    assert said.startswith("Lines are measured by a slow trace function: ")
    assert "frames" in said


DEEP = """
import sys, threading
from peakline import _engine
def down(n):
    return down(n - 1) + 1 if n else 0
def watched(n):
    if n:
        return watched(n - 1) + 1
    return 0
def begin(n):
    return FUNCTION(n)
def run():
    # A thread has no idea of how deep the main thread may go: the limit is raised for both.
    session = _engine.session(0)
    session.add(begin.__code__)
    if WATCHED:
        session.add(watched.__code__)
    if OURS:
        session.begin()
    assert begin(DEPTH) == DEPTH
    if OURS:
        session.end()
        rows = session.measured(begin.__code__).rows
        assert [row.occurrences for row in rows] == [1, 1], rows
        if WATCHED:
            rows = session.measured(watched.__code__).rows
            counted = rows[0].occurrences
            assert 100 <= counted <= DEPTH + 1, rows
            times = [row.occurrences for row in rows[1:3]]
            assert times in ([counted, counted], [counted, counted - 1]), rows
        print(sum("nested too deep" in sentence for sentence in _engine.caveats()))
    else:
        print(0)
sys.setrecursionlimit(DEPTH + 1000)
if THREAD:
    threading.stack_size(THREAD)
    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
else:
    run()
"""


def deep(ours: bool, depth: int, thread: int, watched: bool) -> str:
    text = DEEP.replace("OURS", str(ours)).replace("DEPTH", str(depth))
    text = text.replace("THREAD", str(thread)).replace("WATCHED", str(watched))
    return text.replace("FUNCTION", "watched" if watched else "down")


# What each version does without us: 3.11 takes no C stack for Python calls, 3.10 some 400 bytes.
DEPTHS = {(3, 10): (15_000, 400), (3, 11): (50_000, 50_000)}


@pytest.mark.parametrize("watched", [False, True], ids=["called", "measured"])
@pytest.mark.parametrize("thread", [0, 262_144], ids=["main", "small thread"])
def test_deep_recursion_works_where_it_works_without_us(thread: int, watched: bool) -> None:
    depth = DEPTHS.get(sys.version_info[:2], (50_000, 50_000))[bool(thread)]
    assert script(deep(False, depth, thread, watched)) == "0"
    said = script(deep(True, depth, thread, watched))
    # What was not counted is said.
    assert said == ("1" if sys.version_info[:2] == (3, 11) else said)


@pytest.mark.parametrize("thread", [0, 786_432], ids=["main", "small thread"])
def test_recursion_without_end_is_a_recursion_error(thread: int) -> None:
    text = deep(True, 950, thread, watched=True).replace("sys.setrecursionlimit(950 + 1000)", "")
    text = text.replace("assert begin(950) == 950", "endless()")
    text = (
        text.replace(
            "def run():",
            """def endless():
    for _ in range(3):
        try:
            begin(100_000)
        except RecursionError:
            pass
        else:
            raise SystemExit(1)
    begin(0)
def run():""",
        )
        .replace("== [1, 1]", "== [4, 4]")
        .replace("<= 950 + 1", "<= 3100")
    )
    text = text.replace("in ([counted, counted], [counted, counted - 1])", "!= []")
    script(text)


@pytest.mark.skipif(sys.version_info[:2] not in DEPTHS, reason="only the hook looks at the stack")
def test_with_an_unlimited_stack_calls_are_counted_as_deep_as_usual() -> None:
    import resource

    if resource.getrlimit(resource.RLIMIT_STACK)[1] != resource.RLIM_INFINITY:
        pytest.skip("the hard limit of the stack is not unlimited here")
    text = deep(True, 5000, 0, watched=True)
    assert script(text, stack="unlimited") == "0"


def made(number: int) -> Any:
    """A new function each time; its code object may lie where a dead one's lay."""
    lines = [f"def made(grow, n={number}):", *["    n += 1"] * (number % 5), "    grow(2)"]
    namespace: dict[str, Any] = {}
    exec(compile("\n".join(lines), "made", "exec"), namespace)
    return namespace["made"]


def test_functions_defined_deleted_and_redefined_never_inherit_a_table() -> None:
    choice = random.Random(7)
    addresses: set[int] = set()
    again = 0
    open_sessions: list[tuple[Any, Any, int]] = []
    for number in range(4000):
        function = made(number)
        again += id(function.__code__) in addresses
        addresses.add(id(function.__code__))
        session = _engine.session(0)
        session.add(function.__code__)
        calls = number % 3
        session.begin()
        for _ in range(calls):
            function(int)
        session.end()
        function(int)
        open_sessions.append((session, function.__code__, calls))
        del function
        while len(open_sessions) > 20 or (open_sessions and choice.random() < 0.4):
            session, code, calls = open_sessions.pop(choice.randrange(len(open_sessions)))
            rows = session.measured(code).rows
            assert [row.occurrences for row in rows] == [calls] * len(rows)
            assert bool(rows) == (calls > 0)
            session.close()
            del session, code
    # Else nothing was tested.
    assert again > 500


def test_a_function_at_a_dead_ones_address_is_not_measured() -> None:
    session = _engine.session(0)
    old = made(1)
    session.add(old.__code__)
    address = id(old.__code__)
    session.close()
    del old
    gc.collect()
    other = _engine.session(0)
    other.begin()
    for number in range(1000):
        function = made(number)
        function(int)
        if id(function.__code__) == address:
            break
    other.end()
    assert other.codes() == []


def inner(sessions: list[Any]) -> None:
    grow(1)  # first
    while sessions:
        sessions.pop().close()
    gc.collect()
    grow(2)  # second


def steps(sessions: list[Any]) -> Any:
    inner(sessions)
    yield 1
    inner(sessions)
    yield 2


@pytest.mark.parametrize("kept", [False, True])
def test_sessions_closed_while_the_frames_they_count_are_running(kept: bool) -> None:
    for _ in range(40):
        sessions = []
        for number in range(3):
            session = _engine.session(number)
            for function in (inner, steps, frames.recursive):
                session.add(function.__code__)
            sessions.append(session)
        keeper = _engine.session(0)
        keeper.add(inner.__code__)
        for session in (*sessions, keeper) if kept else sessions:
            session.begin()
        del session
        list(steps(sessions))
        frames.recursive(3)
        reset()
        if kept:
            keeper.end()
            assert table_of(keeper, inner).times["second"] == 2
            assert table_of(keeper, inner).pages == {"first": 2, "second": 4}
        keeper.close()
    # Nothing is left behind that would disturb the next.
    assert tables(lambda: frames.recursive(4), frames.recursive).pages["own"] == 5
    assert sys.gettrace() is None


def test_sessions_closed_by_another_thread_while_frames_run() -> None:
    for _ in range(50):
        session = _engine.session(0, all_threads=True)
        session.add(threads.counted.__code__)
        session.begin()
        workers = [threading.Thread(target=threads.counted, args=(5000,)) for _ in range(3)]
        for worker in workers:
            worker.start()
        session.close()
        for worker in workers:
            worker.join()
    threads.test_occurrences_of_threads_at_once_add_up()


def test_the_agent_does_not_grow_with_sessions_calls_or_code() -> None:
    from known_memory import rollup

    def cycle(count: int) -> None:
        for number in range(count):
            session = _engine.session(0)
            function = made(number % 5)
            session.add(function.__code__)
            session.begin()
            function(int)
            generator = suspended.steps(3)
            next(generator)
            session.end()
            session.close()
            reset()

    cycle(3000)
    gc.collect()
    before = rollup()["Rss"]
    cycle(6000)
    gc.collect()
    assert rollup()["Rss"] - before < 512 * 1024
    reset()


def test_a_replaced_code_object_is_another_function() -> None:
    def job() -> None:
        grow(3)  # job

    old = job.__code__
    with measuring(job) as session:
        job()
        job.__code__ = old.replace(co_name="renamed")
        job()
        types.FunctionType(old, known_lines.__dict__ | {"grow": grow})()
    assert table_of(session, old).pages == {"job": 6}
    reset()


PROMPT = """\
import pdb

def work(n):
    kept = [n]
    return kept

def main():
    one = 1
    two = 2
    return decorated(two)

pdb.Pdb(nosigint=True, readrc=False).runcall(main)
"""


@pytest.mark.parametrize("step", ["", "step\n"])
def test_the_fast_driver_is_chosen_also_at_a_debuggers_prompt(tmp_path: Path, step: str) -> None:
    commands = (
        "import peakline\nglobals()['decorated'] = peakline.profile(work)\ndecorated(1)\n"
        "from peakline import _engine\np 'driver', _engine.start(), _engine.why_slow()\n"
    )
    script = write(tmp_path, "prompt.py", PROMPT)
    ran = run(tmp_path, script, stdin=f"{step}{commands}step\ncontinue\n")
    assert f"('driver', '{_engine.start()}', None)" in ran.stdout
    # The debugger has stopped nowhere else, and what runs after the prompt is measured.
    assert ran.stdout.count("-> ") == 2 + len(step.split())
    rows = tables_in(ran.stdout.replace("(Pdb) ", ""))[-1].rows
    assert [row.occurrences for row in rows.values()] == [1, 1, 1]
