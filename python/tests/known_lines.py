# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Functions whose lines have a known cost, and their tables by the tags of the lines.

A line is named by the comment at its end (`grow(3)  # kept`); a line without one by its text.
Memory comes from `grow` and goes by `shrink`: pages of one mapping, taken and given back to the
page, so a table that is off by a single page is wrong.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import mmap
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from known_memory import PAGE, _libc

from peakline import _engine

ROOM = 40_000
"""Pages that can be had at once."""

_DONTNEED = 4
_NO_HUGE_PAGES = 15

_start: int = _libc.mmap(
    None,
    ROOM * PAGE,
    mmap.PROT_READ | mmap.PROT_WRITE,
    mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS,
    -1,
    0,
)
_libc.madvise(_start, ROOM * PAGE, _NO_HUGE_PAGES)
_top = 0

BYTES = (ctypes.c_char * (ROOM * PAGE)).from_address(_start)
"""The mapping itself: writing to an untouched page takes it, in one line that calls nothing."""


def grow(pages: int) -> None:
    """Makes so many more pages resident."""
    global _top
    assert _top + pages <= ROOM
    _libc.memset(_start + _top * PAGE, 1, pages * PAGE)
    _top += pages


def shrink(pages: int) -> None:
    """Gives the last so many pages back to the kernel."""
    global _top
    _top -= pages
    _libc.madvise(_start + _top * PAGE, pages * PAGE, _DONTNEED)


def reset() -> None:
    """Gives all pages back."""
    global _top
    _libc.madvise(_start, ROOM * PAGE, _DONTNEED)
    _top = 0


class Table(NamedTuple):
    """What was measured of one function, by the tags of its lines."""

    rows: dict[str, _engine.Row]
    baseline: int
    """In bytes."""

    @property
    def times(self) -> dict[str, int]:
        """How often each line was come to."""
        return {tag: row.occurrences for tag, row in self.rows.items()}

    @property
    def pages(self) -> dict[str, float]:
        """The lines that changed the memory, and by how many pages."""
        return {tag: row.increment / PAGE for tag, row in self.rows.items() if row.increment}

    def usage(self, tag: str) -> float:
        """The usage of a line above the function's baseline, in pages."""
        return (self.rows[tag].usage - self.baseline) / PAGE


def undisturbed(check: Callable[[], None]) -> None:
    """Runs a check again if it fails.

    Whenever another process begins or ends, the proportional and the unique set of this one change,
    since the files of the interpreter are shared with it. Where others are tested beside it, that
    happens every few milliseconds.
    """
    for _ in range(60):
        with contextlib.suppress(AssertionError):
            check()
            return
        reset()
    check()


def nearly(found: dict[str, float], expected: dict[str, int], slack: int = 2) -> bool:
    """Whether the pages are the expected ones, but for some that Python's allocator took.

    Only for what makes so many objects of its own, an event loop say, that no warming up helps.
    """
    tags = {*found, *expected}
    return all(abs(found.get(tag, 0) - expected.get(tag, 0)) <= slack for tag in tags)


def table_of(session: Any, function: Any) -> Table:
    """The table of a function that the session counts."""
    code = getattr(function, "__code__", function)
    source = session.source(code)
    measured = session.measured(code)
    rows: dict[str, _engine.Row] = {}
    for row in measured.rows:
        text, _, tag = source.line(row.line).strip().partition("  # ")
        assert (tag or text) not in rows, f"two lines are called {tag or text}"
        rows[tag or text] = row
    return Table(rows, measured.baseline)


@contextlib.contextmanager
def measuring(*functions: Any, backend: int = 0, all_threads: bool = False) -> Iterator[Any]:
    """A session over the functions, on inside."""
    session = _engine.session(backend, all_threads=all_threads)
    for function in functions:
        session.add(getattr(function, "__code__", function))
    session.begin()
    try:
        yield session
    finally:
        session.end()


def tables(
    run: Callable[[], Any], *functions: Any, backend: int = 0, all_threads: bool = False
) -> Any:
    """The tables of the functions while `run()` ran: one, or a list of them.

    It is run before as well: what Python sets up at the first call (caches, arenas) is not what the
    lines cost.
    """
    enabled = gc.isenabled()
    gc.collect()
    gc.disable()
    try:
        for _ in range(2):
            reset()
            with measuring(*functions, backend=backend, all_threads=all_threads) as session:
                run()
            found = [table_of(session, function) for function in functions]
            session.close()
        return found[0] if len(found) == 1 else found
    finally:
        reset()
        if enabled:
            gc.enable()
