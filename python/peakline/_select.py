# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Chooses functions by name, without an edit to the program.

Looks in the script, in modules that are there and in modules that come. Functions are registered
before they can run: the script's code before it is executed, a module's when its loader hands the
code over. Only imports that a pattern could name are looked at; the others cost one set lookup.
"""

from __future__ import annotations

import sys
from types import CodeType, FunctionType, ModuleType

from peakline._functions import (
    function_behind,
    functions_in,
    functions_of,
    is_function,
    qualified_name,
)
from peakline._imports import Watcher
from peakline._patterns import Pattern

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import Any

__all__ = ["Selector", "functions_in"]


class Selector:
    """Calls `register(code, qualified_name)` once for each function that a pattern names.

    Without patterns: for every function of the script.
    """

    def __init__(
        self, patterns: Sequence[str], register: Callable[[CodeType, str], object]
    ) -> None:
        self._patterns = [Pattern(text) for text in patterns]
        self._register = register
        self._registered: dict[int, CodeType] = {}  # kept alive, so that an id stays one code's
        self._matched: set[str] = set()
        self._names: dict[str, None] = {}
        self._watcher = _ModuleWatcher(self)

    def script(self, code: CodeType, module_name: str = "") -> None:
        """Selects in the script's code, before it runs; `module_name` is a second name for it."""
        found = list(functions_in(code, everything=True))
        self._remember(name for name, inner in found if is_function(inner))
        for name, inner in found:
            function = is_function(inner)
            if not self._patterns:
                if function:
                    self._add(inner, name)
                continue
            for module in ("", "__main__", module_name):
                self._consider(module, name, inner, function)

    def start(self) -> None:
        """Selects in the modules that are there, and from now on in those that are imported."""
        if not self._patterns:
            return
        for name, module in list(sys.modules.items()):
            if name == "__main__" or not isinstance(module, ModuleType) or not self.may_name(name):
                continue
            self.in_module(name, functions_of(module))
        for pattern in self._patterns:
            if pattern.text not in self._matched:
                self._select_by_attribute(pattern)
        self._watcher.start()

    def stop(self) -> None:
        """Looks at no further imports."""
        self._watcher.stop()

    def may_name(self, module: str) -> bool:
        """Whether a pattern could name a function of this module."""
        return any(pattern.may_name(module) for pattern in self._patterns)

    def in_module(self, module: str, functions: Iterable[tuple[str, CodeType]]) -> None:
        """Selects among the functions of a module."""
        found = list(functions)
        self._remember(f"{module}.{name}" for name, code in found if is_function(code))
        for name, code in found:
            self._consider(module, name, code, is_function(code))

    def unmatched(self) -> list[str]:
        """The patterns that named nothing so far."""
        return [i.text for i in self._patterns if i.text not in self._matched]

    def suggestions(self, pattern: str) -> list[str]:
        """Up to three names, of those seen, that the user may have meant by `pattern`."""
        from difflib import get_close_matches

        last = pattern.rpartition(".")[2]
        namesakes = [i for i in self._names if i.rpartition(".")[2] == last]
        close = get_close_matches(pattern, self._names, n=3)
        return list(dict.fromkeys(namesakes + close))[:3]

    def explain(self, pattern: str) -> str:
        """One sentence on why `pattern` named nothing, and what to do instead."""
        value = _attribute(pattern)
        if value is not None:
            return _why_not(pattern, value)
        names = self.suggestions(pattern)
        if names:
            return f"no function is called '{pattern}': did you mean {' or '.join(names)}?"
        package = pattern.partition(".")[0]
        if "." in pattern and package not in sys.modules:
            return f"no function is called '{pattern}': nothing imported a module '{package}'"
        return (
            f"no function is called '{pattern}': "
            "name it as 'function', 'Class.method' or 'module.function'"
        )

    def _remember(self, names: Iterable[str]) -> None:
        self._names.update(dict.fromkeys(names))

    def _consider(self, module: str, name: str, code: CodeType, function: bool) -> None:
        for pattern in self._patterns:
            if pattern.matches(module, name, is_function=function):
                self._matched.add(pattern.text)
                self._add(code, name)

    def _add(self, code: CodeType, name: str) -> None:
        if id(code) not in self._registered:
            self._registered[id(code)] = code
            self._register(code, name)

    def _select_by_attribute(self, pattern: Pattern) -> None:
        """For a name that one module offers and another defines, as packages do."""
        value = None if pattern.is_glob else _attribute(pattern.text)
        for name, code in _defined_by(value):
            self._matched.add(pattern.text)
            self._add(code, name)


class _ModuleWatcher(Watcher):
    """Reads the code of named modules as they are imported."""

    def __init__(self, selector: Selector) -> None:
        super().__init__()
        self._selector = selector

    def watches(self, name: str) -> bool:
        return self._selector.may_name(name)

    def found(self, name: str, loader: Any) -> None:
        # The code is read here, and handed over when the import system asks for it, so that a
        # source that cannot be read or compiled fails where it always did, with no frame of ours in
        # its traceback.
        try:
            instance = vars(loader)
            code = loader.get_code(name)
        except Exception:
            return
        if not isinstance(code, CodeType):
            return
        ask = loader.get_code

        def get_code(module: str | None = None) -> CodeType | None:
            if module != name:
                answer: CodeType | None = ask(module)  # a zip file's modules share one loader
                return answer
            if instance.get("get_code") is get_code:
                del instance["get_code"]
            if self in sys.meta_path:
                self._selector.in_module(name, functions_in(code, everything=True))
            return code

        instance["get_code"] = get_code


def _attribute(dotted: str) -> object:
    """What a dotted name means among the modules that are imported; None if nothing."""
    parts = dotted.split(".")
    for length in range(len(parts), 0, -1):
        module = sys.modules.get(".".join(parts[:length]))
        if module is None:
            continue
        value: object = module
        for part in parts[length:]:
            # Raw entries of classes: an attribute may be a property with effects.
            value = _raw(value, part)
        return value
    return None


def _raw(value: object, name: str) -> object:
    if isinstance(value, type):
        return next((vars(i)[name] for i in value.__mro__ if name in vars(i)), None)
    return vars(value).get(name) if isinstance(value, ModuleType) else None


def _defined_by(value: object) -> list[tuple[str, CodeType]]:
    """What profiling an object means: the function behind it, or the methods of a class."""
    if isinstance(value, type):
        return list(functions_of(value))
    function = function_behind(value)
    return [] if function is None else [(qualified_name(function), function.__code__)]


def _why_not(pattern: str, value: object) -> str:
    function = function_behind(value)
    if isinstance(value, ModuleType):
        return f"'{pattern}' is a module: '{pattern}.*' names all its functions"
    if isinstance(function, FunctionType):
        home = f"{function.__module__}.{qualified_name(function)}"
        if home != pattern:
            return f"'{pattern}' is defined elsewhere: name it '{home}'"
        return f"'{pattern}' was made while the program ran: decorate it with @profile"
    if isinstance(value, type):
        home = f"{value.__module__}.{value.__qualname__}"
        if home != pattern and _defined_by(value):
            return f"'{pattern}' is defined elsewhere: name it '{home}'"
    return (
        f"'{pattern}' is not written in Python and has no lines: "
        "name the Python function that uses it"
    )
