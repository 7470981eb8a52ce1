# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""FUNC lines of whole programs, started by `python -m memory_profiler --timestamp`."""

from __future__ import annotations

from pathlib import Path

import pytest
from programs import run, tables, write
from stamps import parsed, stamped

# ---- How programs end


def test_a_call_that_never_ends_ends_with_the_program_and_keeps_the_others(tmp_path: Path) -> None:
    source = """\
    import threading, time

    @profile
    def endless():
        kept = bytearray(40 * 2**20)
        started.set()
        time.sleep(1000)

    @profile
    def short():
        pass

    started = threading.Event()
    threading.Thread(target=endless, daemon=True).start()
    started.wait()
    short()
    """
    endless, short = stamped(tmp_path, source)
    assert (endless.name, endless.level, short.name, short.level) == (
        "__main__.endless",
        0,
        "__main__.short",
        0,
    )
    assert endless.after - endless.before == pytest.approx(40, abs=3)
    assert endless.ended >= short.ended


@pytest.mark.parametrize("ending", ["raise ValueError('told')", "import sys; sys.exit(1)"])
def test_a_program_that_fails_has_its_lines(tmp_path: Path, ending: str) -> None:
    write(tmp_path, "program.py", f"@profile\ndef work(): {ending}\nwork()\n")
    answer = run(tmp_path, "-m", "memory_profiler", "--timestamp", "-o", "out", "program.py")
    assert answer.returncode == 1
    (line,) = parsed((tmp_path / "out").read_text())
    assert (line.name, line.level) == ("__main__.work", 0)


def test_a_generator_is_covered_until_its_end(tmp_path: Path) -> None:
    source = """\
    import time

    @profile
    def steps():
        yield 1
        time.sleep(0.05)
        yield 2

    list(steps())
    """
    (line,) = stamped(tmp_path, source)
    assert line.ended - line.began >= 0.04


# ---- Backends and children


@pytest.mark.parametrize("backend", ["psutil", "uss", "tracemalloc", "heap"])
def test_each_backend_can_be_stamped(tmp_path: Path, backend: str) -> None:
    source = """\
    kept = []
    @profile
    def grow():
        kept.append(bytearray(20 * 2**20))
    grow()
    """
    (line,) = stamped(tmp_path, source, "--backend", backend)
    assert line.after - line.before == pytest.approx(20, abs=1)


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_pools_run_stamped_functions(tmp_path: Path, method: str) -> None:
    source = f"""\
    import multiprocessing

    @profile
    def double(number):
        return 2 * number

    if __name__ == "__main__":
        with multiprocessing.get_context("{method}").Pool(2) as pool:
            assert pool.map(double, range(5)) == [0, 2, 4, 6, 8]
        double(1)
    """
    (line,) = stamped(tmp_path, source)
    assert line.name == "__main__.double"


def test_a_module_may_be_stamped(tmp_path: Path) -> None:
    write(tmp_path, "package/__init__.py", "")
    write(tmp_path, "package/program.py", "@profile\ndef work(): pass\nwork()\n")
    answer = run(tmp_path, "-m", "memory_profiler", "--timestamp", "package.program")
    assert [line.name for line in parsed(answer.stdout)] == ["__main__.work"]


def test_a_script_that_imports_profile_is_stamped_too(tmp_path: Path) -> None:
    source = """\
    from memory_profiler import profile

    @profile
    def outer():
        return list(numbers())

    @profile
    def numbers():
        yield 1
        yield 2

    @profile
    class Kind:
        def fails(self):
            raise KeyError

    outer()
    try:
        Kind().fails()
    except KeyError:
        pass
    """
    write(tmp_path, "program.py", source)
    answer = run(tmp_path, "-m", "memory_profiler", "--timestamp", "-o", "out", "program.py")
    assert (answer.returncode, answer.stderr) == (0, "")
    found = [(line.name, line.level) for line in parsed((tmp_path / "out").read_text())]
    assert sorted(found) == [
        ("__main__.fails", 0),
        ("__main__.numbers", 1),
        ("__main__.outer", 0),
    ]
    assert len(tables(answer.stdout)) == 3  # as without the flag


def test_it_is_called_profile_in_the_program_and_its_modules(tmp_path: Path) -> None:
    write(tmp_path, "helper.py", "@profile\ndef help(): pass\n")
    source = """\
    import builtins, helper
    helper.help()
    stamps: object = builtins.profile.functions
    assert type(profile).__name__ == "TimeStamper"
    """
    assert [line.name for line in stamped(tmp_path, source)] == ["helper.help"]
