# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Programs that start processes work under us, by every method, with `@profile` or without."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

import peakline

PACKAGES = Path(peakline.__file__).resolve().parent.parent
METHODS = ["fork", "spawn", "forkserver"]

DRIVER = """\
import sys
from peakline._run import Target, run
from peakline._spawn import PassThrough

_, kind, name, *arguments = sys.argv
target = Target(name, arguments, is_module=kind == "module")
sys.exit(run(target, lambda code, main: None, lambda: print("report"), profile=PassThrough()))
"""

DECORATED = """
    import multiprocessing, sys

    @profile
    def bare(n):
        return n + 1

    @profile(precision=4)
    def called(n):
        with profile:
            return n * 2

    class C:
        @profile
        def method(self, n):
            with profile.timestamp("block"):
                return -n

    def undecorated(n):
        return n * n

    if __name__ == "__main__":
        context = multiprocessing.get_context(sys.argv[1])
        with context.Pool(2) as pool:
            for function in (bare, called, C().method, undecorated):
                print(pool.map(function, range(3)))
    """


class Runner:
    """Runs programs of one folder, through us or by Python alone."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "work"
        self.folder.mkdir()
        self.driver = folder / "driver.py"
        self.driver.write_text(DRIVER)

    def write(self, name: str, source: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(source))

    def python(self, *command: str, packages: str = str(PACKAGES)) -> tuple[int, str, str]:
        environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
        finished = subprocess.run(
            [sys.executable, *command],
            cwd=self.folder,
            env={**environment, "PYTHONPATH": packages},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        return finished.returncode, finished.stdout, finished.stderr

    def ours(self, kind: str, *command: str) -> tuple[int, str, str]:
        return self.python(str(self.driver), kind, *command)


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    return Runner(tmp_path)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("kind", ["script", "module"])
def test_a_pool_runs_decorated_functions(runner: Runner, method: str, kind: str) -> None:
    runner.write("program.py", DECORATED)

    outcome = runner.ours(kind, "program.py" if kind == "script" else "program", method)

    expected = "[1, 2, 3]\n[0, 2, 4]\n[0, -1, -2]\n[0, 1, 4]\nreport\n"
    assert outcome == (0, expected, "")


@pytest.mark.parametrize("method", METHODS)
def test_a_child_that_starts_children_hands_profile_on(runner: Runner, method: str) -> None:
    runner.write(
        "program.py",
        """
        import multiprocessing, sys

        @profile
        def work(queue, depth):
            if depth:
                context = multiprocessing.get_context(sys.argv[1])
                child = context.Process(target=work, args=(queue, depth - 1))
                child.start(); child.join()
            queue.put((depth, __name__))

        if __name__ == "__main__":
            queue = multiprocessing.get_context(sys.argv[1]).SimpleQueue()
            work(queue, 2)
            print(sorted(queue.get()[0] for _ in range(3)))
        """,
    )

    assert runner.ours("script", "program.py", method) == (0, "[0, 1, 2]\nreport\n", "")


@pytest.mark.parametrize("method", METHODS)
def test_an_executor_works(runner: Runner, method: str) -> None:
    runner.write(
        "program.py",
        """
        import concurrent.futures, multiprocessing, sys

        class Point:
            def __init__(self, x): self.x = x

        @profile
        def move(point):
            return Point(point.x + 1)

        if __name__ == "__main__":
            context = multiprocessing.get_context(sys.argv[1])
            with concurrent.futures.ProcessPoolExecutor(1, mp_context=context) as pool:
                moved = pool.submit(move, Point(4)).result()
            print(type(moved) is Point, moved.x)
        """,
    )

    assert runner.ours("script", "program.py", method) == (0, "True 5\nreport\n", "")


@pytest.mark.parametrize("method", METHODS)
def test_a_child_sees_what_it_sees_under_python(runner: Runner, method: str) -> None:
    runner.write(
        "program.py",
        """
        import multiprocessing, sys

        def look():
            import __main__, builtins
            print(__name__, __main__.__name__, __main__.__file__, sys.argv, sys.path)
            print(multiprocessing.current_process().name, sorted(multiprocessing.__dict__))
            sys.exit(3)

        if __name__ == "__main__":
            child = multiprocessing.get_context(sys.argv[1]).Process(target=look)
            child.start(); child.join()
            print(child.exitcode)
        """,
    )
    status, printed, said = runner.python("program.py", method)

    assert runner.ours("script", "program.py", method) == (status, printed + "report\n", said)


def test_a_child_that_cannot_find_us_starts_all_the_same(runner: Runner) -> None:
    runner.write(
        "program.py",
        """
        import multiprocessing

        def double(n):
            return 2 * n

        if __name__ == "__main__":
            with multiprocessing.get_context("spawn").Pool(1) as pool:
                print(pool.map(double, range(3)))
        """,
    )
    runner.driver.write_text(
        f"import sys; sys.path.append({str(PACKAGES)!r})\n"
        f"import peakline._spawn\npeakline._spawn._FOLDER = '/nowhere'\n{DRIVER}"
    )
    # The driver's own additions to sys.path are sent to the child, but after our entry is read.
    outcome = runner.python(str(runner.driver), "script", "program.py", packages="")

    assert outcome == (0, "[0, 2, 4]\nreport\n", "")


def test_a_child_finds_us_where_only_the_parent_knew_the_folder(runner: Runner) -> None:
    runner.write("program.py", DECORATED)
    runner.driver.write_text(f"import sys; sys.path.append({str(PACKAGES)!r})\n{DRIVER}")

    status, printed, said = runner.python(
        str(runner.driver), "script", "program.py", "spawn", packages=""
    )

    assert (status, said) == (0, "")
    assert printed.startswith("[1, 2, 3]\n")


def test_multiprocessing_is_not_imported_by_us(runner: Runner) -> None:
    runner.write("program.py", "import sys\nprint('multiprocessing' in sys.modules)\n")

    assert runner.ours("script", "program.py") == (0, "False\nreport\n", "")


def test_pass_through_is_every_kind_of_profile() -> None:
    from peakline._spawn import PassThrough

    profile = PassThrough()

    def function() -> int:
        return 7

    assert profile(function) is function
    assert profile(precision=4)(function) is function
    assert profile.wrap_function(function) is function
    assert profile.runcall(function) == 7
    for method in (profile.enable_by_count, profile.disable_by_count, profile.enable):
        method()
    profile.add_function(function)
    profile.disable()
    with profile, profile.timestamp("name"):
        pass


def test_installing_is_undone() -> None:
    import multiprocessing.spawn

    from peakline import _spawn

    original = multiprocessing.spawn.get_preparation_data
    finders = list(sys.meta_path)
    _spawn.install()
    _spawn.install()
    try:
        assert "peakline" in multiprocessing.spawn.get_preparation_data("x")
    finally:
        _spawn.uninstall()

    assert multiprocessing.spawn.get_preparation_data is original
    assert sys.meta_path == finders


def test_an_import_after_uninstalling_is_left_alone(runner: Runner) -> None:
    program = """
        import sys
        from peakline import _spawn
        _spawn.install()
        assert sys.meta_path[0] is _spawn._watcher
        _spawn.uninstall()
        import multiprocessing.spawn as spawn
        assert _spawn._watcher not in sys.meta_path
        print("peakline" in spawn.get_preparation_data("x"), vars(spawn.__loader__).keys())
        """

    outcome = runner.python("-c", textwrap.dedent(program))

    assert outcome == (0, "False dict_keys(['name', 'path'])\n", "")


def test_the_import_of_multiprocessing_leaves_its_loader_as_it_was(runner: Runner) -> None:
    program = """
        from peakline import _spawn
        _spawn.install()
        import multiprocessing.spawn as spawn
        print("peakline" in spawn.get_preparation_data("x"), vars(spawn.__loader__).keys())
        """

    outcome = runner.python("-c", textwrap.dedent(program))

    assert outcome == (0, "True dict_keys(['name', 'path'])\n", "")


def test_the_parcel_unpickles_into_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    import builtins

    from peakline import _spawn

    received: list[str] = []
    monkeypatch.setattr(_spawn, "receive", lambda: received.append("once"))
    path = list(sys.path)

    assert pickle.loads(pickle.dumps(_spawn._Parcel())) is None
    assert received == ["once"]
    assert sys.path == path
    assert not hasattr(builtins, "profile")
