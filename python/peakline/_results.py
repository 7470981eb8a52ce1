# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""What a measurement of lines gives back: typed, in bytes and seconds, as text or as JSON."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, NamedTuple

from peakline import _engine, _text
from peakline._errors import say
from peakline._nested import inside_others, with_nested
from peakline._source import note_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import CodeType

    from peakline._engine import Measured, Row, Session
    from peakline._source import Source

SCHEMA = 2
"""The version of the JSON."""

_MIB = 1048576


class Line(NamedTuple):
    """A line of a function. What ran is counted on the first line of its statement; all else is
    zero.
    """

    line: int
    """Its number in the file."""
    source: str | None
    """Its text, without the newline; None where it is not known."""
    occurrences: int
    """How often control came to the statement."""
    usage: int | None
    """The most memory in use after it, in bytes; None if it did not run."""
    increment: int
    """What it added, callees included, summed over its executions, in bytes; negative if it gave
    back more.
    """
    rss_increment: int
    """The same of the resident set size, whatever the backend, in bytes."""
    seconds: float
    """Time spent in it, callees included."""
    heap_increment: int | None = None
    """What it added to the heap, net: the bytes that its thread allocated less those it freed.

    This and what follows is None unless the backend is heap.
    """
    own_peak: int | None = None
    """The most that the thread's heap stood above where it was when the line began, in bytes: of
    all executions the highest.
    """
    allocated: int | None = None
    """The bytes of all blocks that it allocated."""
    freed: int | None = None
    """The bytes of all blocks that it freed, whoever had allocated them."""
    allocations: int | None = None
    """How many blocks it allocated."""
    python_increment: int | None = None
    """The part of `heap_increment` that is Python's small objects."""
    requested: int | None = None
    """The bytes that were asked for, of those in `allocated`."""
    other_threads: int | None = None
    """What the rest of the process changed the heap by meanwhile; never the line's own."""


class FunctionProfile(NamedTuple):
    """A function that ran, line by line."""

    file: str
    """The file, as Python names it."""
    name: str
    """The qualified name."""
    first_line: int
    """The number of its first line (of its first decorator, if any)."""
    baseline: int
    """Memory in use when it was first entered, in bytes; 0 if it was only resumed."""
    lines: tuple[Line, ...]
    """All of its lines, in order."""
    note: str | None
    """What must be said of its source, as a sentence; None if nothing."""
    recursive: bool = False
    """Whether it was called or resumed while it ran, on the same thread: then what an inner call
    cost is in the line that made the call and again in the lines that it ran: there is no sum.
    """


class LineProfile:
    """The lines of the functions that ran.

    `functions` holds one `FunctionProfile` each, in the order in which they were chosen; `backend`
    says what was measured; `caveats` are sentences that limit the figures; `value` is what the
    measured call returned.
    """

    __slots__ = ("backend", "caveats", "functions", "value")

    def __init__(
        self,
        functions: Iterable[FunctionProfile],
        backend: str,
        caveats: Iterable[str] = (),
        value: Any = None,
    ) -> None:
        self.functions = tuple(functions)
        self.backend = backend
        self.caveats = tuple(caveats)
        self.value = value

    def to_text(self, precision: int = 1) -> str:
        """memory_profiler's table of each function; `precision` is the number of decimals, in MiB
        (2**20 bytes).

        The increment of a function's first line is its baseline: the usage when it was first
        entered.
        """
        import io

        stream = io.StringIO()
        self.write_text(stream, precision)
        return stream.getvalue()

    def write_text(self, stream: _text.Stream, precision: int = 1) -> None:
        """Writes `to_text(precision)` to a stream, a row at a time."""
        _text.show((_block(function) for function in self.functions), stream, precision)

    def to_table(
        self,
        columns: str | Iterable[str] | None = None,
        *,
        color: bool = False,
        width: int | None = None,
        precision: int | None = None,
    ) -> str:
        """The extended table of each function, with what matters in it said in a sentence above.

        `columns` are names (or one text with commas) such as `peakline report --help` explains, or
        `all`; ValueError for those that do not exist. `width`: the cells that a row may take, None
        for any number; with a width there are bars. `precision`: the decimals of sizes in MiB; None
        for the unit that suits each. Where the executable that renders it is missing or fails, this
        is `to_text()`, and a sentence on the standard error says why.
        """
        from peakline import _render

        options = _render.arguments(_render.chosen(columns, self.backend), color, width, precision)
        try:
            return _render.render(self.to_json(), options)
        except _render.CannotRender as error:
            say(f"the four-column table is shown: {error}")
            return self.to_text(1 if precision is None else precision)

    def to_html(
        self, columns: str | Iterable[str] | None = None, *, precision: int | None = None
    ) -> str | None:
        """The extended table as HTML, to stand in a page or below a notebook's cell: it brings its
        own style, needs no network, and is light or dark as its surroundings.

        `columns` and `precision` are those of `to_table`. None where the executable that renders it
        is missing or fails; a sentence on the standard error says why.
        """
        from peakline import _render

        chosen = _render.chosen(columns, self.backend)
        return _render.html(self.to_json(), chosen, precision)

    def _repr_html_(self) -> str | None:
        return self.to_html()

    def to_json(self, indent: int | None = None) -> str:
        """`{"schema": 2, "kind": "lines", …}`, as docs/format.md has it; bytes and seconds."""
        import json

        return json.dumps(self.to_dict(), indent=indent)

    def to_dict(self) -> dict[str, Any]:
        """What `to_json` writes, as a dict."""
        return {
            "schema": SCHEMA,
            "kind": "lines",
            "backend": self.backend,
            "python": ".".join(map(str, sys.version_info[:3])),
            "caveats": list(self.caveats),
            "functions": [
                {
                    "file": function.file,
                    "name": function.name,
                    "first_line": function.first_line,
                    "baseline": function.baseline,
                    "note": function.note,
                    "recursive": function.recursive,
                    "lines": [line._asdict() for line in function.lines],
                }
                for function in self.functions
            ],
        }

    def __repr__(self) -> str:
        names = ", ".join(function.name for function in self.functions)
        return f"<LineProfile of {names or 'nothing'}, backend {self.backend}>"


def profile_of(
    session: Session,
    backend: str,
    names: dict[int, str] | None = None,
    value: Any = None,
    *,
    folds_nested: bool = False,
) -> LineProfile:
    """The figures of a session; `names` gives qualified names by the id of a code object.

    Functions defined inside of others that the session counts are left out, unless they are named;
    with `folds_nested` the rows of their lines stand among those of the function around them.
    """
    functions = []
    names = names or {}
    codes = session.codes()
    inside = inside_others(codes) if len(codes) > 1 else set()
    for code in codes:
        measured = session.measured(code)
        if measured.rows and (id(code) not in inside or id(code) in names):
            name: str = names.get(id(code), getattr(code, "co_qualname", code.co_name))
            function = _function(
                code, name, session.source(code), measured, is_heap=backend == "heap"
            )
            functions.append(with_nested(function, session, code) if folds_nested else function)
    caveats = _engine.caveats()
    if backend == "heap":
        from peakline import _heap

        caveats = [*caveats, *_heap.caveats()]
    return LineProfile(functions, backend, caveats, value)


def _function(
    code: CodeType, name: str, source: Source, measured: Measured, *, is_heap: bool
) -> FunctionProfile:
    rows = {row.line: row for row in measured.rows}
    lines = []
    for number in range(source.first_line, source.last_line + 1):
        text = source.line(number) if source.lines is not None else None
        row = rows.get(number)
        if row is None:
            none_ran: tuple[int, ...] = (0,) * 8 if is_heap else ()
            lines.append(Line(number, _bare(text), 0, None, 0, 0, 0.0, *none_ran))
        else:
            lines.append(
                Line(
                    number,
                    _bare(text),
                    row.occurrences,
                    row.usage if row.order else None,
                    row.increment,
                    row.rss_increment,
                    row.seconds,
                    *(_heap_figures(row) if is_heap else ()),
                )
            )
    return FunctionProfile(
        code.co_filename,
        name,
        source.first_line,
        max(measured.baseline, 0),
        tuple(lines),
        note_of(source),
        measured.recursive,
    )


def _heap_figures(row: Row) -> tuple[int, ...]:
    """A line's figures beyond those of every backend, in its order."""
    return (
        row.increment,
        row.own_peak,
        row.allocated,
        row.freed,
        row.allocations,
        row.python_increment,
        row.requested,
        row.other_threads,
    )


def _bare(text: str | None) -> str | None:
    return None if text is None else text.rstrip("\r\n")


def _block(function: FunctionProfile) -> _text.Block:
    return _text.Block(function.file, _rows(function), function.note)


def _rows(function: FunctionProfile) -> Iterator[_text.Row]:
    for line in function.lines:
        text = _text.UNAVAILABLE if line.source is None else line.source + "\n"
        if line.usage is None:
            yield line.line, None, text
        else:
            # The first row shows where the function began, as memory_profiler's tables do.
            start = function.baseline if line.line == function.first_line else 0
            figures = (
                (line.increment + start) / _MIB,
                line.usage / _MIB,
                line.occurrences,
            )
            yield line.line, figures, text


def lines(func: Any, /, *args: Any, backend: str = "rss", **kwargs: Any) -> LineProfile:
    """Calls `func(*args, **kwargs)` once and measures its lines.

    `func` is a function, method, class or other callable with Python code; a generator is run to
    its end, a coroutine in a loop of its own. The result's `value` is what it returned. Exceptions
    pass. Raises TypeError for what has no Python code, UnknownBackend for a backend that does not
    exist.
    """
    from peakline._backends import canonical_name, number_of
    from peakline._wrap import codes_of

    codes = codes_of(func)
    if not codes:
        raise TypeError(f"{func!r} has no Python code whose lines could be measured")
    session = _engine.session(number_of(backend))
    try:
        for code in codes:
            session.add(code)
        session.begin()
        try:
            value = _run(func, args, kwargs)
        finally:
            session.end()
        return profile_of(session, canonical_name(backend), _names(func, codes), value)
    finally:
        session.close()


def _names(func: Any, codes: list[CodeType]) -> dict[int, str]:
    """The qualified names, which code objects themselves have from CPython 3.11 on only."""
    from peakline._functions import function_behind, functions_of, qualified_name

    if isinstance(func, type):
        return {id(code): name for name, code in functions_of(func)}
    function = function_behind(func) or function_behind(type(func).__call__)
    return {} if function is None else {id(codes[0]): qualified_name(function)}


def _run(func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    from types import AsyncGeneratorType, CoroutineType, GeneratorType

    value = func(*args, **kwargs)
    if isinstance(value, GeneratorType):
        while True:
            try:
                next(value)
            except StopIteration as stop:
                return stop.value
    if isinstance(value, AsyncGeneratorType):
        value = _exhaust(value)
    if isinstance(value, CoroutineType):
        import asyncio

        return asyncio.run(value)
    return value


async def _exhaust(generator: Any) -> None:
    async for _ in generator:
        pass
