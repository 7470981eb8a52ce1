# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""A program run by us prints, raises and exits as the same program run by Python.

The truth is Python's own behaviour, so nothing here knows what an interpreter prints.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from run_bench import PACKAGES, Bench
from run_corpus import ERRORS, EXITS, ORDINARY, THREADS


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


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


@pytest.mark.parametrize(
    ("words", "end"),
    [
        (["script.py"], "raise ValueError('err')"),
        (["script.py"], "raise SystemExit('said')"),
        # Its output comes after what it ends with, since the interpreter does not flush it before.
        (["-m", "script"], "raise SystemExit('said')"),
    ],
)
def test_streams_keep_their_order_in_one_pipe(bench: Bench, words: list[str], end: str) -> None:
    bench.write(
        "script.py",
        """
        import atexit, threading, time
        def work():
            time.sleep(0.2); print("thread")
        threading.Thread(target=work).start()
        atexit.register(print, "exit")
        print("out")
        """
        f"{end}\n",
    )

    def merged(*command: str) -> bytes:
        environment = {**os.environ, "PYTHONPATH": str(PACKAGES), "NOTES": str(bench.notes)}
        environment.pop("PYTHONUNBUFFERED", None)
        return subprocess.run(
            [sys.executable, *command],
            cwd=bench.folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        ).stdout

    kind = "script" if words == ["script.py"] else "module"
    assert merged(str(bench.driver), kind, words[-1]) == merged(*words)


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
