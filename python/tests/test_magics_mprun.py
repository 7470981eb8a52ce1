# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""`%mprun`: its options, what it prints, and what it leaves behind."""

from __future__ import annotations

import builtins
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from programs import tables
from shells import MIB, Shell, shell_with

import memory_profiler
import peakline

SIZE = 80 * MIB
"""So large that it is mapped by itself: the resident set grows by it whenever it is written to."""

DEFINITIONS = f"""\
def work(n={SIZE}):
    kept = bytearray(b"x") * n
    return kept
"""


@pytest.fixture
def shell() -> Iterator[Shell]:
    for shell in shell_with("memory_profiler"):
        shell.run(DEFINITIONS)
        yield shell


@pytest.fixture
def extended(shell: Shell) -> Shell:
    shell.run("%load_ext peakline")
    return shell


def test_the_table_is_that_of_memory_profiler(shell: Shell) -> None:
    ran = shell.run("%mprun -f work work()")
    (table,) = tables(ran.text)
    assert table.filename == "In[1]"
    assert table.row("kept = ").increment == pytest.approx(80, abs=0.5)
    assert [row.occurrences for row in table.rows.values()] == [1, 1, 1]
    assert ran.value is None


@pytest.mark.parametrize("backend", ["rss", "psutil", "pss", "uss", "heap", "tracemalloc"])
def test_every_backend_sees_the_line_that_allocates(shell: Shell, backend: str) -> None:
    (table,) = tables(shell.run(f"%mprun --backend {backend} -f work work()").text)
    assert table.row("kept = ").increment == pytest.approx(80, abs=0.5)


@pytest.mark.parametrize("precision", [0, 1, 4])
def test_precision(shell: Shell, precision: int) -> None:
    ran = shell.run(f"%mprun --backend heap --precision {precision} -f work work()")
    decimals = rf"\.\d{{{precision}}}" if precision else ""
    assert re.search(rf" 80{decimals} MiB           1       kept = ", ran.text)


def test_r_returns_the_profiler_and_still_shows_the_table(shell: Shell) -> None:
    ran = shell.run("%mprun -r -f work work()")
    assert len(tables(ran.text)) == 1
    assert isinstance(ran.value, memory_profiler.LineProfiler)
    ((_, lines),) = ran.value.code_map.items()
    assert [line for line, figures in lines if figures] == [1, 2, 3]


def test_an_assignment_takes_what_r_returns(extended: Shell) -> None:
    ran = extended.run("found = %mprun -r -f work work()", "found")
    assert isinstance(ran.value, peakline.LineProfile)
    assert ran.value.functions[0].lines[1].increment == pytest.approx(SIZE, rel=0.01)


def test_a_result_that_is_the_value_of_the_cell_is_shown_once(extended: Shell) -> None:
    ran = extended.run("%mprun -r -f work work()")
    assert ran.text.count("kept = ") == 1
    assert ran.text.endswith("Out[3]: <LineProfile of work, backend heap>\n")
    ran = extended.run("%mprun -r --compare work(1) work(2)")
    assert ran.text.count("Allocations") == 1
    assert ran.text.endswith("Out[4]: <Comparison of work(1), work(2)>\n")
    # Afterwards it is a result like any other.
    assert extended.run("Out[4]").text.count("Allocations") == 1
    assert extended.run("[Out[3]]").value == [extended.names["Out"][3]]


def test_c_counts_child_processes(shell: Shell) -> None:
    shell.run(
        "import subprocess, sys\n"
        f"PROGRAM = 'data = bytearray(b\"x\") * {SIZE}; print(1, flush=True); input()'\n"
        "def start():\n"
        "    child = subprocess.Popen([sys.executable, '-c', PROGRAM], stdin=-1, stdout=-1)\n"
        "    child.stdout.read(1)\n"
        "    child.communicate(b'1')"
    )
    (table,) = tables(shell.run("%mprun -c -f start start()").text)
    grown = table.row("read").increment + table.row("Popen").increment
    assert 80 <= grown < 110
    assert table.row("communicate").increment == pytest.approx(-grown, abs=2)


# MARK: -T


def test_the_text_in_a_file(shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    ran = shell.run("%mprun -T table.txt -f work work()")
    assert ran.text.endswith("\n*** Profile printout saved to text file table.txt. \n")
    assert Path("table.txt").read_text() in ran.text


@pytest.mark.parametrize("written", ['"a b.txt"', "'a b.txt'"])
def test_a_file_with_a_blank_in_its_name(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: str
) -> None:
    monkeypatch.chdir(tmp_path)
    shell.run(f"%mprun -f work -T {written} work(1)")
    assert [path.name for path in tmp_path.iterdir()] == ["a b.txt"]


def test_a_file_that_cannot_be_written_costs_no_result(shell: Shell, tmp_path: Path) -> None:
    ran = shell.run(f"%mprun -T {tmp_path}/none/table.txt -f work work(1)")
    assert len(tables(ran.text)) == 1
    assert ran.text.endswith("none/table.txt could not be written: No such file or directory\n")


# MARK: bad options


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("", "there is no statement to run: write it behind the options"),
        ("-f work", "there is no statement to run: write it behind the options"),
        (
            "-x work()",
            "option -x not recognized; there are -r -f -T -c --backend --columns --precision "
            "--reload --all-threads --compare",
        ),
        ("--backend haep work()", "unknown backend 'haep': choose one of 'rss' (also called"),
        ("--columns line,size work()", "there is no column 'size': choose from line, usage,"),
        ("--precision x work()", "--precision needs a number of decimals, 0 to 20"),
        (
            "-c --backend heap work()",
            "-c needs a backend that can look at child processes: rss, pss or uss",
        ),
        (
            "-c --backend tracemalloc work()",
            "-c needs a backend that can look at child processes: rss, pss or uss",
        ),
    ],
)
def test_a_sentence_for_options_that_cannot_be(shell: Shell, line: str, sentence: str) -> None:
    ran = shell.run(f"%mprun {line}")
    assert ran.text.startswith(f"UsageError: {sentence}")
    assert "Traceback" not in ran.text


# MARK: the statement


def test_the_statement_stays_as_it_was_written(shell: Shell) -> None:
    statement = """text = f'{n} $n {{n}} "q" \\\\' + "a  b"; work(1)"""
    shell.run("n = 3", f"%mprun -f work {statement}")
    assert shell.names["text"] == """3 $n {n} "q" \\a  b"""


def test_strings_of_several_lines_in_a_cell(shell: Shell) -> None:
    shell.run('%%mprun -f work\nwork(1)\ntext = """a\n  {x} $x !b\n    %c\n"""')
    assert shell.names["text"] == "a\n  {x} $x !b\n    %c\n"


def test_the_syntax_of_ipython_in_a_cell(shell: Shell) -> None:
    ran = shell.run("%%mprun -f work\nfound = !echo hello\n%time data = work(9)\nfound")
    assert "Wall time" in ran.text
    assert shell.names["found"] == ["hello"]
    assert len(shell.names["data"]) == 9


def test_a_syntax_error_points_at_the_cell(shell: Shell) -> None:
    ran = shell.run("%%mprun -f work\nwork(\n")
    assert isinstance(ran.error, SyntaxError)
    assert "Cell In[2], line 2\n    work(\n" in ran.text


@pytest.mark.parametrize(
    "magic", ["%%mprun -f work\n{}", "%%memit\n{}", "%%memit {}\nwork()", "%mprun {}", "%memit {}"]
)
@pytest.mark.parametrize("statement", ["return 1", "x = = 1", "def"])
def test_a_syntax_error_is_shown_as_that_of_a_cell(
    shell: Shell, magic: str, statement: str
) -> None:
    plain = shell.run(statement)
    ran = shell.run(magic.format(statement))
    assert type(ran.error).__name__ == type(plain.error).__name__
    place = re.compile(r"Cell In\[\d+\], line \d+")
    assert place.sub("", ran.text) == place.sub("", plain.text)


def test_an_indentation_error_is_shown_as_that_of_a_cell(shell: Shell) -> None:
    body = "if work:\nwork()"
    plain, ran = shell.run(body), shell.run(f"%%memit\n{body}")
    assert isinstance(ran.error, IndentationError)
    moved = plain.text.replace("In[2], line 2", "In[3], line 3")
    assert ran.text == moved.replace("line 1", "line 2")


def test_a_cell_goes_on_after_a_syntax_error_that_it_catches(shell: Shell) -> None:
    shell.run(
        "try:\n    get_ipython().run_line_magic('memit', 'work(')\n"
        "except SyntaxError as error:\n    caught = error.msg"
    )
    assert "never closed" in shell.names["caught"]


@pytest.mark.parametrize("kind", ["SystemExit", "KeyboardInterrupt"])
def test_an_exit_ends_the_statement_and_not_the_session(shell: Shell, kind: str) -> None:
    ran = shell.run(f"%mprun -f work work(1); raise {kind}(3)")
    assert len(tables(ran.text)) == 1
    assert ran.text.endswith(f"*** {kind} exception caught in code being profiled.\n")
    assert ran.error is None


def test_another_exception_passes_after_the_table(shell: Shell) -> None:
    ran = shell.run("%mprun -f work work(1); 1 / 0")
    assert isinstance(ran.error, ZeroDivisionError)
    assert len(tables(ran.text)) == 1
    assert "----> 1 work(1); 1 / 0" in ran.text
    assert "_magics" not in ran.text


def test_a_magic_within_a_magic(shell: Shell) -> None:
    ran = shell.run("%%mprun -f work\nwork(1)\n%mprun -f work work(2)\n%memit work(3)")
    inner, outer = tables(ran.text)
    assert inner.row("kept =").occurrences == 1
    assert outer.row("kept =").occurrences == 3


def test_the_builtin_profile_is_there_for_the_statement_only(shell: Shell) -> None:
    assert not hasattr(builtins, "profile")
    ran = shell.run("%%mprun -f work\n@profile\ndef more():\n    return work(1)\nmore()")
    assert [table.filename for table in tables(ran.text)] == ["In[1]", "In[2]"]
    assert not hasattr(builtins, "profile")


def test_a_builtin_profile_that_was_there_is_back(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = object()
    monkeypatch.setitem(vars(builtins), "profile", theirs)
    shell.run("%mprun -f work work(1)", "%mprun -f work raise SystemExit")
    assert vars(builtins)["profile"] is theirs
