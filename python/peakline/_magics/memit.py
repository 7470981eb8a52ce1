# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""`%memit`: the memory that a statement takes at its peak, counted and not sampled."""

from __future__ import annotations

import gc
import sys
from functools import partial
from typing import TYPE_CHECKING, Any

from peakline._magics import mprun, statement
from peakline._magics.arguments import parse
from peakline._magics.undoing import undone

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from peakline._magics.shell import PeaklineMagics
    from peakline._magics.statement import Statement

_MIB = 1048576
_OURS = ("memory_profiler", "peakline")
_UNSEEN = 0.05
"""So much more than the heap, as a share, may the resident set rise by before it is said."""
_FEW = 0.01
"""Modules that take less, in MiB, are not worth a sentence."""
_FEW_OF_OTHERS = 0.1
"""Nor is what other threads did below so many MiB, such as a kernel's with what is printed, or
below a hundredth of the peak.
"""


class MemitResult:
    """What `%memit -o` returns; all in MiB.

    `mem_usage` holds the peak of each run, `baseline` what was in use before them; `repeat`,
    `timeout`, `interval` and `include_children` are the options.
    """

    def __init__(
        self,
        mem_usage: list[float],
        baseline: float,
        repeat: int,
        timeout: float | None,
        interval: float,
        include_children: bool,
    ) -> None:
        self.mem_usage = mem_usage
        self.baseline = baseline
        self.repeat = repeat
        self.timeout = timeout
        self.interval = interval
        self.include_children = include_children

    def __str__(self) -> str:
        peak = max(self.mem_usage)
        return f"peak memory: {peak:.2f} MiB, increment: {peak - self.baseline:.2f} MiB"

    def __repr__(self) -> str:
        return f"<MemitResult : {self}>"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(repr(self))


def run(magics: PeaklineMagics, line: str, cell: str | None) -> MemitResult | None:
    """The whole magic; its result is that of `-o`, or None."""
    __tracebackhide__ = True
    options = parse(line, "r:t:i:coq", ("backend=",))
    repeat = options.number("r", int, 1, least=1)
    timeout = options.number("t", float, None, least=0)
    interval = options.number("i", float, 0.1, least=0)
    children = "c" in options
    backend = mprun.backend_of(options, "heap", _why_no_heap)
    if cell is None:
        code = statement.of(magics.shell, options.rest, None)
    else:
        code = statement.of(magics.shell, "", cell)
        setup = statement.Statement(magics.shell, options.rest)
        if not setup.is_empty:
            setup.run()
    gc.collect()
    notes: list[str] = []
    if backend == "heap":
        peaks, baseline = _by_heap(code, repeat, notes)
    else:
        peaks, baseline = _by_pages(code, repeat, backend, children, timeout, interval, notes)
    result = MemitResult(peaks, baseline, repeat, timeout, interval, children)
    if "q" not in options:
        print(result)
        for note in notes:
            print(note)
    return result if "o" in options else None


def _why_no_heap() -> str | None:
    """Why blocks cannot be watched here; None if they can. What the first watch allocates, which is
    not the statement's, is allocated then.
    """
    from peakline import HeapUnavailable, watch

    try:
        with watch():
            pass
    except HeapUnavailable as error:
        return str(error)
    return None


def _by_heap(code: Statement, repeat: int, notes: list[str]) -> tuple[list[float], float]:
    """The peaks and the first baseline in MiB, of all that this process has allocated."""
    __tracebackhide__ = True
    from peakline import _memory
    from peakline._backends import HEAP, RSS
    from peakline._magics.loading import Apart
    from peakline._usage import memory_usage

    peaks = []
    baseline: float | None = None
    others = 0
    resident = 0.0
    known = set(sys.modules)
    for _ in range(repeat):
        before = _memory.read(-1, HEAP) / _MIB
        pages = _memory.read(-1, RSS) / _MIB
        block = Apart(counts_modules=code.has_imports)

        def watched(block: Apart = block) -> None:
            __tracebackhide__ = True
            with block:
                code.run()

        measure = partial(memory_usage, (watched,), max_usage=True, max_iterations=1)
        highest = undone(block.stop, measure)
        resident = max(resident, highest - pages - block.loaded / _MIB)
        before += block.loaded / _MIB
        baseline = before if baseline is None else baseline
        peaks.append(before + block.peak / _MIB)
        others = max(others, block.other_threads, key=abs)
        if block.loaded > _FEW * _MIB:
            notes.append(
                f"Loading {_listed(block.modules)} took another {block.loaded / _MIB:.2f} MiB, "
                "which is counted as there before: another run is without that."
            )
    if code.has_imports:
        notes += _imported(known)
    if abs(others) > max(block.peak / 100, _FEW_OF_OTHERS * _MIB):
        notes.append(
            f"Other threads changed the heap by {others / _MIB:+.2f} MiB meanwhile; that is in "
            "none of these figures (--backend rss measures the whole process)."
        )
    taken = block.peak / _MIB
    if resident > taken + max(_UNSEEN * taken, 1):
        notes.append(
            f"The resident set rose by {resident:.2f} MiB: what other threads allocate for a "
            "moment, what modules need while they load, and pages touched for the first time are "
            "in that alone."
        )
    return peaks, baseline or 0.0


def _by_pages(
    code: Statement,
    repeat: int,
    backend: str,
    children: bool,
    timeout: float | None,
    interval: float,
    notes: list[str],
) -> tuple[list[float], float]:
    """The same of the pages that the kernel holds for the process, and for its children; or of what
    tracemalloc traces.
    """
    __tracebackhide__ = True
    from peakline import _memory, _usage
    from peakline._backends import number_of

    known: set[str] = set()

    def measure() -> tuple[list[float], float]:
        __tracebackhide__ = True
        known.update(sys.modules)
        baseline = _memory.read(-1, number_of(backend), include_children=children) / _MIB
        usage = partial(
            _usage.memory_usage,
            (code.run,),
            interval=interval,
            timeout=timeout,
            max_usage=True,
            max_iterations=1,
            include_children=children,
            backend=backend,
        )
        peaks = []
        for _ in range(repeat):
            peaks.append(usage())
        return peaks, baseline

    peaks, baseline = _tracing(measure) if backend == "tracemalloc" else measure()
    notes += _imported(known)
    if children or backend in ("pss", "uss"):
        notes.append(f"(Sampled every {interval:g} s: what lives for less may be missed.)")
    return [max(peak, baseline) for peak in peaks], baseline


def _tracing(function: Callable[[], Any]) -> Any:
    """Calls a function with tracemalloc on, which is off again if it was."""
    __tracebackhide__ = True
    import tracemalloc

    if tracemalloc.is_tracing():
        return function()

    def traced() -> Any:
        __tracebackhide__ = True
        tracemalloc.start()
        return function()

    return undone(tracemalloc.stop, traced)


def _imported(known: set[str]) -> list[str]:
    """What to say of modules that the statement loaded, beyond those that were known."""
    # Not those of our own that were needed for the first time, nor what extensions keep there that
    # is no module.
    modules = {
        name
        for name in set(sys.modules) - known
        if name.partition(".")[0] not in _OURS and getattr(sys.modules[name], "__spec__", None)
    }
    if not modules:
        return []
    return [f"This includes loading {_listed(modules)}: another run is without that."]


def _listed(modules: Collection[str]) -> str:
    """Some of them, without those that are parts of others; first those that are public."""
    tops = [name for name in modules if name.rpartition(".")[0] not in modules]
    tops.sort(key=lambda name: (name.startswith("_"), name))
    return ", ".join(tops[:3]) + (", …" if len(tops) > 3 else "")
