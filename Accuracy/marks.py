# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Writes marks into a function: which statement runs now, said by the program itself.

Nothing of Python's tracing is used, so nothing of it can be wrong here in the way a profiler could
be. A mark is a call that allocates nothing. Line numbers stay as they were. What cannot be marked
faithfully is refused: leaving a `with` other than by its end, or
a `try` by `continue` or `return`.
"""

from __future__ import annotations

import ast

MARK, ENTER, LEAVE, RESUME, CAUGHT = "_mark", "_enter", "_leave", "_resume", "_caught"
NAMES = (MARK, ENTER, LEAVE, RESUME, CAUGHT)


def marked(source: str, name: str) -> ast.Module:
    """The module's tree with marks in the function of that name."""
    tree = ast.parse(source)
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name == name:
            _mark_function(node)
            return ast.fix_missing_locations(tree)
    raise ValueError(f"there is no function {name}")


def _mark_function(function: ast.FunctionDef) -> None:
    first, last = function.body[0], function.body[-1]
    body = _block(function.body)
    enter = _statement(ENTER, first, _constant(None))
    if not isinstance(last, ast.Return):
        body.append(_statement(LEAVE, last, _constant(None)))
    function.body = [enter, *body]


def _block(statements: list[ast.stmt], after: ast.stmt | None = None) -> list[ast.stmt]:
    """The statements, each behind its mark; `after` is the header that control goes back to."""
    result: list[ast.stmt] = []
    for statement in statements:
        if not isinstance(statement, ast.Global | ast.Nonlocal):
            result.append(_mark(statement, statement))
        result.append(_inside(statement, after))
    return result


def _inside(node: ast.stmt, loop: ast.stmt | None) -> ast.stmt:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return node
    if isinstance(node, ast.For | ast.While):
        node.body = [*_block(node.body, node), _mark(node, node)]
        node.orelse = _block(node.orelse, loop)
    elif isinstance(node, ast.If):
        node.body, node.orelse = _block(node.body, loop), _block(node.orelse, loop)
    elif isinstance(node, ast.With):
        _refuse_to_leave(node, ast.Return, ast.Break, ast.Continue, ast.Raise)
        node.body = [*_block(node.body, loop), _mark(node, node)]
    elif isinstance(node, ast.Try):
        _refuse_to_leave(node, ast.Return, ast.Continue)
        node.body = _block(node.body, loop)
        node.orelse, node.finalbody = _block(node.orelse, loop), _block(node.finalbody, loop)
        for handler in node.handlers:
            if handler.type is None:
                raise ValueError(f"line {handler.lineno} catches everything")
            handler.type = _call(CAUGHT, handler, _constant(handler.lineno), handler.type)
            handler.body = _block(handler.body, loop)
    elif isinstance(node, ast.Continue) and loop is not None:
        # The header's mark comes before the jump: nothing may happen on the way.
        both = ast.If(test=_constant(True), body=[_mark(loop, node), node], orelse=[])
        return ast.copy_location(both, node)
    elif isinstance(node, ast.Return):
        node.value = _call(LEAVE, node, node.value or _constant(None))
    else:
        return _Yields().visit(node)  # type: ignore[no-any-return]
    return node


def _refuse_to_leave(node: ast.stmt, *kinds: type[ast.stmt]) -> None:
    for inner in ast.walk(node):
        if isinstance(inner, kinds):
            raise ValueError(f"line {inner.lineno} leaves a statement that has an end of its own")


class _Yields(ast.NodeTransformer):
    """Suspends at each yield and goes on at its line."""

    def visit_Yield(self, node: ast.Yield) -> ast.AST:
        value = node.value or _constant(None)
        node.value = _call(LEAVE, node, value)
        return _call(RESUME, node, _constant(node.lineno), node)

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
        return node


def _mark(unit: ast.stmt, place: ast.stmt) -> ast.stmt:
    return _statement(MARK, place, _constant(unit.lineno))


def _statement(name: str, place: ast.stmt, *values: ast.expr) -> ast.stmt:
    statement = ast.Expr(value=_call(name, place, *values))
    return ast.copy_location(statement, place)


def _call(name: str, place: ast.AST, *values: ast.expr) -> ast.Call:
    call = ast.Call(func=ast.Name(id=name, ctx=ast.Load()), args=list(values), keywords=[])
    for node in (call, *call.args, call.func):
        if not hasattr(node, "lineno"):
            ast.copy_location(node, place)
    for node in (call, call.func):
        # One physical line, the statement's first, whatever its length.
        node.end_lineno = node.lineno
        node.end_col_offset = getattr(node, "col_offset", 0)
    return call


def _constant(value: object) -> ast.Constant:
    return ast.Constant(value=value)  # type: ignore[arg-type]
