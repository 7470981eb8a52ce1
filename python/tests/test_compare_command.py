# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""`peakline compare`: the command, its output and its exit status."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from alternatives import near
from programs import PACKAGES, run, write

from peakline import _render

WORK = """
import os, sys
big = [bytearray(50_000_000)]
def two():
    first = bytearray(10_000_000); second = bytearray(20_000_000); del first; return second
def one(): return len(bytearray(10_000_000))
def say(): print("printed"); print("complained", file=sys.stderr)
def fail(): raise ValueError("bad")
def leave(): sys.exit(3)
def place():
    import __main__
    print(sys.argv, sys.path[0], os.getcwd(), __name__, sys.flags.optimize, file=sys.stderr)
class Some:
    @staticmethod
    def method(): return bytearray(10_000_000)
number = 5
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path, "work.py", WORK)
    write(tmp_path, "broken.py", "1 / 0")
    write(tmp_path, "elsewhere/tool.py", WORK)
    return tmp_path


def figures(text: str) -> dict[str, dict[str, Any]]:
    return {found["name"]: found for found in json.loads(text)["alternatives"]}


def test_the_command_measures_functions_of_modules_and_files(folder: Path) -> None:
    answer = run(
        folder,
        *(
            "-m",
            "peakline",
            "compare",
            "a=work:two",
            "work.py:one",
            "m=elsewhere/tool.py:Some.method",
        ),
        *("--repeat", 2, "--json", "-"),
    )
    assert answer.returncode == 0, answer.stderr
    assert answer.stderr == ""
    found = figures(answer.stdout)
    assert list(found) == ["a", "one", "m"]
    for name, peak, kept in (("a", 30, 20), ("one", 10, 0), ("m", 10, 10)):
        assert len(found[name]["runs"]) == 2
        for each in found[name]["runs"]:
            assert near(each["own_peak"], peak)
            assert near(each["retained"], kept)


def test_the_command_prints_the_table_alone(folder: Path) -> None:
    answer = run(folder, "-m", "peakline", "compare", "work:say", "work:one", "--repeat", 2)
    assert answer.returncode == 0
    assert "say has the lowest peak" in answer.stdout
    assert "printed" not in answer.stdout
    assert answer.stderr == "complained\n"


def test_the_functions_run_where_and_as_python_itself_would_run_them(folder: Path) -> None:
    words = ["-m", "peakline", "compare", "--repeat", "1", "--json", "-"]
    answer = run(folder, *words, "work:place", "b=elsewhere/tool.py:place")
    here, there = answer.stderr.splitlines()
    assert here == f"['work'] {folder} {folder} work 0"
    assert there == f"['elsewhere/tool.py'] {folder / 'elsewhere'} {folder} tool 0"
    answer = run(folder, "-O", *words, "work:place")
    assert answer.stderr.endswith("work 1\n")


def test_importing_a_module_of_ours_is_not_free_for_want_of_our_own_imports(folder: Path) -> None:
    write(
        folder,
        "imports.py",
        "import sys\ndef show(): print(*sorted(sys.modules), file=sys.stderr)\n",
    )
    answer = run(folder, "-m", "peakline", "compare", "imports:show", "--repeat", 1)
    loaded = set(answer.stderr.split())
    assert "peakline._stretch" in loaded
    heavy = {"argparse", "asyncio", "json", "subprocess", "dataclasses", "inspect", "traceback"}
    assert not loaded & heavy


@pytest.mark.parametrize(
    ("function", "sentence"),
    [
        ("work:fail", "It ended with ValueError: bad."),
        ("work:leave", "It called sys.exit(3)."),
        ("work:absent", "It ended with AttributeError: module 'work' has no attribute 'absent'."),
        ("work:number", "It ended with TypeError: number in work cannot be called."),
        ("absent:f", "It ended with ModuleNotFoundError: No module named 'absent'."),
        ("broken:f", "It ended with ZeroDivisionError: division by zero."),
        ("broken.py:f", "It ended with ZeroDivisionError: division by zero."),
    ],
)
def test_the_command_ends_with_1_when_an_alternative_fails(
    folder: Path, function: str, sentence: str
) -> None:
    answer = run(
        folder,
        "-m",
        "peakline",
        "compare",
        f"bad={function}",
        "work:one",
        "--repeat",
        2,
        "--json",
        "o.json",
    )
    assert answer.returncode == 1
    assert answer.stdout == ""
    assert f"peakline: bad: {sentence}\n" in answer.stderr
    assert answer.stderr.count("Traceback") <= 1
    assert "peakline/_trial" not in answer.stderr
    found = figures((folder / "o.json").read_text())
    assert found["bad"] == {"name": "bad", "error": sentence, "runs": []}
    assert len(found["one"]["runs"]) == 2


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ((), "the following arguments are required: alternative"),
        (("work",), "'work' names no function: write module:function or file.py:function"),
        (("work:",), "'work:' names no function"),
        (("a=:f",), "'a=:f' names no function"),
        (("absent.py:f",), "there is no file 'absent.py'"),
        (("work:one", "elsewhere/tool.py:one"), "two alternatives are called 'one'"),
        (("work:one", "--repeat", "0"), "--repeat needs a number of runs, 1 or more"),
        (("work:one", "--repeat", "x"), "invalid int value: 'x'"),
        (("work:one", "--precision", "21"), "--precision needs a number of decimals"),
        (("work:one", "--json", "absent/o.json"), "cannot write absent/o.json: No such file"),
    ],
)
def test_a_wrong_command_line_ends_with_2(
    folder: Path, words: tuple[str, ...], sentence: str
) -> None:
    answer = run(folder, "-m", "peakline", "compare", *words)
    assert answer.returncode == 2
    assert sentence in answer.stderr
    assert answer.stdout == ""


def test_the_command_ends_with_2_where_the_heap_cannot_be_counted(folder: Path) -> None:
    program = """
import sys
from peakline import _compare_command, _heap
_heap.available = lambda: "the heap cannot be counted here"
sys.exit(_compare_command.main(["work:one"]))
"""
    answer = run(folder, "-c", program)
    assert answer.returncode == 2
    assert answer.stderr == "peakline: the heap cannot be counted here\n"
    assert answer.stdout == ""


def test_the_executable_hands_the_command_over(folder: Path) -> None:
    answer = subprocess.run(
        [_render.find(), "compare", "work:one", "--repeat", "1", "--json", "-"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": PACKAGES, "PEAKLINE_PYTHON": sys.executable},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    assert list(figures(answer.stdout)) == ["one"]
