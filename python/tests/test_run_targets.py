# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""What can be run, how it is found, and what is said where there is nothing to run."""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path

import pytest
from run_bench import PACKAGES, Bench, without_frames_of_the_library

from peakline._target import CannotRun, Target


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


@pytest.mark.parametrize("path", ["./script.py", "../work/script.py", "sub//../script.py"])
def test_the_script_s_path_is_kept_as_it_was_given(bench: Bench, path: str) -> None:
    bench.write("sub/other.py", "")
    bench.write("script.py", "import sys\nprint(__file__, sys.argv, sys.path)\n1/0\n")

    bench.check_script(path)


def test_a_link_to_a_script_imports_from_where_it_points(bench: Bench) -> None:
    bench.write("real/script.py", "import sys, beside\nprint(__file__, sys.argv, sys.path[0])\n")
    bench.write("real/beside.py", "")
    (bench.folder / "link").symlink_to("real/script.py")

    bench.check_script("link")


def test_an_absolute_path_works_from_another_folder(bench: Bench) -> None:
    bench.write("sub/script.py", "import sys, beside\nprint(__file__, sys.argv, sys.path)\n")
    bench.write("sub/beside.py", "")

    bench.check_script(str(bench.folder / "sub" / "script.py"))


@pytest.mark.parametrize("name", ["script", "script.txt", "script.pyw", "with space.py"])
def test_a_script_may_have_any_name(bench: Bench, name: str) -> None:
    bench.check_script(bench.write(name, "print(__file__, __name__)\nraise ValueError\n"), "arg")


@pytest.mark.parametrize(
    "data",
    [
        b"# -*- coding: latin-1 -*-\nprint(ascii('\xe9'))\nraise ValueError('\xe9')\n",
        b"#!/usr/bin/env python\n# vim: set fileencoding=cp1252 :\nprint(ascii('\x80'))\n",
        b"\xef\xbb\xbfprint(ascii('\xc3\xa9'))\n",
        b"print('crlf')\r\nx = '''a\r\nb'''\r\nprint(repr(x))\r\n1/0\r\n",
        b"print('old mac')\rprint('b')\r",
        b"print('no newline')",
        b"",
        b"# only a comment",
        b"x = '\\d'\nprint(x)\n",
        b"print(1) if 1 is 1 else 0\n",
        b"from __future__ import annotations\ndef f(x: nope): 0\nprint(f.__annotations__)\n",
    ],
)
def test_a_source_is_decoded_as_python_decodes_it(bench: Bench, data: bytes) -> None:
    bench.check_script(bench.write("script.py", data))


@pytest.mark.parametrize(
    "source",
    [
        "def f(:\n    pass\n",
        "x = 1\n  y = 2\n",
        "print('a'\n",
        "x = 'unclosed\n",
        "return 5\n",
        "await x\n",
        "def f():\n\tif 1:\n        pass\n",
        "from __future__ import nonsense\n",
        "x = 5\nfrom __future__ import annotations\n",
        "print 'two'\n",
        "class C:\n    nonlocal x\n",
        "f(a=1, a=2)\n",
    ],
)
def test_a_syntax_error_is_shown_as_python_shows_it(bench: Bench, source: str) -> None:
    bench.check_script(bench.write("script.py", source))
    assert bench.noted() == []
    bench.check_module("script")


@pytest.mark.skipif(sys.version_info < (3, 11), reason="3.10 miscounts the line")
def test_an_undeclared_encoding_is_named_with_its_line(bench: Bench) -> None:
    outcome = bench.check_script(bench.write("script.py", b"a = 1\nb = '\xe9'\n"))

    assert "on line 2" in outcome.stderr


def test_a_folder_and_an_archive_run_their_main(bench: Bench) -> None:
    main = """
        import sys, helper
        print(list(globals()), __name__, __file__, repr(__package__), __spec__.name, sys.argv)
        print(sys.path, helper.__file__)
        def f(): 1/0
        f()
        """
    bench.write("folder/__main__.py", main)
    bench.write("folder/helper.py", "")
    with zipfile.ZipFile(bench.folder / "archive.pyz", "w") as archive:
        archive.write(bench.folder / "folder" / "__main__.py", "__main__.py")
        archive.write(bench.folder / "folder" / "helper.py", "helper.py")

    for name in ("folder", "folder/", "./archive.pyz"):
        ours, plain = bench.ours("script", name, "x"), bench.plain(name, "x")
        assert ours.seen() == (
            plain.status,
            plain.stdout,
            without_frames_of_the_library(plain.stderr),
        )
        assert ours.status == 1
        assert "ZeroDivisionError" in ours.stderr


def test_a_folder_without_a_main_is_refused_as_python_refuses_it(bench: Bench) -> None:
    bench.write("folder/other.py", "")

    outcome = bench.check_script("folder")

    assert outcome.status == 1
    assert "can't find '__main__' module" in outcome.stderr


def test_compiled_code_runs(bench: Bench) -> None:
    import py_compile

    bench.write("script.py", "import sys\nprint(__file__, type(__loader__), sys.argv)\n1/0\n")
    py_compile.compile(str(bench.folder / "script.py"), str(bench.folder / "code.pyc"))
    bench.write("bad.pyc", b"nothing of the kind")

    bench.check_script("code.pyc", "x")
    bench.check_script("bad.pyc")


def test_a_missing_script_is_one_sentence(bench: Bench) -> None:
    outcome = bench.ours("script", "nowhere.py")

    assert outcome.seen() == (1, "", "Could not find script nowhere.py\n")
    assert bench.noted() == []


def test_a_script_is_also_found_on_the_path(bench: Bench) -> None:
    bench.write("bin/tool.py", "import sys\nprint(sys.argv, __file__)\n")
    folder = str(bench.folder / "bin")

    outcome = bench.ours("script", "tool.py", "x", PATH=f"{folder}:/usr/bin:/bin")

    assert outcome.seen() == (0, f"['{folder}/tool.py', 'x'] {folder}/tool.py\n", "")


def test_an_unreadable_script_is_refused_as_python_refuses_it(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    import errno
    import io

    def refuse(path: str) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", path)

    path = str(bench.folder / bench.write("script.py", ""))
    monkeypatch.setattr(io, "open_code", refuse)
    monkeypatch.setattr(sys, "argv", list(sys.argv))
    monkeypatch.setattr(sys, "path", list(sys.path))

    with pytest.raises(CannotRun) as caught:
        Target(path).load()

    reason = f"can't open file {path!r}: [Errno 13] Permission denied"
    assert (str(caught.value), caught.value.status) == (f"{sys.executable}: {reason}", 2)


@pytest.mark.parametrize(
    "name",
    ["nothing", "package", "package.nothing", "package.plain.x", "script.py", ".relative", "sys"],
)
def test_a_module_that_cannot_run_is_refused_as_python_refuses_it(bench: Bench, name: str) -> None:
    bench.write("package/__init__.py", "")
    bench.write("package/plain.py", "")
    bench.write("script.py", "")

    assert bench.check_module(name).status == 1
    assert bench.noted() == []


@pytest.mark.parametrize("name", ["package", "package.inner", "package.failing", "single"])
def test_packages_run_with_relative_imports(bench: Bench, name: str) -> None:
    show = """
        import sys
        print(list(globals()), __name__, __file__, __package__, __spec__.name, sys.argv, sys.path)
        """
    bench.write("package/__init__.py", "import sys\nprint('init', sys.argv)\nVALUE = 1\n")
    bench.write("package/__main__.py", show + "        from . import VALUE\n")
    bench.write("package/inner.py", show + "        from .other import f\n        f()\n")
    bench.write("package/other.py", "def f(): 1/0\n")
    bench.write("package/failing/__init__.py", "import package.other\npackage.other.f()\n")
    bench.write("package/failing/__main__.py", "")
    bench.write("single.py", show)

    bench.check_module(name, "x")


def test_a_guessed_name_is_a_module_unless_it_is_only_a_file(bench: Bench) -> None:
    show = "import sys\nprint(__name__, __spec__ and __spec__.name, sys.argv[1:])\n"
    for name in ("both", "both.py", "only_file", "data.txt", "package/__main__.py"):
        bench.write(name, show)

    def guess(name: str) -> str:
        return bench.ours("guess", name, "x", PYTHONPATH=f"{PACKAGES}:{bench.folder}").stdout

    assert guess("both") == "__main__ both ['x']\n"
    assert guess("both.py") == "__main__ None ['x']\n"
    assert guess("only_file") == "__main__ None ['x']\n"
    assert guess("data.txt") == "__main__ None ['x']\n"
    assert guess("./both") == "__main__ None ['x']\n"
    assert guess("package") == "__main__ package.__main__ ['x']\n"


def test_a_target_knows_its_importable_name() -> None:
    assert Target("bin/tool.py").module_name == "tool"
    assert Target("folder/").module_name == "folder"
    assert Target("package.tool", is_module=True).module_name == "package.tool"


def test_the_working_folder_stays_importable_where_asked(bench: Bench) -> None:
    bench.write("sub/script.py", "import sys\nprint(sys.path[:2])\n")

    outcome = bench.ours("script", "sub/script.py", KEEP="1")

    assert outcome.stdout == f"{[str(bench.folder / 'sub'), str(bench.driver.parent)]}\n"
