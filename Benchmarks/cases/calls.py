# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""What it costs to call a profiled function, and to step a profiled generator."""

from __future__ import annotations

from timing import best_pair, demand_figures, scale, seconds, twin

from memory_profiler import LineProfiler


def one_line() -> int:
    """A function of one line."""
    return 1


def steps(count: int):
    """A generator of two lines a step."""
    for number in range(count):
        yield number + 1


def call_often(function, times: int) -> None:
    """Calls it, and does nothing else."""
    for _ in range(times):
        function()


def exhaust(generator, times: int) -> None:
    """Takes all that it yields."""
    for _ in generator(times):
        pass


def run(rounds: int) -> dict[str, float]:
    """Nanoseconds that each takes more: a call while enabled, one that enables, a step."""
    times = scale(50_000, 300)
    profiler = LineProfiler(backend="psutil")
    watched, stepped, wrapped = twin(one_line), twin(steps), twin(one_line)
    profiler.add_function(watched)
    profiler.add_function(stepped)
    through = LineProfiler(backend="psutil")(wrapped)

    def enabled(work, function) -> float:
        with profiler:
            return seconds(work, function, times)

    call = best_pair(
        lambda: seconds(call_often, one_line, times), lambda: enabled(call_often, watched), rounds
    )
    step = best_pair(
        lambda: seconds(exhaust, steps, times), lambda: enabled(exhaust, stepped), rounds
    )
    few = scale(times // 10, times)
    decorated = best_pair(
        lambda: seconds(call_often, one_line, few),
        lambda: seconds(call_often, through, few),
        rounds,
    )
    demand_figures(profiler)
    return {
        "call_ns": (call[1] - call[0]) / times * 1e9,
        "step_ns": (step[1] - step[0]) / times * 1e9,
        "decorated_call_ns": (decorated[1] - decorated[0]) / few * 1e9,
    }
