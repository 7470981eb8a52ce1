# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Which physical lines of a function belong together: the statement rule.

CPython reports line events per physical line, and the lines it reports for one statement differ
from version to version. A table is the same everywhere only if it counts statements, so lines are
grouped into *units*: a simple statement with all its lines, or the header of a compound one up to
its body. A unit is shown on the first line of its statement (`def`/`class` inside the function: on
the line of that keyword, whatever decorators stand above it). Statements that share a line share a
unit. Code of nested functions never runs in the frame that is watched, so its lines belong to the
unit of the nested `def`.

The tree is walked without recursion: a chain of a thousand `elif` is a thousand levels deep.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

_BLOCKS = frozenset({"body", "orelse", "handlers", "finalbody", "cases", "decorator_list"})
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


class Units:
    """The units of one function.

    `index[line - first_line]` is the unit of a line, `lines[unit]` the line that shows a unit.
    """

    __slots__ = ("first_line", "index", "lines")

    def __init__(self, first_line: int, index: list[int], lines: list[int]) -> None:
        self.first_line = first_line
        self.index = index
        self.lines = lines

    def unit_at(self, line: int) -> int:
        """The unit of a line; unit 0, the header, for a line outside of the function."""
        offset = line - self.first_line
        return self.index[offset] if 0 <= offset < len(self.index) else 0


def units_by_line(first_line: int, last_line: int) -> Units:
    """The map for code without source: each line is a unit of its own."""
    count = max(1, last_line - first_line + 1)
    return Units(first_line, list(range(count)), list(range(first_line, first_line + count)))


def one_unit(first_line: int, last_line: int) -> Units:
    """The map for an expression: all its lines are one unit."""
    return Units(first_line, [0] * max(1, last_line - first_line + 1), [first_line])


def units_of(
    node: ast.AST, first_line: int, last_line: int, lines: Sequence[str] | None = None
) -> Units:
    """The units of the code that `node` compiles to (a def, class, module or expression).

    `first_line` is the code's `co_firstlineno`. `lines`, the text from there on, is needed for one
    thing only: the line of a `case` keyword whose pattern begins further down, since the tree does
    not hold it.
    """
    body = getattr(node, "body", None)
    if not isinstance(body, list):
        return one_unit(first_line, last_line)
    claims = _Claims(first_line, max(first_line, last_line))
    claims.claim(first_line, _header_end(node, first_line, body), first_line)
    _claim_block(claims, body, lines)
    return claims.units()


class _Claims:
    """Units being handed out, in the order of the source."""

    def __init__(self, first_line: int, last_line: int) -> None:
        self.first = first_line
        self._owner: list[int] = [-1] * (last_line - first_line + 1)
        self._shown: list[int] = []

    def claim(self, start: int, end: int, shown: int) -> None:
        """Gives the lines to a new unit, or to the one that has the first of them."""
        first, last = self.first, self.first + len(self._owner) - 1
        start, end = min(max(start, first), last), min(end, last)
        unit = self._owner[start - first]
        if unit < 0:
            unit = len(self._shown)
            self._shown.append(min(max(shown, first), last))
        for offset in range(start - first, end - first + 1):
            if self._owner[offset] < 0:
                self._owner[offset] = unit

    def units(self) -> Units:
        """The map. Lines nobody claimed (blank ones, comments, `else:`) follow the line above."""
        index: list[int] = []
        unit = 0
        for owner in self._owner:
            unit = owner if owner >= 0 else unit
            index.append(unit)
        return Units(self.first, index, self._shown)


def _claim_block(claims: _Claims, body: Sequence[ast.AST], lines: Sequence[str] | None) -> None:
    waiting = list(reversed(body))
    while waiting:
        node = waiting.pop()
        start = _start(node)
        if isinstance(node, _DEFINITIONS):
            claims.claim(start, node.end_lineno or start, node.lineno)
        elif isinstance(node, ast.match_case):
            start = _case_line(claims, node, lines)
            claims.claim(start, _header_end(node, start, node.body), start)
        else:
            inner = getattr(node, "body", None)
            if isinstance(node, ast.Match):
                inner = node.cases
            end = getattr(node, "end_lineno", None) or start
            claims.claim(start, _header_end(node, start, inner) if inner else end, start)
        waiting.extend(reversed(list(_inner_blocks(node))))


def _inner_blocks(node: ast.AST) -> Iterator[ast.AST]:
    """What a compound statement holds, in source order; nothing for a nested definition."""
    if not isinstance(node, _DEFINITIONS):
        for field in ("cases", "body", "handlers", "orelse", "finalbody"):
            inner = getattr(node, field, None)
            if isinstance(inner, list):
                yield from inner


def _start(node: ast.AST) -> int:
    if isinstance(node, _DEFINITIONS) and node.decorator_list:
        return min(node.lineno, node.decorator_list[0].lineno)
    if isinstance(node, ast.match_case):
        return node.pattern.lineno
    return int(getattr(node, "lineno", 1))


def _header_end(node: ast.AST, start: int, body: Sequence[ast.AST]) -> int:
    """The last line of a header: the one above its body, or the body's if it ends there."""
    if isinstance(node, ast.Module):
        return start
    end = max(start, _start(body[0]) - 1) if body else start
    parts = [value for field, value in ast.iter_fields(node) if field not in _BLOCKS]
    while parts:
        part = parts.pop()
        if isinstance(part, list):
            parts.extend(part)
        elif isinstance(part, ast.AST):
            ends_at = getattr(part, "end_lineno", None)
            if ends_at is not None:
                end = max(end, ends_at)
            else:
                parts.extend(value for _, value in ast.iter_fields(part))
    return end


def _case_line(claims: _Claims, case: ast.match_case, lines: Sequence[str] | None) -> int:
    """The line of the `case` keyword: the nearest, from the pattern's upwards, to begin with it."""
    pattern_line = case.pattern.lineno
    if lines is None:
        return pattern_line
    for line in range(pattern_line, claims.first, -1):
        text = lines[line - claims.first].lstrip() if line - claims.first < len(lines) else ""
        if text.startswith("case") and not (text[4:5].isalnum() or text[4:5] == "_"):
            return line
        if line < pattern_line and text and text[0] not in "(#\\":
            break
    return pattern_line
