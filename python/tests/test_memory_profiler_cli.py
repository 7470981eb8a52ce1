# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""`python -m memory_profiler`: flags, exit statuses, and that the program runs as if alone."""

from __future__ import annotations

import re
import signal
import subprocess
from pathlib import Path

import pytest
from programs import Table, run, tables, write

ALLOCATES = """\
import sys

@profile
def work(size):
    kept = bytearray(size * 2**20)
    for _ in range(3):
        pass
    return kept

if __name__ == "__main__":
    work(20)
    print("arguments", sys.argv[1:])
"""


def profiled(folder: Path, *arguments: object, **more: str) -> subprocess.CompletedProcess[str]:
    return run(folder, "-m", "memory_profiler", *arguments, **more)


def table_of(folder: Path, source: str, *flags: object) -> Table:
    """The only table of a program that ends well."""
    write(folder, "program.py", source)
    answer = profiled(folder, *flags, "program.py")
    assert (answer.returncode, answer.stderr) == (0, "")
    (table,) = tables(answer.stdout)
    return table


# ---- Flags


def test_version_is_that_of_the_interface(tmp_path: Path) -> None:
    assert profiled(tmp_path, "--version").stdout == "0.61.0\n"


def test_help_names_the_backends(tmp_path: Path) -> None:
    answer = profiled(tmp_path, "--help")
    assert answer.returncode == 0
    assert "psutil_pss" in answer.stdout
    assert "tracemalloc" in answer.stdout


def test_without_a_program_it_says_so_and_fails(tmp_path: Path) -> None:
    answer = profiled(tmp_path)
    assert answer.returncode == 1
    assert answer.stdout == "A program to run must be provided. Use -h for help\n"


@pytest.mark.parametrize(
    "flags",
    [
        ["--nonsense"],
        ["--precision", "many"],
        ["--precision", "-1"],
        ["--precision", "21"],
        ["--backend", "magic"],
    ],
)
def test_a_bad_flag_is_status_2_and_runs_nothing(tmp_path: Path, flags: list[str]) -> None:
    write(tmp_path, "program.py", "print('ran')")
    answer = profiled(tmp_path, *flags, "program.py")
    assert (answer.returncode, answer.stdout) == (2, "")
    assert flags[0] in answer.stderr or flags[1] in answer.stderr


def test_a_missing_script_is_status_1(tmp_path: Path) -> None:
    answer = profiled(tmp_path, "nowhere.py")
    assert answer.returncode == 1
    assert answer.stderr == "Could not find script nowhere.py\n"


def test_three_decimals_are_the_default_whatever_the_decorator_says(tmp_path: Path) -> None:
    write(tmp_path, "program.py", ALLOCATES.replace("@profile", "@profile(precision=5)"))
    answer = profiled(tmp_path, "program.py")
    assert re.search(r"^ +5 +\d+\.\d{3} MiB +20\.\d{3} MiB", answer.stdout, re.MULTILINE)


def test_precision_is_the_number_of_decimals(tmp_path: Path) -> None:
    write(tmp_path, "program.py", ALLOCATES)
    answer = profiled(tmp_path, "--precision", 0, "program.py")
    assert re.search(r"^ +5 +\d+ MiB +20 MiB", answer.stdout, re.MULTILINE)


def test_what_follows_the_script_is_its_own(tmp_path: Path) -> None:
    write(tmp_path, "program.py", ALLOCATES)
    answer = profiled(tmp_path, "program.py", "--precision", "9", "-o", "file", "--help")
    assert "arguments ['--precision', '9', '-o', 'file', '--help']" in answer.stdout
    assert not (tmp_path / "file").exists()


def test_o_appends_the_tables_to_a_file_and_leaves_stdout_to_the_program(tmp_path: Path) -> None:
    write(tmp_path, "program.py", ALLOCATES)
    for _ in range(2):
        answer = profiled(tmp_path, "-o", "results.txt", "program.py")
        assert (answer.stdout, answer.stderr) == ("arguments []\n", "")
    assert len(tables((tmp_path / "results.txt").read_text())) == 2


def test_o_means_the_folder_it_was_started_in(tmp_path: Path) -> None:
    write(tmp_path, "program.py", "import os; os.chdir('/')\n" + ALLOCATES)
    profiled(tmp_path, "-o", "results.txt", "program.py")
    assert len(tables((tmp_path / "results.txt").read_text())) == 1


def test_o_that_cannot_be_written_is_told_before_anything_runs(tmp_path: Path) -> None:
    write(tmp_path, "program.py", ALLOCATES)
    answer = profiled(tmp_path, "-o", "no/such/folder", "program.py")
    assert (answer.returncode, answer.stdout) == (2, "")
    assert "cannot write no/such/folder" in answer.stderr


@pytest.mark.parametrize(
    "backend",
    ["psutil", "psutil_pss", "psutil_uss", "posix", "tracemalloc", "rss", "pss", "uss"],
)
def test_each_backend_sees_the_allocation(tmp_path: Path, backend: str) -> None:
    # Proportional sets also change when other processes that share our files come and go.
    tolerance = 4 if "pss" in backend else 0.5
    table = table_of(tmp_path, ALLOCATES, "--backend", backend)
    assert table.row("bytearray").increment == pytest.approx(20, abs=tolerance)
    assert [row.occurrences for row in table.rows.values()] == [1, 1, 4, 3, 1]


def test_the_first_row_shows_the_usage_at_the_first_call(tmp_path: Path) -> None:
    first, second, *_ = table_of(tmp_path, ALLOCATES).rows.values()
    assert first.increment == first.usage
    assert second.usage == pytest.approx(first.usage + second.increment, abs=0.01)


def test_include_children_counts_processes_that_the_program_starts(tmp_path: Path) -> None:
    source = """\
    import subprocess, sys

    @profile
    def start():
        child = subprocess.Popen(
            [sys.executable, "-c", "a = bytearray(50 * 2**20); print(1, flush=True); input()"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        child.stdout.readline()
        child.communicate(b"now end")
        return 1

    start()
    """
    table = table_of(tmp_path, source, "--include-children")
    start = table.row("Popen").increment + table.row("readline").increment
    assert start > 50
    assert table.row("communicate").increment < -50
    assert table_of(tmp_path, source).row("readline").increment < 10


# ---- What a backend cannot do


@pytest.mark.parametrize("backend", ["heap", "tracemalloc"])
@pytest.mark.parametrize("more", [[], ["--timestamp"], ["--pdb-mmem", "1"]])
def test_a_backend_that_sees_one_process_refuses_its_children_before_anything_runs(
    tmp_path: Path, backend: str, more: list[str]
) -> None:
    write(tmp_path, "program.py", "print('it runs')\n")
    flags = ["-o", "results", "--backend", backend, "--include-children", *more]
    answer = profiled(tmp_path, *flags, "program.py")
    assert (answer.returncode, answer.stdout) == (2, "")
    assert answer.stderr == (
        f"memory_profiler: the {backend} backend sees only this process: choose 'rss', 'pss' or "
        "'uss', or leave out --include-children\n"
    )
    assert not (tmp_path / "results").exists()


# ---- How programs end


@pytest.mark.parametrize(
    ("ending", "status", "prints"),
    [
        ("", 0, True),
        ("raise ValueError('told')", 1, True),
        ("import sys; sys.exit(3)", 3, True),
        ("import sys; sys.exit('told')", 1, True),
        ("import os; os._exit(5)", 5, False),
    ],
)
def test_the_status_is_the_programs_and_the_table_comes(
    tmp_path: Path, ending: str, status: int, prints: bool
) -> None:
    write(tmp_path, "program.py", f"{ALLOCATES}    {ending}\n")
    answer = profiled(tmp_path, "program.py")
    assert answer.returncode == status
    assert len(tables(answer.stdout)) == prints
    assert ("told" in answer.stderr) == ("told" in ending)
    assert "memory_profiler" not in answer.stderr  # no frame of ours in a traceback


def test_an_interrupt_ends_it_as_it_ends_python_and_the_table_comes(tmp_path: Path) -> None:
    source = """\
    import os, signal

    @profile
    def work():
        os.kill(os.getpid(), signal.SIGINT)

    work()
    """
    write(tmp_path, "program.py", source)
    answer = profiled(tmp_path, "program.py")
    assert answer.returncode == -signal.SIGINT
    assert tables(answer.stdout)[0].row("os.kill").occurrences == 1
    assert answer.stderr.rstrip().endswith("KeyboardInterrupt")
    assert answer.stderr.count("Traceback") == 1
    assert "memory_profiler" not in answer.stderr  # no frame of ours in a traceback


def test_a_function_that_raises_has_its_table(tmp_path: Path) -> None:
    table = table_of(
        tmp_path,
        """\
        @profile
        def fails():
            kept = bytearray(20 * 2**20)
            raise KeyError

        try:
            fails()
        except KeyError:
            pass
        """,
    )
    assert table.row("bytearray").increment == pytest.approx(20, abs=0.5)
    assert table.row("raise").occurrences == 1


def test_a_function_that_never_ran_has_no_table(tmp_path: Path) -> None:
    write(tmp_path, "program.py", "@profile\ndef idle():\n    pass\n")
    answer = profiled(tmp_path, "program.py")
    assert (answer.returncode, answer.stdout, answer.stderr) == (0, "", "")


def test_tables_come_in_the_order_of_decoration(tmp_path: Path) -> None:
    source = "".join(f"@profile\ndef f{i}(): return {i}\n" for i in range(3)) + "f2(); f0(); f1()"
    write(tmp_path, "program.py", source)
    found = tables(profiled(tmp_path, "program.py").stdout)
    assert [min(table.sources) for table in found] == [1, 3, 5]


# ---- What programs can do


def test_a_decorated_function_is_the_function_itself(tmp_path: Path) -> None:
    source = """\
    import inspect, pickle

    def plain(): pass
    assert profile(plain) is plain
    assert profile(precision=4)(plain) is plain

    @profile
    async def coroutine(): pass
    @profile
    def generator(): yield
    @profile
    class Kind:
        @profile
        def method(self): return self

    assert inspect.iscoroutinefunction(coroutine)
    assert inspect.isgeneratorfunction(generator)
    assert isinstance(Kind, type)
    assert pickle.loads(pickle.dumps(generator)) is generator
    Kind().method()
    """
    assert table_of(tmp_path, source).row("@profile").occurrences == 1


def test_all_threads_are_in_the_table(tmp_path: Path) -> None:
    source = """\
    import threading

    @profile
    def work(barrier):
        barrier.wait()
        for _ in range(10):
            barrier.wait()

    barrier = threading.Barrier(4)
    threads = [threading.Thread(target=work, args=(barrier,)) for _ in range(4)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
    """
    rows = table_of(tmp_path, source).rows
    assert [row.occurrences for row in rows.values()] == [4, 4, 44, 40]


def test_the_profiler_is_a_context_manager_and_can_be_enabled_by_count(tmp_path: Path) -> None:
    source = """\
    @profile
    def work():
        return 1

    with profile:
        work()
    profile.enable_by_count()
    work()
    profile.disable_by_count()
    work()
    """
    assert table_of(tmp_path, source).row("return").occurrences == 3


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_pools_run_decorated_functions(tmp_path: Path, method: str) -> None:
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
    assert table_of(tmp_path, source).row("return").occurrences == 1


def test_a_module_runs_by_name_with_its_arguments(tmp_path: Path) -> None:
    write(tmp_path, "package/__init__.py", "")
    write(tmp_path, "package/program.py", ALLOCATES)
    answer = profiled(tmp_path, "package.program", "--its", "own")
    assert answer.returncode == 0
    assert "arguments ['--its', 'own']" in answer.stdout
    (table,) = tables(answer.stdout)
    assert table.filename.endswith("package/program.py")


def test_profile_is_there_in_modules_that_the_program_imports(tmp_path: Path) -> None:
    write(tmp_path, "helper.py", "@profile\ndef help():\n    return 1\n")
    assert table_of(tmp_path, "import helper\nhelper.help()").filename.endswith("helper.py")


def test_an_imported_profile_still_prints_its_own_tables(tmp_path: Path) -> None:
    source = """\
    from memory_profiler import profile

    @profile
    def work():
        return 1

    work()
    work()
    print("the end")
    """
    write(tmp_path, "program.py", source)
    answer = profiled(tmp_path, "program.py")
    assert len(tables(answer.stdout)) == 2
    assert answer.stdout.endswith("the end\n")


def test_a_builtin_is_warned_of_at_the_line_that_decorates_it(tmp_path: Path) -> None:
    write(tmp_path, "program.py", "profile(len)\nassert profile(len)([1]) == 1")
    answer = profiled(tmp_path, "program.py")
    assert (answer.returncode, answer.stdout) == (0, "")
    assert "program.py:1: UserWarning: Could not extract a code object" in answer.stderr
    assert "Profile the Python function that calls it" in answer.stderr


def test_a_closed_stdout_costs_the_table_and_not_the_status(tmp_path: Path) -> None:
    write(tmp_path, "program.py", ALLOCATES + "    sys.stdout.close()\n    sys.exit(4)\n")
    answer = profiled(tmp_path, "program.py")
    assert answer.returncode == 4
    assert "Traceback" not in answer.stderr
    assert "peakline: " in answer.stderr
