# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""The magics with `await` at the top, in a terminal's IPython and within a loop that runs, as that
of a notebook's kernel does.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from shells import Shell, shell_with

SIZE = 3_000_000

DEFINITIONS = f"""\
import asyncio

async def work(n={SIZE}):
    await asyncio.sleep(0.001)
    kept = bytearray(n)
    await asyncio.sleep(0)
    return len(kept)

async def fails():
    await asyncio.sleep(0)
    raise LookupError

async def numbers():
    for number in range(3):
        await asyncio.sleep(0)
        yield bytearray({SIZE})
"""

Run = Callable[..., Any]


@pytest.fixture
def shell() -> Iterator[Shell]:
    for shell in shell_with("peakline"):
        shell.run(DEFINITIONS)
        yield shell


def in_terminal(test: Callable[[], Awaitable[None]]) -> None:
    """Without a loop that runs."""
    coroutine = test()
    with pytest.raises(StopIteration):
        coroutine.__await__().__next__()


def in_kernel(test: Callable[[], Awaitable[None]]) -> None:
    """Within a task of a loop that runs, which has another task, and goes on with it afterwards."""

    async def kernel() -> None:
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        ticks: list[None] = []

        async def tick() -> None:
            while True:
                ticks.append(None)
                await asyncio.sleep(0.001)

        ticking = asyncio.create_task(tick())
        await asyncio.sleep(0)
        await test()
        assert asyncio.get_running_loop() is loop
        assert asyncio.get_event_loop_policy().get_event_loop() is loop
        assert asyncio.current_task() is task
        before = len(ticks)
        while len(ticks) < before + 3:
            await asyncio.sleep(0.001)
        ticking.cancel()
        await asyncio.gather(ticking, return_exceptions=True)
        # A loop that took the place of another one, and kept it, would fail here.
        assert await asyncio.wait_for(asyncio.to_thread(lambda: 3), 10) == 3

    asyncio.run(kernel())


everywhere = pytest.mark.parametrize("place", [in_terminal, in_kernel])


@everywhere
def test_the_lines_of_a_coroutine(shell: Shell, place: Run) -> None:
    async def test() -> None:
        lines = shell.profile("-f work value = await work()")["work"]
        assert shell.names["value"] == SIZE
        assert [line.occurrences for line in lines.values()] == [1, 1, 1, 1, 1]
        (row,) = [line for line in lines.values() if line.increment > SIZE * 0.9]
        assert row.source == "    kept = bytearray(n)"

    place(test)


@everywhere
def test_a_cell_with_async_for_and_gathered_tasks(shell: Shell, place: Run) -> None:
    async def test() -> None:
        cell = """\
async def both():
    return await asyncio.gather(work(1), work(2))
found = await both()
sizes = [len(part) async for part in numbers()]
"""
        lines = shell.profile("", cell)["both"]
        assert [line.occurrences for line in lines.values()] == [1, 1]
        assert (shell.names["found"], shell.names["sizes"]) == ([1, 2], [SIZE] * 3)

    place(test)


@everywhere
def test_the_peak_of_what_is_awaited(shell: Shell, place: Run) -> None:
    async def test() -> None:
        shell.run("%load_ext memory_profiler")
        result = shell.run("%memit -q -o await work()").value
        assert result.mem_usage[0] - result.baseline == pytest.approx(SIZE / 2**20, abs=0.1)

    place(test)


@everywhere
@pytest.mark.parametrize("magic", ["%memit", "%mprun -f fails"])
def test_what_a_coroutine_raises_passes(shell: Shell, place: Run, magic: str) -> None:
    async def test() -> None:
        ran = shell.run(f"{magic} await fails()")
        assert isinstance(ran.error, LookupError)

    place(test)


@everywhere
def test_a_comparison_of_coroutines(shell: Shell, place: Run) -> None:
    async def test() -> None:
        comparison = shell.run("%mprun -r --compare work(1) work(3_000_000)").value
        assert comparison.best == "work(1)"
        assert [alternative.error for alternative in comparison.alternatives] == [None, None]
        assert all(alternative.lines.functions for alternative in comparison.alternatives)

    place(test)


def test_what_belongs_to_the_terminals_loop_can_be_awaited(shell: Shell) -> None:
    shell.run("queue = asyncio.Queue()\nawait queue.put(3)", "%memit value = await queue.get()")
    assert shell.names["value"] == 3


def test_what_belongs_to_the_kernels_loop_cannot_and_is_left_alone(shell: Shell) -> None:
    async def test() -> None:
        shell.names["future"] = asyncio.get_running_loop().create_future()
        ran = shell.run("%memit await future")
        assert isinstance(ran.error, RuntimeError)
        assert ran.text.startswith("The statement has a loop of its own: ")
        assert not shell.names["future"].done()

    in_kernel(test)


def test_an_interrupted_coroutine_does_not_go_on_in_the_next_cell(shell: Shell) -> None:
    shell.run(
        "import asyncio, signal\nseen = []\n"
        "async def slow():\n"
        "    seen.append('began')\n"
        "    asyncio.get_running_loop().call_soon(signal.raise_signal, signal.SIGINT)\n"
        "    await asyncio.sleep(0.005)\n"
        "    seen.append('went on')"
    )
    assert isinstance(shell.run("%memit await slow()").error, KeyboardInterrupt)
    shell.run("await asyncio.sleep(0.05)")
    assert shell.names["seen"] == ["began"]


# MARK: tasks that outlive the statement

LASTING = """\
seen = []
async def lasting():
    seen.append("began")
    await asyncio.sleep(0.001)
    seen.append("ended")
async def start(count=1):
    global tasks
    tasks = [asyncio.create_task(lasting()) for _ in range(count)]
    await asyncio.sleep(0)
"""


@pytest.mark.parametrize("magic", ["%mprun -f start", "%memit"])
def test_in_a_terminal_a_task_goes_on_when_a_later_cell_awaits(shell: Shell, magic: str) -> None:
    shell.run(LASTING)
    ran = shell.run(f"{magic} await start()")
    assert (ran.error, shell.names["seen"]) == (None, ["began"])
    assert "cancelled" not in ran.text
    shell.run("await asyncio.wait(tasks)")
    assert shell.names["seen"] == ["began", "ended"]


@pytest.mark.parametrize("magic", ["%mprun -f start", "%memit"])
@pytest.mark.parametrize(("count", "tasks"), [(1, "1 task was"), (3, "3 tasks were")])
def test_in_a_kernel_it_is_said_how_many_are_cancelled(
    shell: Shell, magic: str, count: int, tasks: str
) -> None:
    async def test() -> None:
        shell.run(LASTING)
        ran = shell.run(f"{magic} await start({count})")
        assert ran.error is None
        assert (
            f"{tasks} not finished when the statement was, and cancelled: it has a loop of its "
            "own, which ends with it.\n"
        ) in ran.text
        assert all(task.cancelled() for task in shell.names["tasks"])

    in_kernel(test)


def test_in_a_kernel_nothing_is_said_of_tasks_that_are_finished(shell: Shell) -> None:
    async def test() -> None:
        shell.run(LASTING)
        assert "task" not in shell.run("%memit await start(); await asyncio.wait(tasks)").text

    in_kernel(test)


def test_in_a_kernel_it_is_said_of_a_statement_that_fails(shell: Shell) -> None:
    async def test() -> None:
        shell.run(LASTING)
        ran = shell.run("%memit await start(); await fails()")
        assert isinstance(ran.error, LookupError)
        assert "1 task was not finished when the statement was, and cancelled: " in ran.text

    in_kernel(test)
