# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""The rest of a program in which functions are decorated and were called, but none runs now."""

from __future__ import annotations

from timing import best_pair, demand_figures, scale, seconds, twin

from memory_profiler import LineProfiler


def decorated(depth: int) -> int:
    """Runs once, then never again."""
    text = str(depth)
    return len(text)


def numbers(count: int):
    """A generator, to be stepped."""
    for number in range(count):
        yield number + 1


def fail() -> None:
    """Raises."""
    raise KeyError


def program(times: int) -> int:
    """Loops, calls, generator steps and exceptions."""
    total = 0
    for _ in range(times):
        for number in numbers(20):
            total += abs(number)
        total += sum([n * n for n in range(20)])
        try:
            fail()
        except KeyError:
            total += 1
        total += plain(total)
    return total


def plain(number: int) -> int:
    """A function that nobody decorated."""
    return number % 7


def run(rounds: int) -> dict[str, float]:
    """The ratio of the program beside an idle profiler to the program alone."""
    times = 500

    def beside() -> float:
        profiler = LineProfiler(backend="psutil")
        wrapped = profiler(twin(decorated))
        wrapped(1)
        demand_figures(profiler)
        return warmed()

    # What was done just before must not show in the caches, nor what the profiler ends late: it
    # gives an event up after some exceptions.
    def warmed() -> float:
        program(times)
        return seconds(program, times)

    bare, idle = best_pair(warmed, beside, scale(8, 40) * rounds)
    return {"idle": idle / bare}
