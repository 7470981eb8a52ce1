# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""What is known of a function's source, whatever is wrong with its file."""

from __future__ import annotations
import __future__

import importlib.util
import inspect
import linecache
import os
import sys
import textwrap
import time
import types
import warnings
import zipfile
from collections.abc import Iterator
from pathlib import Path
from types import CodeType
from typing import Any

import pytest

from peakline import _blocks, _source
from peakline._source import Source, changed_since, note_of, source_of
from peakline._text import UNAVAILABLE


def load(path: Path, name: str = "sample") -> Any:
    """Imports a file anew, past bytecode that another test left."""
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def write(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(textwrap.dedent(text).encode(encoding))
    return path


def source(function: Any) -> Source:
    return source_of(function.__code__, function.__globals__)


def codes_in(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from codes_in(constant)


@pytest.fixture(autouse=True)
def _without_bytecode(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)


# MARK: Files in order


def test_the_lines_are_those_of_inspect_for_the_standard_library() -> None:
    # Functions only: before 3.13 inspect takes a class body for the nearest function above it.
    import argparse
    import dataclasses
    import functools
    import inspect as inspect_module
    import typing
    import unittest.mock

    compared = 0
    for module in (argparse, dataclasses, functools, inspect_module, typing, unittest.mock):
        path = module.__file__
        assert path is not None
        text = "".join(linecache.getlines(path))
        for code in codes_in(compile(text, path, "exec", dont_inherit=True)):
            if code.co_flags & inspect.CO_OPTIMIZED and code.co_name.isidentifier():
                line = linecache.getline(path, code.co_firstlineno).strip()
                if not line.startswith("@") and f"def {code.co_name}" not in line:
                    continue  # The hidden function of a type parameter.
                known = source_of(code)
                assert known.problem is None, code
                assert (known.lines, known.first_line) == inspect.getsourcelines(code)
                compared += 1
    assert compared > 700


def test_decorators_trailing_comments_and_strings_at_the_margin_belong_to_a_function(
    tmp_path: Path,
) -> None:
    module = load(
        write(
            tmp_path / "sample.py",
            '''
            def deco(*a):
                return lambda f: f
            class C:
                @deco(1,
            2)
                @deco()
                def m(self):
                    x = """
            def no():
                pass
            """
            # at the margin
                    return (
            x)
                    # the last comment

                # not ours
                y = 1
            def after(): pass
            ''',
        )
    )
    known = source(module.C.m)
    assert (known.first_line, known.last_line) == (5, 16)
    assert known.lines is not None
    assert known.lines[-1] == "        # the last comment\n"
    assert (known.problem, known.units.lines) == (None, [5, 9, 14])
    assert source(module.after).lines == ["def after(): pass\n"]


def test_lambdas_and_comprehensions_are_found_in_the_middle_of_a_line(tmp_path: Path) -> None:
    module = load(
        write(
            tmp_path / "sample.py",
            """
            pair = (lambda: 1, lambda x: (
                x,
                2))
            table = {'a': lambda: 1,
                     'b': lambda: (yield
                                   )}
            """,
        )
    )
    known = [source(f) for f in (*module.pair, *module.table.values())]
    assert [(s.first_line, s.last_line) for s in known] == [(2, 2), (2, 4), (5, 5), (6, 7)]
    assert all(len(s.units.lines) == 1 and s.problem is None for s in known)


def test_module_code_and_class_bodies_have_a_source(tmp_path: Path) -> None:
    path = write(tmp_path / "sample.py", "import os\nclass C:\n    x = 1\n    y = 2\nz = 3")
    code = compile(path.read_text(), str(path), "exec")
    known = source_of(code)
    assert (known.first_line, known.last_line, known.units.lines) == (1, 5, [1, 2, 5])
    body = next(c for c in codes_in(code) if c.co_name == "C")
    assert source_of(body).lines == ["class C:\n", "    x = 1\n", "    y = 2\n"]


def test_tabs_form_feeds_and_windows_newlines_are_read(tmp_path: Path) -> None:
    path = tmp_path / "sample.py"
    path.write_bytes(
        b"class C:\r\n\tdef m(self):\r\n\t\tx = 1\r\n        # eight\r\n"
        b"\t\treturn x\r\n\x0c\r\ny = 1"
    )
    known = source(load(path).C.m)
    assert (known.first_line, known.last_line, known.problem) == (2, 5, None)


def test_declared_encodings_are_honoured(tmp_path: Path) -> None:
    text = "# -*- coding: latin-1 -*-\ndef f():\n    return 'é'\n"
    known = source(load(write(tmp_path / "sample.py", text, "latin-1")).f)
    assert known.lines == ["def f():\n", "    return 'é'\n"]


def test_text_comes_from_the_loader_of_a_zip_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = tmp_path / "code.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("in_a_zip.py", "def f():\n    return 1\n")
    monkeypatch.syspath_prepend(str(archive))
    import in_a_zip  # type: ignore[import-not-found]

    linecache.clearcache()
    assert source_of(in_a_zip.f.__code__).problem is None
    linecache.clearcache()
    known = source(in_a_zip.f)
    assert known.lines == ["def f():\n", "    return 1\n"]
    assert (known.problem, changed_since(known), note_of(known)) == (None, False, None)


def test_text_comes_from_linecache_for_code_without_a_file() -> None:
    name, text = "<cell 1>", "x = 1\ndef f():\n    return x\n"
    linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
    namespace: dict[str, Any] = {}
    exec(compile(text, name, "exec"), namespace)
    known = source(namespace["f"])
    assert known.lines == ["def f():\n", "    return x\n"]
    assert (known.problem, note_of(known), changed_since(known)) == (None, None, False)


def test_parsing_warns_of_nothing(tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        module = load(
            write(tmp_path / "sample.py", "def f(x):\n    return '\\d' if x is 1 else 0\n")
        )
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert source(module.f).problem is None


# MARK: Files out of order


def test_code_without_source_is_unavailable_and_counts_by_line() -> None:
    namespace: dict[str, Any] = {}
    exec("\n\ndef f():\n    x = (1,\n         2)\n    return x\n", namespace)
    known = source(namespace["f"])
    assert (known.problem, known.lines, known.first_line) == ("unavailable", None, 3)
    assert known.last_line == 6
    assert known.units.lines == [3, 4, 5, 6]
    assert known.line(4) == UNAVAILABLE
    assert known.line(7) is None
    note = note_of(known)
    assert note is not None
    assert note.startswith("NOTE: ")
    assert "could not be found" in note


@pytest.mark.parametrize("name", ["/", "", "a\0b", "/proc/self/mem", "no/such/file.py", "<string>"])
def test_no_file_name_is_an_error(name: str) -> None:
    code = compile("def f(): pass", name.replace("\0", "?"), "exec").co_consts[0]
    known = source_of(code.replace(co_filename=name))
    assert (known.problem, known.lines, known.file) == ("unavailable", None, name)


@pytest.mark.parametrize(
    "content",
    [
        b"def f(:\n    return\n",
        b"def f():\n    \0\n",
        b"\xff\xfe\x00",
        b"def g():\n    return 1\n",
        b"x",
    ],
)
def test_text_that_is_no_source_of_the_code_is_noticed(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "sample.py"
    path.write_bytes(content)
    code = compile("def f():\n    return 1\n", str(path), "exec").co_consts[0]
    known = source_of(code)
    assert known.problem in ("changed", "unavailable")
    assert known.lines is None
    assert note_of(known) is not None


RENAMED = """\
def f():
    def inner():
        return 1
    return inner
g = lambda: (
    1)
"""


@pytest.mark.parametrize(("name", "last_line"), [("f", 4), ("g", 6)])
def test_code_that_a_library_renamed_is_not_called_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, last_line: int
) -> None:
    function = getattr(load(write(tmp_path / "sample.py", RENAMED)), name)
    function.__name__ = function.__qualname__ = "renamed"
    assert source_of(function.__code__).problem is None
    # The file is older than the process, as a library's is.
    monkeypatch.setattr(_source, "_process_start", lambda: time.time() + 9)
    code = function.__code__.replace(co_name="renamed")
    known = source_of(code)
    assert (known.problem, known.last_line, note_of(known)) == (None, last_line, None)
    assert known.units.lines == source(function).units.lines


@pytest.mark.skipif(sys.version_info < (3, 11), reason="there are no qualified names")
def test_a_qualified_name_tells_how_renamed_code_is_written(tmp_path: Path) -> None:
    function = load(write(tmp_path / "sample.py", RENAMED)).f
    code = function.__code__.replace(co_name="renamed")
    assert source_of(code).problem is None
    assert source_of(code.replace(co_qualname="another")).problem == "changed"


def test_other_code_under_another_name_is_called_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "sample.py", "def f():\n    return 1\n")
    monkeypatch.setattr(_source, "_process_start", lambda: time.time() + 9)
    code = compile("def g():\n    return 2\n", str(path), "exec").co_consts[0]
    assert source_of(code).problem == "changed"


def test_a_loader_that_fails_is_no_error() -> None:
    class Loader:
        def get_source(self, name: str) -> str:
            raise RuntimeError("no")

    code = compile("def f(): pass", "<loaded>", "exec").co_consts[0]
    namespace = {"__name__": "x", "__loader__": Loader()}
    assert source_of(code, namespace).problem == "unavailable"


@pytest.mark.parametrize("error", [RecursionError, MemoryError])
def test_what_the_parser_cannot_take_is_shown_line_by_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    module = load(write(tmp_path / "sample.py", "def f():\n    x = (1,\n     2)\n    return x\n"))

    def refuse(*_: object) -> None:
        raise error

    monkeypatch.setattr(_blocks.ast, "parse", refuse)
    known = source(module.f)
    assert (known.problem, known.units.lines) == (None, [1, 2, 3, 4])
    assert known.lines is not None
    assert len(known.lines) == 4


def test_a_function_of_a_huge_file_is_parsed_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parsed: list[str] = []
    parse = _blocks.ast.parse
    monkeypatch.setattr(_blocks.ast, "parse", lambda text: parsed.append(text) or parse(text))
    text = "".join(f"def f{i}(x):\n    return x\n" for i in range(2000))
    module = load(write(tmp_path / "sample.py", text))
    assert source(module.f1000).lines == ["def f1000(x):\n", "    return x\n"]
    assert parsed == ["def f1000(x):\n    return x\n"]


# MARK: Files that change


def test_code_compiled_under_its_caller_s_future_statements_is_not_called_changed(
    tmp_path: Path,
) -> None:
    path = write(tmp_path / "sample.py", "def f(x: int):\n    return x\n")
    for flags in (0, __future__.annotations.compiler_flag):
        code = compile(path.read_text(), str(path), "exec", flags, dont_inherit=True)
        assert source_of(code).problem is None


def test_an_edit_before_registration_is_noticed(tmp_path: Path) -> None:
    path = write(tmp_path / "sample.py", "def f():\n    a = 1\n    return a\n")
    module = load(path)
    write(path, "def f():\n    a = 2\n    return a\n")
    known = source(module.f)
    assert (known.problem, known.lines) == ("changed", None)
    note = note_of(known)
    assert note is not None
    assert "changed since it was imported" in note


def test_an_edit_that_moved_a_function_is_noticed_and_a_reload_believed(tmp_path: Path) -> None:
    path = write(tmp_path / "sample.py", "def f():\n    a = 1\n    return a\n")
    module = load(path)
    assert source(module.f).problem is None
    write(path, "import os\n\ndef f():\n    a = 1\n    return a\n")
    # The text in linecache is the one that was compiled.
    assert source(module.f).problem is None
    assert source(load(path).f).problem is None
    assert source(module.f).problem == "changed"


def test_an_old_file_needs_no_compilation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module = load(write(tmp_path / "sample.py", "def f():\n    return 1\n"))

    def compiles_to(*_: object) -> bool:
        raise AssertionError("compiled")

    monkeypatch.setattr(_blocks, "compiles_to", compiles_to)
    monkeypatch.setattr(_source, "_process_start", lambda: time.time() + 60)
    assert source(module.f).problem is None


def test_the_start_of_the_process_is_known_to_seconds() -> None:
    started = _source._process_start()
    assert started < os.stat("/proc/self").st_ctime + 1 <= time.time() + 1
    assert started > time.time() - 86400 * 365


def test_an_edit_after_registration_is_told_with_the_lines_that_ran(tmp_path: Path) -> None:
    path = write(tmp_path / "sample.py", "def f():\n    return 1\n")
    known = source(load(path).f)
    assert (changed_since(known), note_of(known)) == (False, None)
    os.utime(path, (1, 1))
    assert not changed_since(known)
    write(path, "def f():\n    return 22\n")
    assert changed_since(known)
    note = note_of(known)
    assert note is not None
    assert note.endswith("the lines shown are those that ran")
    assert known.line(2) == "    return 1\n"


def test_a_file_that_is_gone_is_told_with_the_lines_that_ran(tmp_path: Path) -> None:
    path = write(tmp_path / "sample.py", "def f():\n    return 1\n")
    known = source(load(path).f)
    path.unlink()
    assert changed_since(known)
    assert note_of(known) == f"NOTE: {path} is gone; the lines shown are those that ran"
    assert known.line(2) == "    return 1\n"


def test_code_that_an_import_hook_rewrote_is_not_called_changed() -> None:
    # Pytest compiled the assertions of this very function into something else.
    known = source(test_code_that_an_import_hook_rewrote_is_not_called_changed)
    assert known.problem is None
    assert known.lines is not None
    assert known.lines[0].startswith("def test_code_that")


def test_another_loader_s_code_is_not_compared_with_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Such as type checkers that add calls while a module is imported.
    path = write(tmp_path / "sample.py", "def f():\n    return 1\n")
    module = types.ModuleType("rewritten")
    module.__file__ = str(path)
    exec(compile("def f():\n    return 1 + id(f)\n", str(path), "exec"), vars(module))
    assert source_of(module.f.__code__).problem == "changed"
    module.__loader__ = self_made = type("Loader", (), {})()
    monkeypatch.setitem(sys.modules, "rewritten", module)
    assert source_of(module.f.__code__).problem is None
    assert source_of(module.f.__code__, {"__loader__": self_made}).problem is None
