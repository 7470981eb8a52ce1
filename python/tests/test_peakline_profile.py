# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""`peakline profile`: functions chosen by name, measured in a program that is not edited."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from programs import PACKAGES, run, tables, write

from peakline import _executable

PROGRAM = """\
import sys
from helper import outside

def work(size):
    kept = bytearray(size * 2**20)
    return kept

class Kind:
    def method(self):
        return work(1)

def idle():
    pass

if __name__ == "__main__":
    work(20)
    Kind().method()
    outside()
    print("arguments", sys.argv[1:])
"""


@pytest.fixture
def program(tmp_path: Path) -> Path:
    write(tmp_path, "helper.py", "def outside():\n    return 1\n")
    write(tmp_path, "program.py", PROGRAM)
    return tmp_path


def profiled(folder: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Runs the command. The four-column text, which is the easiest to read back, is asked for."""
    return run(folder, "-m", "peakline", "profile", "--classic", *arguments)


def functions(text: str) -> list[str]:
    """The functions whose tables are in a text, by the line that defines each."""
    return [next(iter(table.sources.values())).strip() for table in tables(text)]


def test_without_f_every_function_of_the_script_that_ran_is_measured(program: Path) -> None:
    answer = profiled(program, "program.py", "-f", "its own")
    assert (answer.returncode, answer.stderr) == (0, "")
    assert functions(answer.stdout) == ["def work(size):", "def method(self):"]
    assert "arguments ['-f', 'its own']" in answer.stdout
    work = tables(answer.stdout)[0]
    assert work.row("bytearray").increment == pytest.approx(21, abs=0.5)
    assert work.row("bytearray").occurrences == 2


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (["work"], ["def work(size):"]),
        (["Kind.method"], ["def method(self):"]),
        (["helper.outside"], ["def outside():"]),
        (["work", "helper.*"], ["def work(size):", "def outside():"]),
        (["*o*k"], ["def work(size):"]),
    ],
)
def test_f_chooses_functions_by_name(program: Path, names: list[str], found: list[str]) -> None:
    flags = [part for name in names for part in ("-f", name)]
    answer = profiled(program, *flags, "program.py")
    assert (answer.returncode, answer.stderr) == (0, "")
    assert functions(answer.stdout) == found


def test_a_name_that_names_nothing_is_told_and_the_rest_is_shown(program: Path) -> None:
    answer = profiled(program, "-f", "wrok", "-f", "work", "program.py")
    assert answer.returncode == 0
    assert functions(answer.stdout) == ["def work(size):"]
    assert answer.stderr == "peakline: no function is called 'wrok': did you mean work?\n"


def test_a_chosen_function_that_never_ran_is_told(program: Path) -> None:
    answer = profiled(program, "-f", "idle", "program.py")
    assert (answer.returncode, tables(answer.stdout)) == (0, [])
    assert "none of the chosen functions ran" in answer.stderr


def test_a_script_without_functions_says_how_to_measure_its_top_level(tmp_path: Path) -> None:
    write(tmp_path, "flat.py", "kept = bytearray(20 * 2**20)\n")
    answer = profiled(tmp_path, "flat.py")
    assert (answer.returncode, answer.stdout) == (0, "")
    assert "-f '<module>'" in answer.stderr
    answer = profiled(tmp_path, "-f", "<module>", "flat.py")
    (table,) = tables(answer.stdout)
    assert "bytearray" in table.sources[1]


def test_m_runs_a_module_and_what_follows_is_its_own(program: Path) -> None:
    write(program, "package/__init__.py", "")
    write(program, "package/program.py", PROGRAM)
    answer = profiled(program, "-f", "work", "-m", "package.program", "-f", "idle", "--json")
    assert (answer.returncode, answer.stderr) == (0, "")
    assert functions(answer.stdout) == ["def work(size):"]
    assert "arguments ['-f', 'idle', '--json']" in answer.stdout


def test_json_goes_to_a_file_in_bytes(program: Path) -> None:
    answer = profiled(
        program, "-f", "work", "--backend", "psutil", "--json", "o.json", "program.py"
    )
    assert (answer.returncode, answer.stdout, answer.stderr) == (0, "arguments []\n", "")
    data = json.loads((program / "o.json").read_text())
    assert (data["schema"], data["backend"]) == (2, "rss")
    (function,) = data["functions"]
    assert (function["name"], function["first_line"]) == ("work", 4)
    assert function["file"] == str(program / "program.py")
    assert function["lines"][1]["increment"] == pytest.approx(21 * 2**20, abs=2**19)


def test_json_to_stdout(program: Path) -> None:
    answer = profiled(program, "-f", "Kind.*", "--json", "-", "program.py")
    data = json.loads(answer.stdout.removeprefix("arguments []\n"))
    assert [function["name"] for function in data["functions"]] == ["Kind.method"]


def test_only_the_process_that_was_started_writes_the_json(program: Path) -> None:
    source = """\
    import os
    def work():
        return 1
    def both():
        return 2
    both()
    pid = os.fork()
    if pid == 0:
        work()
    else:
        {order}
    """
    parent_first = "pass"
    child_first = "os.waitpid(pid, 0)"
    for order in parent_first, child_first:
        write(program, "forks.py", source.format(order=order))
        answer = profiled(program, "--json", "o.json", "forks.py")
        assert (answer.returncode, answer.stdout, answer.stderr) == (0, "", "")
        data = json.loads((program / "o.json").read_text())
        assert [function["name"] for function in data["functions"]] == ["both"]
        (program / "o.json").unlink()
    answer = profiled(program, "--json", "-", "forks.py")
    assert [function["name"] for function in json.loads(answer.stdout)["functions"]] == ["both"]


def test_json_replaces_a_file_at_once_and_keeps_its_permissions(program: Path) -> None:
    path = write(program, "o.json", "old")
    path.chmod(0o600)
    with path.open() as old:
        assert profiled(program, "--json", "o.json", "program.py").returncode == 0
        assert old.read() == "old"
    assert json.loads(path.read_text())["schema"] == 2
    assert path.stat().st_mode & 0o777 == 0o600
    assert sorted(each.name for each in program.glob("o.json*")) == ["o.json"]


def test_json_goes_through_a_link_and_into_a_device(program: Path) -> None:
    path = program / "link.json"
    path.symlink_to("real.json")
    assert profiled(program, "--json", "link.json", "program.py").returncode == 0
    assert path.is_symlink()
    assert json.loads((program / "real.json").read_text())["schema"] == 2
    assert profiled(program, "--json", "/dev/null", "program.py").returncode == 0
    assert Path("/dev/null").is_char_device()


def test_what_we_import_is_not_taken_for_the_program_s(program: Path) -> None:
    for flags in ["--json", "o.json"], []:
        answer = profiled(program, "-f", "json.dumps", *flags, "program.py")
        assert answer.stderr == (
            "peakline: no function is called 'json.dumps': nothing imported a module 'json'\n"
        )


def test_json_that_cannot_be_written_is_told_before_anything_runs(program: Path) -> None:
    answer = profiled(program, "--json", "no/such/folder", "program.py")
    assert (answer.returncode, answer.stdout) == (2, "")
    assert answer.stderr.startswith("peakline: cannot write ")


@pytest.mark.parametrize("backend", ["rss", "pss", "uss", "tracemalloc", "psutil_uss", "posix"])
def test_each_backend_sees_the_allocation(program: Path, backend: str) -> None:
    # Proportional sets also change when other processes that share our files come and go.
    tolerance = 4 if "pss" in backend else 0.5
    answer = profiled(program, "--backend", backend, "-f", "work", "program.py")
    assert tables(answer.stdout)[0].row("bytearray").increment == pytest.approx(21, abs=tolerance)


def test_one_decimal_is_the_default_and_precision_another(program: Path) -> None:
    assert ".0 MiB " in profiled(program, "-f", "helper.*", "program.py").stdout
    text = profiled(program, "--precision", 4, "-f", "helper.*", "program.py").stdout
    assert "0.0000 MiB" in text
    text = profiled(program, "--precision", 20, "-f", "helper.*", "program.py").stdout
    assert f"0.{20 * '0'} MiB" in text


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["-m"],
        ["--backend", "magic", "x.py"],
        ["--precision", "-2", "x.py"],
        ["--precision", "21", "x.py"],
        ["--columns", "own_peak", "x.py"],
        ["--columns", "", "x.py"],
        ["--backend", "rss", "--columns", "own-peak", "x.py"],
        ["--color", "sometimes", "x.py"],
        ["--nonsense"],
    ],
)
def test_a_bad_command_line_is_status_2(tmp_path: Path, arguments: list[str]) -> None:
    answer = profiled(tmp_path, *arguments)
    assert (answer.returncode, answer.stdout) == (2, "")
    assert "peakline profile: error: " in answer.stderr


def test_a_missing_script_is_status_1_and_one_sentence(tmp_path: Path) -> None:
    answer = profiled(tmp_path, "nowhere.py")
    assert (answer.returncode, answer.stdout) == (1, "")
    assert answer.stderr == "Could not find script nowhere.py\n"


@pytest.mark.parametrize("name", ["nowhere", "pac.kage"])
def test_a_missing_module_is_status_1_and_one_sentence(tmp_path: Path, name: str) -> None:
    answer = profiled(tmp_path, "-m", name)
    assert (answer.returncode, answer.stdout) == (1, "")
    assert "No module named" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_script_that_does_not_compile_fails_as_under_python(tmp_path: Path) -> None:
    write(tmp_path, "bad.py", "def f(:\n")
    answer = profiled(tmp_path, "bad.py")
    assert (answer.returncode, answer.stdout) == (1, "")
    assert answer.stderr == run(tmp_path, "bad.py").stderr


def test_a_script_that_fails_has_its_tables_and_its_status(tmp_path: Path) -> None:
    write(tmp_path, "fails.py", "def f():\n    raise SystemExit(7)\nf()\n")
    answer = profiled(tmp_path, "fails.py")
    assert answer.returncode == 7
    assert functions(answer.stdout) == ["def f():"]


def test_a_bare_profile_in_the_script_is_no_error(tmp_path: Path) -> None:
    write(tmp_path, "program.py", "@profile\ndef f():\n    return 1\nwith profile:\n    f()\n")
    answer = profiled(tmp_path, "program.py")
    assert (answer.returncode, answer.stderr) == (0, "")
    assert len(tables(answer.stdout)) == 1


def test_all_threads_are_measured(tmp_path: Path) -> None:
    source = """\
    import threading
    def work():
        return 1
    threads = [threading.Thread(target=work) for _ in range(5)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
    """
    write(tmp_path, "program.py", source)
    (table,) = tables(profiled(tmp_path, "program.py").stdout)
    assert table.row("return").occurrences == 5


def _executable_path() -> str | None:
    try:
        return _executable.find()
    except _executable.ExecutableMissing:
        return None


@pytest.mark.skipif(_executable_path() is None, reason="the executable is not installed")
def test_the_executable_does_the_same(program: Path) -> None:
    path = _executable_path()
    assert path is not None
    answer = subprocess.run(
        [path, "profile", "--classic", "-f", "work", "program.py"],
        cwd=program,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": PACKAGES},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (answer.returncode, answer.stderr) == (0, "")
    assert functions(answer.stdout) == ["def work(size):"]


def test_another_verb_becomes_the_executable_or_says_what_to_do(tmp_path: Path) -> None:
    answer = run(tmp_path, "-m", "peakline", "--version", PATH="/nonexistent")
    if answer.returncode == 0:
        assert answer.stdout.startswith("peakline ")
    else:
        assert answer.returncode == 127
        assert answer.stderr.startswith("peakline: Peakline's executable 'peakline' is missing")
