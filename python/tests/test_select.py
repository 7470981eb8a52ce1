# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Functions are chosen by name in a script, and patterns know what they could name."""

from __future__ import annotations

import sys
import textwrap
from types import CodeType

import pytest
from select_bench import Chosen

from peakline._functions import function_behind, functions_in
from peakline._patterns import Pattern

SCRIPT = textwrap.dedent(
    """
    import functools

    def func(a, b=lambda: 0):
        return [x for x in a if (lambda y: y)(x)]

    def outer():
        def inner():
            def innermost():
                pass
            class Local:
                def method(self): pass
        return inner

    class Class:
        attribute = [n for n in range(3)]

        def method(self): ...
        async def coroutine(self): ...
        def generator(self): yield 1
        @staticmethod
        def static(): ...
        @classmethod
        def klass(cls): ...
        @property
        def value(self): ...
        @value.setter
        def value(self, new): ...
        def __secret(self): ...

        class Inner:
            def deep(self): ...

    @functools.lru_cache
    def cached(): ...

    if True:
        def conditional(): ...
    """
)

EVERY_FUNCTION = [
    "func",
    "outer",
    "outer.<locals>.inner",
    "outer.<locals>.inner.<locals>.innermost",
    "outer.<locals>.inner.<locals>.Local.method",
    "Class.method",
    "Class.coroutine",
    "Class.generator",
    "Class.static",
    "Class.klass",
    "Class.value",
    "Class.value",
    "Class.__secret",
    "Class.Inner.deep",
    "cached",
    "conditional",
]


def script_code(source: str = SCRIPT) -> CodeType:
    code: CodeType = compile(source, "/folder/script.py", "exec")
    return code


def chosen_in_script(*patterns: str) -> list[str]:
    chosen = Chosen(*patterns)
    chosen.selector.script(script_code(), "script")
    return chosen.names


def test_functions_in_lists_what_a_reader_calls_functions() -> None:
    assert [name for name, _ in functions_in(script_code())] == EVERY_FUNCTION


def test_functions_in_names_code_as_running_it_does() -> None:
    code = script_code()
    namespace: dict[str, object] = {"__name__": "m"}
    exec(code, namespace)
    named = dict(functions_in(code))

    for name in ("func", "outer"):
        function = namespace[name]
        assert function_behind(function).__code__ is named[name]  # type: ignore[union-attr]


def test_functions_in_lists_everything_when_asked() -> None:
    names = [name for name, _ in functions_in(script_code(), everything=True)]

    assert names[0] == "<module>"
    assert {"Class", "Class.Inner", "<lambda>", *EVERY_FUNCTION} < set(names)
    assert any(name.startswith("func.<locals>.") and name.endswith(".<lambda>") for name in names)


@pytest.mark.skipif(sys.version_info < (3, 12), reason="type parameters came with 3.12")
def test_functions_in_looks_through_type_parameters() -> None:
    source = "def f[T](x: T) -> T: ...\nclass C[T]:\n    def m[U](self, x: U) -> T: ...\n"

    assert [name for name, _ in functions_in(script_code(source))] == ["f", "C.m"]


def test_without_patterns_every_function_of_the_script_is_chosen() -> None:
    assert chosen_in_script() == EVERY_FUNCTION


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("func", ["func"]),
        ("script.func", ["func"]),
        ("__main__.func", ["func"]),
        ("other.func", []),
        ("outer", ["outer"]),
        ("outer.<locals>.inner", ["outer.<locals>.inner"]),
        ("outer.inner", ["outer.<locals>.inner"]),
        ("inner", []),
        ("outer.inner.innermost", ["outer.<locals>.inner.<locals>.innermost"]),
        ("Class.method", ["Class.method"]),
        ("script.Class.method", ["Class.method"]),
        ("Class.value", ["Class.value", "Class.value"]),
        ("Class.__secret", ["Class.__secret"]),
        ("Class.Inner", ["Class.Inner.deep"]),
        ("Class", [name for name in EVERY_FUNCTION if name.startswith("Class.")]),
        ("Class.*", [name for name in EVERY_FUNCTION if name.startswith("Class.")]),
        ("*.method", ["outer.<locals>.inner.<locals>.Local.method", "Class.method"]),
        ("c*d", ["cached"]),
        ("?unc", ["func"]),
        ("[fo]*", ["func", *EVERY_FUNCTION[1:5]]),
        ("*", EVERY_FUNCTION),
        ("script.*", EVERY_FUNCTION),
        ("<module>", ["<module>"]),
        ("script.<module>", ["<module>"]),
        ("<lambda>", ["<lambda>"]),
        ("nothing", []),
        ("script", []),
        ("", []),
        ("..", []),
        ("[", []),
    ],
)
def test_a_pattern_chooses_in_the_script(pattern: str, names: list[str]) -> None:
    assert chosen_in_script(pattern) == names


def test_a_function_named_twice_is_registered_once() -> None:
    assert chosen_in_script("func", "fun*", "script.func") == ["func"]


def test_patterns_that_named_nothing_are_told() -> None:
    chosen = Chosen("func", "nothing", "Class.meth")
    chosen.selector.script(script_code())

    assert chosen.selector.unmatched() == ["nothing", "Class.meth"]
    assert "Class.method" in chosen.selector.suggestions("Class.meth")
    assert chosen.selector.suggestions("method") == [
        "outer.<locals>.inner.<locals>.Local.method",
        "Class.method",
    ]
    assert chosen.selector.suggestions("zzzzzz") == []


@pytest.mark.parametrize(
    ("pattern", "module", "expected"),
    [
        ("package.module.func", "package", True),
        ("package.module.func", "package.module", True),
        ("package.module.func", "package.module.func", False),
        ("package.module.func", "other", False),
        ("package.*", "package.module.sub", True),
        ("package.*", "package", True),
        ("package.*", "packages", False),
        ("pack*.f", "package", True),
        ("func", "func", False),
        ("*", "os", False),
        ("*.f", "os", False),
    ],
)
def test_a_pattern_knows_the_modules_it_could_name(
    pattern: str, module: str, expected: bool
) -> None:
    assert Pattern(pattern).may_name(module) is expected
