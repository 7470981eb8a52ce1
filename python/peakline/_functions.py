# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Lists a module's functions with their qualified names, from its code or from its objects.

Code is the better source, for it also has the functions that do not exist yet; the objects are what
is left of a module that was imported before anybody asked. Costs one walk over the constants of the
code, or over the module's names.
"""

from __future__ import annotations

import sys
from types import CodeType, FunctionType, ModuleType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

MODULE = "<module>"
"""The name of a module's top level."""

_LOCALS = ".<locals>."
_FUNCTION_FLAGS = 0x1 | 0x2  # CO_OPTIMIZED, CO_NEWLOCALS: class bodies and modules lack them
_ATTRIBUTES_OF_WRAPPERS = ("__wrapped__", "__func__", "fget", "func")


def is_function(code: CodeType) -> bool:
    """Whether code is what a reader calls a function: no lambda, comprehension or class body."""
    is_named = not code.co_name.startswith("<") and code.co_name != "__annotate__"
    return is_named and code.co_flags & _FUNCTION_FLAGS == _FUNCTION_FLAGS


def functions_in(code: CodeType, *, everything: bool = False) -> Iterator[tuple[str, CodeType]]:
    """The functions in a module's code, outer before inner, with names such as `C.f.<locals>.g`.

    With `everything` also `<module>`, lambdas, comprehensions and class bodies.
    """
    for name, found in _walk(code, code.co_name if code.co_name != MODULE else ""):
        if everything or is_function(found):
            yield name or MODULE, found


def functions_of(holder: ModuleType | type) -> Iterator[tuple[str, CodeType]]:
    """The functions that an imported module, or a class, defines, as `functions_in` names them.

    Finds methods, properties, and functions behind decorators that keep `__wrapped__`; functions
    imported from elsewhere are not the module's.
    """
    seen: set[int] = set()
    if isinstance(holder, type):
        yield from _functions_below(holder, holder.__module__, seen)
        return
    for value in list(vars(holder).values()):
        yield from _functions_below(value, holder.__name__, seen)


def function_behind(value: Any) -> FunctionType | None:
    """The function written in Python that an object leads to, if any.

    Looks through methods, descriptors, partials, and decorators that keep `__wrapped__`.
    """
    for _ in range(100):  # a chain of wrappers may bite its own tail
        inner = next((i for i in _ATTRIBUTES_OF_WRAPPERS if _has(value, i)), None)
        if inner is None:
            return value if type(value) is FunctionType else None
        value = getattr(value, inner)
    return None


def qualified_name(function: FunctionType) -> str:
    """The name that the function's source gives it, whatever decorators made of `__qualname__`."""
    name = getattr(function.__code__, "co_qualname", function.__qualname__)
    return str(name)


def _walk(code: CodeType, name: str) -> Iterator[tuple[str, CodeType]]:
    yield name, code
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from _walk(inner, _name_within(code, name, inner))


def _name_within(outer: CodeType, outer_name: str, inner: CodeType) -> str:
    if sys.version_info >= (3, 11):
        return inner.co_qualname
    if not outer_name:
        return inner.co_name
    is_scope = outer.co_flags & _FUNCTION_FLAGS == _FUNCTION_FLAGS
    return f"{outer_name}{_LOCALS if is_scope else '.'}{inner.co_name}"


def _functions_below(value: Any, module: str, seen: set[int]) -> Iterator[tuple[str, CodeType]]:
    # By type(), not isinstance(): that asks a proxy for `__class__`, which may run the program's
    # code.
    if issubclass(type(value), type):
        if value.__module__ == module and id(value) not in seen:
            seen.add(id(value))
            for attribute in list(vars(value).values()):
                yield from _functions_below(attribute, module, seen)
        return
    accessors = [value]
    if type(value) is property:
        accessors = [value.fget, value.fset, value.fdel]
    for accessor in accessors:
        function = function_behind(accessor)
        if function is None or function.__module__ != module or id(function.__code__) in seen:
            continue
        seen.add(id(function.__code__))
        for name, code in _walk(function.__code__, qualified_name(function)):
            if is_function(code) or code is function.__code__:
                yield name, code


def _has(value: object, name: str) -> bool:
    """Whether an object holds a wrapped function as `name`; made-up attributes do not count."""
    kind = type(value)
    if issubclass(kind, type | ModuleType):
        return False
    if (
        kind.__module__ in ("builtins", "functools")
        and name != "__wrapped__"
        and name in vars(kind)
    ):
        return True
    try:
        own = vars(value)
    except Exception:  # no __dict__, or a proxy with nothing behind it
        return False
    return name in own and (name == "__wrapped__" or kind is not FunctionType)
