# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""`peakline.compare()`: alternatives side by side, each run in a process of its own."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from peakline import _trial, _trials
from peakline._errors import say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from peakline._results import LineProfile

SCHEMA = 2
"""The version of the JSON."""

_MIB = 1048576


class Run(NamedTuple):
    """What one run of an alternative cost."""

    own_peak: int
    """The most that the heap stood above where it was at the start, in bytes."""
    retained: int
    """What it stood above that at the end, the result still being there."""
    allocated: int
    """The bytes of all blocks that were allocated."""
    allocations: int
    """How many blocks."""
    seconds: float
    """How long it took, measured in a process of its own, which does not count."""


class Alternative(NamedTuple):
    """One way of doing the work."""

    name: str
    """What it is called."""
    runs: tuple[Run, ...]
    """Its runs, in the order in which they ran."""
    error: str | None
    """Why it could not be measured, as a sentence; None if it could."""
    lines: LineProfile | None = None
    """The lines of a run, where somebody has measured them (`Comparison.with_lines`)."""

    def median(self) -> Run | None:
        """Of each figure the median of all runs; None if there are none."""
        if not self.runs:
            return None
        middle = len(self.runs) // 2
        figures: list[Any] = []
        for values in map(sorted, zip(*self.runs, strict=True)):
            two = (values[middle] + values[~middle]) / 2
            figures.append(two if isinstance(values[middle], float) else int(two))
        return Run(*figures)


class Comparison:
    """Alternatives, side by side. Printed, or shown by an interactive Python, it is a table.

    `alternatives` are in the order in which they were given; `caveats` are sentences that limit the
    figures.
    """

    __slots__ = ("alternatives", "caveats")

    def __init__(self, alternatives: Iterable[Alternative], caveats: Iterable[str] = ()) -> None:
        self.alternatives = tuple(alternatives)
        self.caveats = tuple(caveats)

    def __getitem__(self, name: str) -> Alternative:
        for alternative in self.alternatives:
            if alternative.name == name:
                return alternative
        raise KeyError(name)

    @property
    def best(self) -> str | None:
        """The name of the alternative whose own peak is lower, in every run, than any other's.

        None where the runs do not decide it.
        """
        peaks = {
            alternative.name: [run.own_peak for run in alternative.runs]
            for alternative in self.alternatives
            if alternative.error is None and alternative.runs
        }
        for name, own in peaks.items():
            others = [min(runs) for other, runs in peaks.items() if other != name]
            if others and max(own) < min(others):
                return name
        return None

    def to_text(
        self, *, color: bool = False, width: int | None = None, precision: int | None = None
    ) -> str:
        """The table: medians, below them the least and the most of the runs, and who is best.

        `width`: the cells that a row may take, None for any number. `precision`: the decimals of
        sizes in MiB; None for the unit that suits each. Where the executable that renders it is
        missing or fails, this is one plain line for each alternative.
        """
        from peakline import _render

        try:
            return _render.render(self.to_json(), _render.arguments(None, color, width, precision))
        except _render.CannotRender as error:
            say(f"a plain list is shown: {error}")
            return "".join(map(_plain, self.alternatives))

    def to_html(self) -> str | None:
        """The table as HTML, as `LineProfile.to_html` does it, with the lines of the alternatives
        below it, side by side. None where the executable is missing or fails.
        """
        from peakline import _render

        return _render.html(self.to_json(), None, None)

    def _repr_html_(self) -> str | None:
        return self.to_html()

    def with_lines(self, name: str, lines: LineProfile) -> Comparison:
        """The same comparison, with the lines of an alternative to be shown below it.

        KeyError if none has this name.
        """
        chosen = self[name]
        return Comparison(
            (
                alternative._replace(lines=lines) if alternative is chosen else alternative
                for alternative in self.alternatives
            ),
            self.caveats,
        )

    def to_json(self, indent: int | None = None) -> str:
        """`{"schema": 2, "kind": "comparison", …}`, as docs/format.md has it; bytes and seconds."""
        import json

        return json.dumps(self.to_dict(), indent=indent)

    def to_dict(self) -> dict[str, Any]:
        """What `to_json` writes, as a dict."""
        return {
            "schema": SCHEMA,
            "kind": "comparison",
            "python": ".".join(map(str, sys.version_info[:3])),
            "caveats": list(self.caveats),
            "alternatives": [_as_dict(alternative) for alternative in self.alternatives],
        }

    def __repr__(self) -> str:
        return self.to_text().rstrip("\n")


def compare(
    *functions: Callable[[], Any], repeat: int = 5, **named: Callable[[], Any]
) -> Comparison:
    """Runs each alternative `repeat` times and shows side by side what they cost.

        peakline.compare(lists=lambda: sum([n * n for n in range(10**6)]),
                         generator=lambda: sum(n * n for n in range(10**6)))

    Each is called without arguments; one that is not named by keyword goes by its `__name__`. Each
    run is in processes of its own, forked from this one, the first for its memory, the second for
    its time: it begins with the program as it is now, leaves no trace in it, and finds the same
    caches warm. Other threads of this program are not there in the child; what they held locked
    stays locked. What an alternative returns is kept until it was measured, then dropped; a
    generator or coroutine is run to its end.

    An alternative that raises, exits or is killed has an `error` and does not stop the others. What
    it prints is dropped; its standard error is shown once, in its first run, and nothing can be
    read from the standard input. Only the calling thread's memory is counted, not that of threads
    and processes that it starts.

    Raises HeapUnavailable where the heap cannot be counted.
    """
    from peakline import _heap, _stretch  # noqa: F401  The children find them loaded.

    chosen = _named(functions, named)
    if repeat < 1:
        raise ValueError(f"repeat must be 1 or more, not {repeat}")
    why = _heap.available()
    if why is not None:
        raise _heap.HeapUnavailable(why)
    import gc

    # Once, here: what is garbage already would be collected in one of the children, to its credit.
    gc.collect()
    calls = list(chosen.values())

    def start(index: int, pipe: int, kind: str, is_silent: bool) -> int:
        return _fork(calls[index], pipe, kind, is_silent)

    results, caveats = _trials.run(start, list(chosen), repeat)
    return comparison_of(list(chosen), results, caveats)


def comparison_of(
    names: Iterable[str], results: Iterable[_trials.Results], caveats: Iterable[str]
) -> Comparison:
    """The results of the alternatives that have these names."""
    return Comparison(
        (
            Alternative(name, tuple(Run(*figures) for figures in result.figures), result.error)
            for name, result in zip(names, results, strict=True)
        ),
        caveats,
    )


def _named(
    functions: Iterable[Callable[[], Any]], named: dict[str, Callable[[], Any]]
) -> dict[str, Callable[[], Any]]:
    chosen: dict[str, Callable[[], Any]] = {}
    for function in functions:
        # A partial has no name, but its function.
        inner = getattr(function, "func", function)
        name = getattr(function, "__name__", None) or getattr(inner, "__name__", None)
        name = name if isinstance(name, str) else type(function).__name__
        if name in chosen or name in named:
            raise TypeError(f"two alternatives are called {name!r}: name them, as in a=…, b=…")
        chosen[name] = function
    chosen.update(named)
    for name, function in chosen.items():
        if not callable(function):
            raise TypeError(f"the alternative {name!r} cannot be called: {function!r}")
    if not chosen:
        raise TypeError("there is nothing to compare: give two functions, as in a=…, b=…")
    return chosen


def _fork(function: Callable[[], Any], pipe: int, kind: str, is_silent: bool) -> int:
    import warnings

    for stream in (sys.stdout, sys.stderr):
        # Or the child might print it once more.
        with suppress(Exception):
            stream.flush()
    with warnings.catch_warnings():
        # That threads are not in the child is said above.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        _trial.forked(function, pipe, kind, is_silent=is_silent)
    return child


def _as_dict(alternative: Alternative) -> dict[str, Any]:
    found: dict[str, Any] = {
        "name": alternative.name,
        "error": alternative.error,
        "runs": [run._asdict() for run in alternative.runs],
    }
    if alternative.lines is not None:
        found["lines"] = alternative.lines.to_dict()
    return found


def _plain(alternative: Alternative) -> str:
    median = alternative.median()
    if alternative.error is not None or median is None:
        return f"{alternative.name}: {alternative.error or 'it was not run.'}\n"
    return (
        f"{alternative.name}: own peak {median.own_peak / _MIB:.3f} MiB, "
        f"retained {median.retained / _MIB:.3f} MiB, allocated {median.allocated / _MIB:.3f} MiB "
        f"in {median.allocations} blocks, {median.seconds:.3g} s\n"
    )
