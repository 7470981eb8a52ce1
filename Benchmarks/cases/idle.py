# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""The rest of a program in which functions are decorated and were called, but none runs now."""

from __future__ import annotations

from memory_profiler import LineProfiler

from timing import best_pair, seconds, twin


def decorated(depth: int) -> int:
    """Runs once, then never again."""
    text = str(depth)
    return len(text)


def numbers(count: int):
    """A generator, to be stepped."""
    for number in range(count):
        yield number


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
        total += decorated_not(total)
    return total


def decorated_not(number: int) -> int:
    """A function that nobody decorated."""
    return number % 7


def run(rounds: int) -> dict[str, float]:
    """The ratio of the program beside an idle profiler to the program alone."""
    times = 4_000

    def beside() -> float:
        wrapped = LineProfiler(backend="psutil")(twin(decorated))
        wrapped(1)
        return seconds(program, times)

    bare, idle = best_pair(lambda: seconds(program, times), beside, rounds)
    return {"idle": idle / bare}
