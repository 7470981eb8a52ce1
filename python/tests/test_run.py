# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""A program run by us prints, raises and exits as the same program run by Python.

Every case runs twice, by `python script.py` and through `peakline._run`, and is compared byte for
byte. The truth is Python's own behaviour, so nothing here knows what an interpreter prints.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import textwrap
import zipfile
from pathlib import Path

import pytest

PACKAGES = Path(__file__).resolve().parent.parent

DRIVER = """\
import os, sys
from peakline._run import Target, run

def note(text):
    with open(os.environ["NOTES"], "a") as file:
        file.write(text + "\\n")

def after():
    note("after")
    if "AFTER_FAILS" in os.environ:
        raise OSError("no space left")

def before(code, main):
    note("before " + code.co_name + " " + main.__name__)

_, kind, name, *arguments = sys.argv
options = {"keeps_working_folder": "KEEP" in os.environ}
if kind == "guess":
    target = Target.guess(name, arguments, **options)
else:
    target = Target(name, arguments, is_module=kind == "module", **options)
profile = None
if "PROFILE" in os.environ:
    from peakline._spawn import PassThrough
    profile = PassThrough()
sys.exit(run(target, before, after, profile=profile))
"""


class Outcome:
    """What one run of a program showed."""

    def __init__(self, command: list[str], folder: Path, **environment: str) -> None:
        environ = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
        environ["PYTHONPATH"] = str(PACKAGES)
        environ["PYTHONDONTWRITEBYTECODE"] = "1"
        finished = subprocess.run(
            command,
            cwd=folder,
            env={**environ, **environment},
            capture_output=True,
            timeout=120,
            check=False,
        )
        self.status = finished.returncode
        self.stdout = without_addresses(finished.stdout.decode())
        self.stderr = without_addresses(finished.stderr.decode())

    def seen(self) -> tuple[int, str, str]:
        """The three things compared."""
        return self.status, self.stdout, self.stderr


class Bench:
    """A folder with programs, and the two ways to run one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "work"
        self.folder.mkdir()
        self.driver = folder / "driver" / "driver.py"
        self.driver.parent.mkdir()
        self.driver.write_text(DRIVER)
        self.notes = folder / "notes"

    def write(self, name: str, source: str | bytes) -> str:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        data = textwrap.dedent(source).encode() if isinstance(source, str) else source
        path.write_bytes(data)
        return name

    def plain(self, *command: str) -> Outcome:
        return Outcome([sys.executable, *command], self.folder)

    def ours(self, kind: str, *command: str, **environment: str) -> Outcome:
        self.notes.write_text("")
        environment["NOTES"] = str(self.notes)
        return Outcome(
            [sys.executable, str(self.driver), kind, *command], self.folder, **environment
        )

    def noted(self) -> list[str]:
        return self.notes.read_text().splitlines()

    def check_script(self, *command: str) -> Outcome:
        """Compares both ways and returns ours."""
        ours = self.ours("script", *command)
        assert ours.seen() == self.plain(*command).seen()
        return ours

    def check_module(self, *command: str) -> Outcome:
        """Compares with `python -m`, less the frames of runpy."""
        ours = self.ours("module", *command)
        plain = self.plain("-m", *command)
        assert (ours.status, ours.stdout) == (plain.status, plain.stdout)
        assert ours.stderr == without_frames_of_the_library(plain.stderr)
        return ours


def without_addresses(text: str) -> str:
    """Drops what differs from one process to the next."""
    return re.sub(r"0x[0-9a-f]{6,}", "0x…", text)


def without_frames_of_the_library(text: str) -> str:
    """Drops what `python -m` shows of runpy and importlib at the top of a traceback."""
    bar = r"(?:  [+|] )?"
    file = r'(?:<frozen [\w.]+>|[^"\n]*/runpy\.py)'
    frame = rf'^{bar}  File "{file}", line \d+, in \w+\n(?:{bar}    .*\n)*'
    text = re.sub(frame, "", text, flags=re.MULTILINE)
    # With no frame left, as for a syntax error, the interpreter prints no heading either.
    return re.sub(r'^Traceback .*\n(?=  File "[^"]*", line \d+\n)', "", text)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


ORDINARY = {
    "names_in_main": """
        import sys
        print(list(globals()), __name__, __file__, __cached__, __package__, __spec__, __doc__)
        print(type(__builtins__), type(__loader__), __loader__.name, __loader__.path)
        print(sys.argv, sys.path, sys.modules["__main__"].__dict__ is globals())
        """,
    "docstring_and_annotations": '''
        """What it is."""
        from __future__ import annotations
        value: int = 3
        print(__doc__, __annotations__, globals()["value"])
        ''',
    "annotations_without_future": """
        value: int = 3
        print(__annotations__)
        """,
    "imports_main": """
        import __main__, sys
        x = 5
        print(__main__, __main__.x, sys.modules[__name__] is __main__)
        """,
    "imports_a_neighbour": """
        import neighbour
        print(neighbour.__file__, neighbour.VALUE)
        """,
    "inspect_finds_the_module_and_source": """
        import inspect
        def f():
            return 1
        class C:
            pass
        print(inspect.getmodule(f), inspect.getsource(f), inspect.getsource(C), inspect.getfile(C))
        print(f.__module__, C.__module__, C, f.__code__.co_filename)
        """,
    "pickles_its_own_things": """
        import pickle, dataclasses, copy
        def f(): return 1
        @dataclasses.dataclass
        class D:
            a: int = 3
        print(pickle.loads(pickle.dumps(f)) is f, pickle.loads(pickle.dumps(D(5))), copy.copy(D()))
        """,
    "get_type_hints": """
        import typing
        class C:
            other: "C"
        def f(a: "C") -> "int": ...
        print(typing.get_type_hints(C), typing.get_type_hints(f))
        """,
    "enum_and_namedtuple": """
        import enum, collections, pickle
        Color = enum.Enum("Color", "RED BLUE")
        Pair = collections.namedtuple("Pair", "a b")
        print(Color.__module__, Pair.__module__, pickle.loads(pickle.dumps(Color.RED)))
        """,
    "doctest": """
        '''
        >>> 1 + 1
        3
        '''
        import doctest
        print(doctest.testmod())
        """,
    "unittest_main": """
        import sys, unittest class T(unittest.TestCase): def test_a(self): self.assertTrue(True)
        unittest.main(argv=["x"], verbosity=0, testRunner=unittest.TextTestRunner(open("/dev/null",
        "w")))
        """,
    "argparse_usage": """
        import argparse
        parser = argparse.ArgumentParser()
        parser.add_argument("--n", type=int)
        parser.parse_args(["--n", "x"])
        """,
    "warning": """
        import warnings
        warnings.warn("careful")
        def f():
            warnings.warn("again", DeprecationWarning, stacklevel=2)
        f()
        """,
    "asyncio": """
        import asyncio
        async def main():
            await asyncio.sleep(0)
            print("slept")
        asyncio.run(main())
        """,
    "exec_and_eval": """
        exec("y = 4")
        print(eval("y"), y)
        """,
    "logging": """
        import logging
        logging.basicConfig()
        logging.warning("hm")
        """,
    "destructors": """
        import atexit
        class Noisy:
            def __init__(self, name): self.name = name
            def __del__(self): print("gone", self.name)
        a = Noisy("global")
        def f():
            b = Noisy("local")
            atexit.register(print, "exit")
            raise SystemExit(4)
        f()
        """,
    "prints_on_both_streams": """
        import sys
        print("one"); print("two", file=sys.stderr); print("three"); sys.stdout.write("no newline")
        """,
}

EXITS = {
    "none": "raise SystemExit",
    "none_given": "import sys; sys.exit(None)",
    "zero": "import sys; sys.exit(0)",
    "three": "import sys; sys.exit(3)",
    "true": "import sys; sys.exit(True)",
    "minus_one": "import sys; sys.exit(-1)",
    "huge": "import sys; sys.exit(2**70)",
    "text": "import sys; sys.exit('a reason')",
    "tuple": "import sys; sys.exit((1, 2))",
    "empty_text": "import sys; sys.exit('')",
    "object": "import sys; sys.exit(3.5)",
    "subclass": "class E(SystemExit): pass\nraise E(6)",
    "own_code": "class E(SystemExit):\n    code = 9\nraise E('text')",
    "builtin_exit": "exit(2)",
    "os_exit": "import os; print('lost'); os._exit(7)",
    "no_stderr": "import sys; sys.stderr = None; sys.exit('text')",
    "closed_stderr": "import sys; sys.stderr.close(); sys.exit('text')",
    "closed_stdout": "import sys; print('kept'); sys.stdout.close()",
    "closed_stdout_file": "import os; print('x'); os.close(1)",
    "abort_signal": "import os, signal; os.kill(os.getpid(), signal.SIGTERM)",
    "in_a_thread": """
        import sys, threading
        thread = threading.Thread(target=sys.exit, args=(5,))
        thread.start(); thread.join(); print("still here")
        """,
    "exit_from_atexit": "import atexit, sys; atexit.register(sys.exit, 5)",
    "exec": "import os; print('old', flush=True); os.execv('/bin/echo', ['echo', 'new'])",
    "generator_exit": "raise GeneratorExit",
}

ERRORS = {
    "plain": "print('a')\n1 / 0",
    "in_functions": """
        def f(n):
            if n: return f(n - 1)
            return {}["missing"]
        f(3)
        """,
    "chained": """
        try:
            int("x")
        except ValueError as error:
            raise RuntimeError("outer") from error
        """,
    "context": """
        try:
            int("x")
        except ValueError:
            [][0]
        """,
    "suppressed": "try:\n    1/0\nexcept ZeroDivisionError:\n    raise KeyError('k') from None",
    "no_module": "import there_is_no_such_module",
    "no_name": "from os import there_is_no_such_name",
    "misspelt": "printt(1)",
    "broken_import": "import broken",
    "failing_import": "import failing",
    "syntax_by_eval": "eval('1 +')",
    "syntax_by_compile": "compile('def f(:', 'given.py', 'exec')",
    "multiline": """
        value = max(
            1,
            2 / 0,
        )
        """,
    "lambda": "(lambda: 1/0)()",
    "comprehension": "[1/x for x in (1, 0)]",
    "class_body": "class C:\n    x = 1/0",
    "generator": "def g():\n    yield 1\n    raise ValueError('in g')\nlist(g())",
    "decorator": "def deco(f):\n    raise TypeError('deco')\n@deco\ndef f(): pass",
    "unicode": "raise ValueError('ü → ∞')",
    "bad_str": "class E(Exception):\n    def __str__(self): raise ValueError\nraise E",
    "base_exception": "class B(BaseException): pass\nraise B('base')",
    "assertion": "assert 1 == 2, 'arithmetic'",
    "through_c": "sorted([1, 2], key=lambda x: x / 0)",
    "own_hook": """
        import sys
        def hook(kind, value, trace):
            depth = 0
            while trace:
                depth, trace = depth + 1, trace.tb_next
            print("hook", kind.__name__, value, depth, sys.last_value is value)
        sys.excepthook = hook
        1/0
        """,
    "failing_hook": "import sys\ndef hook(*_): raise KeyError('hook')\nsys.excepthook = hook\n1/0",
    "exiting_hook": "import sys\ndef hook(*_): sys.exit(8)\nsys.excepthook = hook\n1/0",
    "hook_and_atexit": """
        import atexit, sys, traceback
        atexit.register(lambda: print(sys.last_type, len(traceback.extract_tb(sys.last_traceback))))
        1/0
        """,
    "failing_atexit": "import atexit\ndef f(): 1/0\natexit.register(f)\nprint('done')",
    "failing_thread": """
        import threading
        def work(): 1/0
        thread = threading.Thread(target=work, name="worker"); thread.start(); thread.join()
        """,
    "interrupt": "raise KeyboardInterrupt",
    "interrupt_with_text": "raise KeyboardInterrupt('text')",
    "interrupt_subclass": "class K(KeyboardInterrupt): pass\nraise K",
    "interrupt_by_signal": "import os, signal\nos.kill(os.getpid(), signal.SIGINT)\nprint('no')",
    "interrupt_and_atexit": """
        import atexit, sys
        atexit.register(lambda: print("exit", sys.excepthook is sys.__excepthook__))
        raise KeyboardInterrupt
        """,
    "interrupt_handled": "try:\n    raise KeyboardInterrupt\nexcept KeyboardInterrupt:\n
    print('ok')", "notes_and_groups": """
        try:
            raise ExceptionGroup("two", [ValueError(1), TypeError("t")])
        except NameError:
            raise
        """,
    "uncaught_in_destructor": "class C:\n    def __del__(self): 1/0\nC()", "memory_error": "raise
    MemoryError", "system_exit_context": "try:\n    1/0\nexcept ZeroDivisionError:\n    raise
    SystemExit('sorry')",
}

THREADS = {
    "outlives_main": """
        import threading, time
        def work():
            time.sleep(0.2); print("worker done")
        threading.Thread(target=work).start()
        print("main done")
        """,
    "outlives_failed_main": """
        import threading, time
        def work():
            time.sleep(0.2); print("worker done")
        threading.Thread(target=work).start()
        1/0
        """,
    "outlives_exited_main": """
        import atexit, sys, threading, time
        def work():
            time.sleep(0.2); print("worker done", threading.main_thread().is_alive())
        atexit.register(print, "exit handler")
        threading.Thread(target=work).start()
        sys.exit("main exits")
        """,
    "daemon": """
        import threading, time
        threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
        print("main done")
        """,
    "executor": """
        import concurrent.futures, time
        pool = concurrent.futures.ThreadPoolExecutor(2)
        for n in range(3):
            pool.submit(lambda n=n: (time.sleep(0.05), print(end=f"{n}" * 0)))
        pool.submit(print, "last")
        """,
    "main_thread": """
        import threading
        print(threading.current_thread() is threading.main_thread(), threading.active_count())
        """,
    "starts_another": """
        import threading, time
        def second(): time.sleep(0.1); print("second")
        def first(): time.sleep(0.1); threading.Thread(target=second).start(); print("first")
        threading.Thread(target=first).start()
        """,
}


def prepare_neighbours(bench: Bench) -> None:
    bench.write("neighbour.py", "VALUE = 42\n")
    bench.write("broken.py", "x = (\n")
    bench.write("failing.py", "def f():\n    raise LookupError('in failing')\nf()\n")


@pytest.mark.parametrize("case", [*ORDINARY, *EXITS, *ERRORS, *THREADS])
def test_a_script_does_what_it_does_under_python(bench: Bench, case: str) -> None:
    prepare_neighbours(bench)
    source = {**ORDINARY, **EXITS, **ERRORS, **THREADS}[case]
    bench.check_script(bench.write("script.py", source), "one", "--two")

    if case in ("os_exit", "exec", "abort_signal"):
        assert bench.noted() == ["before <module> __main__"]
    else:
        assert bench.noted() == ["before <module> __main__", "after"]


# Not those that count the frames: `python -m` has two of runpy more.
@pytest.mark.parametrize(
    "case", [*ORDINARY, *EXITS, *sorted(set(ERRORS) - {"own_hook", "hook_and_atexit"})]
)
def test_a_module_does_what_it_does_under_python(bench: Bench, case: str) -> None:
    prepare_neighbours(bench)
    source = {**ORDINARY, **EXITS, **ERRORS}[case]
    bench.write("package/__init__.py", "")
    bench.write("package/program.py", source)

    bench.check_module("package.program", "one", "--two")


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
        b"\xef\xbb\xbfprint(ascii('\xc3\xa9'))\n", b"print('crlf')\r\nx =
        '''a\r\nb'''\r\nprint(repr(x))\r\n1/0\r\n", b"print('old mac')\rprint('b')\r", b"print('no
        newline')", b"", b"# only a comment", b"x = '\\d'\nprint(x)\n", b"print(1) if 1 is 1 else
        0\n", b"from __future__ import annotations\ndef f(x: undefined):
        pass\nprint(f.__annotations__)\n",
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

    from peakline._target import CannotRun, Target

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


def test_the_working_folder_stays_importable_where_asked(bench: Bench) -> None:
    bench.write("sub/script.py", "import sys\nprint(sys.path[:2])\n")

    outcome = bench.ours("script", "sub/script.py", KEEP="1")

    assert outcome.stdout == f"{[str(bench.folder / 'sub'), str(bench.driver.parent)]}\n"


def test_profile_is_a_builtin_and_a_global(bench: Bench) -> None:
    bench.write("other.py", "@profile\ndef g():\n    return 2\n")
    bench.write(
        "script.py",
        """
        import builtins, other
        print('profile' in globals(), 'profile' in dir(), builtins.profile is profile)
        @profile
        def f():
            return 1
        print(f(), other.g())
        """,
    )

    outcome = bench.ours("script", "script.py", PROFILE="1")

    assert outcome.seen() == (0, "True True True\n1 2\n", "")


def test_the_report_comes_after_threads_and_exit_handlers(bench: Bench) -> None:
    bench.write(
        "script.py",
        """
        import atexit, os, threading, time
        def note(text):
            with open(os.environ["NOTES"], "a") as file:
                file.write(text + "\\n")
        def work():
            time.sleep(0.2)
            note("thread")
        atexit.register(note, "exit handler")
        threading.Thread(target=work).start()
        note("main")
        """,
    )

    bench.ours("script", "script.py")

    assert bench.noted() == ["before <module> __main__", "main", "thread", "exit handler", "after"]


@pytest.mark.parametrize(("source", "status"), [("print(1)", 0), ("exit(3)", 3), ("1/0", 1)])
def test_a_failing_report_leaves_the_status_alone(bench: Bench, source: str, status: int) -> None:
    bench.write("script.py", source)

    outcome = bench.ours("script", "script.py", AFTER_FAILS="1")

    assert outcome.status == status
    assert outcome.stderr.endswith("peakline: the report failed: OSError: no space left\n")


def test_streams_keep_their_order_in_one_pipe(bench: Bench) -> None:
    bench.write(
        "script.py",
        """
        import atexit, threading, time
        def work():
            time.sleep(0.2); print("thread")
        threading.Thread(target=work).start()
        atexit.register(print, "exit")
        print("out")
        raise ValueError("err")
        """,
    )

    def merged(*command: str) -> bytes:
        environment = {**os.environ, "PYTHONPATH": str(PACKAGES), "NOTES": str(bench.notes)}
        return subprocess.run(
            [sys.executable, *command],
            cwd=bench.folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        ).stdout

    assert merged(str(bench.driver), "script", "script.py") == merged("script.py")


def test_an_interrupted_wait_for_threads_ends_as_under_python(bench: Bench) -> None:
    source = """
        import os, signal, threading, time
        main = threading.main_thread().ident
        def work():
            time.sleep(0.3)
            signal.pthread_kill(main, signal.SIGINT)
            time.sleep(0.3)
        threading.Thread(target=work).start()
        """
    bench.write("script.py", source)
    ours, plain = bench.ours("script", "script.py"), bench.plain("script.py")

    assert ours.status == plain.status
    assert ours.stderr == plain.stderr
    assert bench.noted()[-1] == "after"


def test_a_forked_child_reports_for_itself(bench: Bench) -> None:
    bench.write("script.py", "import os\nif os.fork():\n    os.wait()\nelse:\n    raise SystemExit")

    bench.ours("script", "script.py")

    assert bench.noted() == ["before <module> __main__", "after", "after"]
