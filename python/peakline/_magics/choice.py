# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Which functions `%mprun` measures: those of `-f`, or those that the statement suggests."""

from __future__ import annotations

import sys
from types import FunctionType, ModuleType
from typing import TYPE_CHECKING, Any

from peakline._functions import function_behind
from peakline._magics.arguments import usage_error

if TYPE_CHECKING:
    from types import CodeType

    from peakline._magics.statement import Statement


class Chosen:
    """Functions (or methods, classes, …) and bare code objects to measure, and what to say of it.

    The code of functions that a cell defines is there before they are.
    """

    def __init__(self) -> None:
        self.functions: list[Any] = []
        self.codes: list[tuple[str, CodeType]] = []
        self.notes: list[str] = []


def named(expressions: list[str], shell: Any, statement: Statement | None) -> Chosen:
    """What the expressions of `-f` name: among the functions of the cell first, which are about to
    take the place of older ones, then among the user's names. Raises UsageError.
    """
    chosen = Chosen()
    defined = dict(statement.functions()) if statement else {}
    for expression in expressions:
        methods = {name: code for name, code in defined.items() if _is_in(name, expression)}
        if methods:
            chosen.codes += methods.items()
            continue
        chosen.functions.append(_undecorated(value_of(expression, shell, defined)))
    return chosen


def _undecorated(value: Any) -> Any:
    """The function that is written where the name stands, not what a decorator made of it."""
    from peakline._wrap import codes_of

    if isinstance(value, FunctionType) and codes_of(value) == [value.__code__]:
        return function_behind(value) or value
    return value


def _is_in(name: str, expression: str) -> bool:
    return name == expression or name.startswith(f"{expression}.")


def value_of(expression: str, shell: Any, defined: dict[str, Any] | None = None) -> Any:
    """The value of an expression among the user's names, as something that has Python code.

    Raises UsageError, with the nearest names, if it has none.
    """
    from peakline._wrap import codes_of

    try:
        value = eval(expression, shell.user_ns)
    except Exception as error:
        near = _near(expression, shell, defined or {})
        raise usage_error(
            f"Could not find function {expression!r}.\n{type(error).__name__}: {error}{near}"
        ) from None
    if not codes_of(value):
        raise usage_error(
            f"{expression!r} is {_described(value)}: there is no Python code whose lines could be "
            "measured"
        )
    return value


def _described(value: Any) -> str:
    if isinstance(value, ModuleType):
        return "a module"
    kind = type(value).__name__
    return f"{'an' if kind[:1].lower() in 'aeiou' else 'a'} {kind}"


def _near(expression: str, shell: Any, defined: dict[str, Any]) -> str:
    """' Did you mean …?' with names that are written alike, or nothing."""
    from difflib import get_close_matches

    owner, dot, attribute = expression.rpartition(".")
    if dot:
        try:
            names = dir(eval(owner, shell.user_ns))
        except Exception:
            return _near(owner, shell, defined)
    else:
        names = [*shell.user_ns, *defined]
    found = get_close_matches(attribute, [n for n in names if not n.startswith("_")], 3, 0.6)
    return f"\nDid you mean {' or '.join(owner + dot + name for name in found)}?" if found else ""


def suggested(statement: Statement) -> Chosen:
    """What to measure when nobody said it: the functions that the statement defines, or the one
    that it calls; or else its own lines. Raises UsageError for one line that calls several.
    """
    from peakline._wrap import codes_of

    chosen = Chosen()
    chosen.codes = list(statement.functions())
    if chosen.codes:
        return chosen
    called = {name: value for name, value in statement.called().items() if codes_of(value)}
    if len({id(value) for value in called.values()}) == 1:
        name, value = next(iter(called.items()))
        chosen.functions.append(_undecorated(value))
        chosen.notes.append(f"No -f: measuring {name}, which the statement calls.")
    elif called and statement.is_one_line:
        names = " and ".join(called)
        raise usage_error(f"the statement calls {names}: choose with -f, as in -f {min(called)}")
    else:
        chosen.codes.append(("<statement>", statement.code))
        chosen.notes.append("No -f: measuring the lines of the statement itself.")
    return chosen


# MARK: modules that were edited


def edited_modules(functions: list[Any], *, or_gone: bool = False) -> list[ModuleType]:
    """The modules of these functions whose files were edited since they were imported; if it says
    so, also those whose files are gone, which changes neither the figures nor the lines.
    """
    from peakline._source import changed_since, is_gone, take_source
    from peakline._wrap import codes_of

    found: dict[str, ModuleType] = {}
    for code in (code for function in functions for code in codes_of(function)):
        source = take_source(code)
        if is_gone(source) and not or_gone:
            continue
        if source.problem == "changed" or changed_since(source):
            module = _module_of(code)
            if module is not None:
                found[module.__name__] = module
    return list(found.values())


def _module_of(code: CodeType) -> ModuleType | None:
    """The imported module that was loaded from the file of some code."""
    for name, module in list(sys.modules.items()):
        if name == "__main__" or not isinstance(module, ModuleType):
            continue
        if vars(module).get("__file__") == code.co_filename:
            return module
    return None


def reload(module: ModuleType, names: dict[str, Any]) -> None:
    """Reloads a module, and puts its new functions and classes where the user's names had the old.

    What the module raises passes; then all is as it was.
    """
    __tracebackhide__ = True
    import importlib

    old = dict(vars(module))
    try:
        importlib.reload(module)
    except BaseException:
        vars(module).clear()
        vars(module).update(old)
        print(f"{module.__name__} could not be reloaded; the old version is still there.")
        raise
    fresh = vars(module)
    for name, value in list(names.items()):
        own = getattr(value, "__name__", None)
        if isinstance(own, str) and old.get(own) is value and own in fresh and callable(value):
            names[name] = fresh[own]
