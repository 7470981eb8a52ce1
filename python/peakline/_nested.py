# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Functions and classes that are defined inside a function: memory_profiler's table of a function
shows their lines too.

Only lines of their own count: those of the body of a nested `def` or `class`. A lambda or
comprehension is part of a statement of the function around it, whose row has its cost: it is not
measured.
"""

from __future__ import annotations

from types import CodeType
from typing import TYPE_CHECKING, NamedTuple

from peakline._source import take_source

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from peakline._engine import Session
    from peakline._results import FunctionProfile

_EXPRESSIONS = frozenset({"<lambda>", "<genexpr>", "<listcomp>", "<setcomp>", "<dictcomp>"})

_KEPT = 256
_known: dict[int, tuple[CodeType, tuple[Nested, ...]]] = {}


class Nested(NamedTuple):
    """Code inside of other code."""

    code: CodeType
    own: frozenset[int]
    """The lines that show its rows; the line of its `def` shows the definition."""


def nested_in(code: CodeType) -> tuple[Nested, ...]:
    """What has lines of its own inside of `code`, at any depth; the outer before the inner."""
    known = _known.get(id(code))
    if known is None:
        # The code is kept: its address cannot be another's meanwhile.
        known = (code, tuple(_search(code)))
        if len(_known) >= _KEPT:
            _known.pop(next(iter(tuple(_known))), None)
        _known[id(code)] = known
    return known[1]


def _search(code: CodeType) -> Iterator[Nested]:
    for constant in code.co_consts:
        if not isinstance(constant, CodeType) or constant.co_name in _EXPRESSIONS:
            continue
        # The scope of a function's type parameters holds the function.
        if not constant.co_name.startswith("<"):
            own = _own_lines(constant, code)
            if own:
                yield Nested(constant, own)
        yield from _search(constant)


def _own_lines(code: CodeType, around: CodeType) -> frozenset[int]:
    source, outer = take_source(code), take_source(around)
    if source.lines is None:
        return frozenset(_lines_of(code) - _lines_of(around) - {code.co_firstlineno})
    return frozenset(source.units.lines[1:]).difference(outer.units.lines)


def _lines_of(code: CodeType) -> set[int]:
    return {line for _, _, line in code.co_lines() if line}


def inside_others(codes: Iterable[CodeType]) -> set[int]:
    """The ids of those of the codes that are defined inside of another of them."""
    found: set[int] = set()
    waiting = list(codes)
    among = {id(code) for code in waiting}
    while waiting:
        inner = [each for each in waiting.pop().co_consts if isinstance(each, CodeType)]
        found.update(among.intersection(map(id, inner)))
        waiting.extend(inner)
    return found


def with_nested(function: FunctionProfile, session: Session, code: CodeType) -> FunctionProfile:
    """The lines of a function, the rows of what is nested in it, and counted, filled in."""
    lines = list(function.lines)
    counted = {id(each) for each in session.codes()}
    for nested, own in nested_in(code):
        for row in session.measured(nested).rows if id(nested) in counted else ():
            place = row.line - function.first_line
            if row.line in own and row.order and 0 <= place < len(lines):
                lines[place] = lines[place]._replace(
                    occurrences=row.occurrences,
                    usage=row.usage,
                    increment=row.increment,
                    rss_increment=row.rss_increment,
                    seconds=row.seconds,
                )
    return function._replace(lines=tuple(lines))
