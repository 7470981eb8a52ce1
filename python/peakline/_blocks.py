# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Finds the lines of a code object in a file's text.

Only the block itself is parsed, from the first decorator to the line that ends the indentation: the
tree of a whole file can take tens of megabytes, and memory that the profiler takes and returns
hides what the program takes next. Lambdas and comprehensions begin in the middle of a statement;
for those the file is parsed once and only positions are kept.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from types import CodeType
from typing import NamedTuple

from peakline._units import Units, one_unit, units_of

LARGEST_PARSED = 4_000_000
"""Characters beyond which a whole file is not parsed; its blocks still are."""

_ATTEMPTS = 8
_FUTURE_FLAGS = (
    0x1FE0000  # CO_FUTURE_*: `exec` hands its caller's `from __future__` on to the code.
)
_EXPRESSIONS: dict[str, type[ast.AST]] = {
    "<lambda>": ast.Lambda,
    "<genexpr>": ast.GeneratorExp,
    "<listcomp>": ast.ListComp,
    "<setcomp>": ast.SetComp,
    "<dictcomp>": ast.DictComp,
}
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


class Block(NamedTuple):
    """The number of the last line of a function, and its units (None if it could not be parsed)."""

    last_line: int
    units: Units | None


def find(code: CodeType, text: list[str]) -> Block | None:
    """The block of `code`, or None if the text at its first line cannot be its source.

    Raises RecursionError or MemoryError where Python's parser does.
    """
    first = max(1, code.co_firstlineno)
    if first > len(text):
        return None
    if code.co_name in _EXPRESSIONS:
        return _find_expression(code, text)
    if code.co_name == "<module>":
        return _find_module(text)
    node = _definition(code, first, text)
    if node is None:
        return None
    last = _with_trailing_comments(node, text)
    lines = text[first - 1 : last]
    for number in _lines_of(code):
        if not first <= number <= last or not text[number - 1].strip():
            return None
    return Block(last, units_of(node, first, last, lines))


def last_line_of(code: CodeType) -> int:
    """The last line that the code, or code inside of it, has instructions for."""
    last = max(1, code.co_firstlineno)
    waiting = [code]
    while waiting:
        each = waiting.pop()
        last = max(last, max(_lines_of(each), default=0))
        waiting.extend(constant for constant in each.co_consts if isinstance(constant, CodeType))
    return last


def compiles_to(code: CodeType, text: list[str]) -> bool:
    """Whether compiling the text yields `code`."""
    return any(each == code for each in _compiled_at(code, text))


def written_as(code: CodeType, text: list[str]) -> CodeType | None:
    """What compiling the text yields that is `code` but for its name, if it does."""
    for each in _compiled_at(code, text):
        if each == code.replace(co_name=each.co_name):
            return each
    return None


def _compiled_at(code: CodeType, text: list[str]) -> Sequence[CodeType]:
    """What the text defines at the first line of `code`."""
    global _last_compiled
    flags = code.co_flags & _FUTURE_FLAGS
    if _last_compiled is None or _last_compiled.text is not text or _last_compiled.flags != flags:
        _last_compiled = _Compiled(text, flags, _compiled(text, flags))
    return _last_compiled.codes.get(code.co_firstlineno, ())


class _Compiled(NamedTuple):
    text: list[str]
    flags: int
    codes: dict[int, list[CodeType]]


# One file each is kept: functions are registered file by file.
_last_compiled: _Compiled | None = None
_last_positions: tuple[list[str], dict[int, list[tuple[str, int, int]]]] | None = None


def _lines_of(code: CodeType) -> set[int]:
    return {line for _, _, line in code.co_lines() if line}


def _parse(source: str) -> ast.Module | None:
    """The tree, or None if this is no Python; warnings were the program's, and are not repeated."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(source)
        except (SyntaxError, ValueError):
            return None


def _compiled(text: list[str], flags: int) -> dict[int, list[CodeType]]:
    import warnings

    codes: dict[int, list[CodeType]] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            waiting = [compile("".join(text), "<again>", "exec", flags, True)]
        except (SyntaxError, ValueError):
            return codes
    while waiting:
        code = waiting.pop()
        codes.setdefault(code.co_firstlineno, []).append(code)
        waiting.extend(constant for constant in code.co_consts if isinstance(constant, CodeType))
    return codes


# MARK: Definitions


def _definition(code: CodeType, first: int, text: list[str]) -> ast.AST | None:
    indent = _indent(text[first - 1])
    offset = first - 1
    for end in _ends(first, indent, text):
        block = "".join(text[first - 1 : end])
        tree = _parse("if 1:\n" + block if indent else block)
        if tree is not None:
            if indent:
                offset -= 1
            body = tree.body[0].body if indent and isinstance(tree.body[0], ast.If) else tree.body
            return _named(code, body[:1], first, offset)
    whole = _parse_whole(text)
    return _named(code, ast.walk(whole), first, 0) if whole is not None else None


def _named(
    code: CodeType, nodes: Sequence[ast.AST] | Iterator[ast.AST], first: int, offset: int
) -> ast.AST | None:
    """The definition at line `first` that has the code's name; its lines are the file's."""
    for node in nodes:
        if isinstance(node, _DEFINITIONS) and node.name == code.co_name:
            starts = node.decorator_list[0].lineno if node.decorator_list else node.lineno
            if starts + offset == first:
                return ast.increment_lineno(node, offset) if offset else node
    return None


def _ends(first: int, indent: int, text: list[str]) -> Iterator[int]:
    """Lines up to which the block may reach: what follows each is indented no deeper.

    Such a line can also stand inside of a string or of brackets; then the parser fails and asks for
    the next one. Too much is harmless, so the distance doubles.
    """
    attempts = 0
    not_before = first
    started = False
    for number in range(first, len(text) + 1):
        line = text[number - 1]
        stripped = line.lstrip()
        if not stripped or stripped[0] == "#":
            continue
        if started and number >= not_before and _indent(line) <= indent:
            yield number - 1
            attempts += 1
            if attempts == _ATTEMPTS:
                return
            if attempts > 3:
                not_before = number + (number - first)
        # Decorators, and a header that goes on over several lines, stand at the definition's own
        # depth.
        started = started or stripped.startswith(("def", "async", "class"))
    yield len(text)


def _indent(line: str) -> int:
    """The white space before a line, in columns (tabs go to 8, a form feed starts anew)."""
    white = line[: len(line) - len(line.lstrip())].rpartition("\f")[2]
    return len(white.expandtabs(8))


def _with_trailing_comments(node: ast.AST, text: list[str]) -> int:
    """The last line of a definition; comments below in its body's column belong to it."""
    last: int = node.end_lineno  # type: ignore[attr-defined]
    first_statement = node.body[0]  # type: ignore[attr-defined]
    decorators = getattr(first_statement, "decorator_list", None)
    line = text[(decorators[0] if decorators else first_statement).lineno - 1]
    column = first_statement.col_offset
    if line[:column].strip():
        return last
    for number in range(last + 1, len(text) + 1):
        stripped = text[number - 1].lstrip()
        if stripped.startswith("#"):
            if len(text[number - 1]) - len(stripped) >= column:
                last = number
        elif stripped:
            break
    return last


# MARK: Whole files


def _parse_whole(text: list[str]) -> ast.Module | None:
    if sum(map(len, text)) > LARGEST_PARSED:
        raise MemoryError
    return _parse("".join(text))


def _find_module(text: list[str]) -> Block | None:
    tree = _parse_whole(text)
    return None if tree is None else Block(len(text), units_of(tree, 1, len(text), text))


def _find_expression(code: CodeType, text: list[str]) -> Block | None:
    """The expression of that kind on the code's first line; of several, the shortest that fits."""
    global _last_positions
    first, reaches = code.co_firstlineno, max(_lines_of(code), default=code.co_firstlineno)
    if _last_positions is None or _last_positions[0] is not text:
        _last_positions = (text, _positions(text))
    ends = [
        (end, column)
        for name, end, column in _last_positions[1].get(first, ())
        if name == code.co_name and end >= reaches
    ]
    if not ends:
        return None
    last = min(ends)[0]
    return Block(last, one_unit(first, last))


def _positions(text: list[str]) -> dict[int, list[tuple[str, int, int]]]:
    positions: dict[int, list[tuple[str, int, int]]] = {}
    names = {kind: name for name, kind in _EXPRESSIONS.items()}
    tree = _parse_whole(text)
    for node in ast.walk(tree) if tree is not None else ():
        name = names.get(type(node))
        if name is not None:
            place = (name, node.end_lineno, node.col_offset)  # type: ignore[attr-defined]
            positions.setdefault(node.lineno, []).append(place)  # type: ignore[attr-defined]
    return positions
