# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""`%mprun`: whose lines it measures. Functions are defined in cells, whose files do not exist."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from shells import Shell, shell_with

SIZE = 3_000_000

DEFINITIONS = f"""\
import functools

def work(n):
    kept = bytearray(n)
    return kept

def other():
    return 1

def factory(n):
    def inner(k):
        return bytearray(n * k)
    return inner

def decorate(function):
    @functools.wraps(function)
    def wrapper(*args):
        return function(*args)
    return wrapper

@decorate
def decorated():
    return bytearray({SIZE})

@functools.singledispatch
def chosen(value):
    return value

@chosen.register
def _(value: int):
    return bytearray(value)

@functools.lru_cache
def cached():
    return bytearray({SIZE})

def steps(n):
    for _ in range(3):
        yield bytearray(n)

class Thing:
    def method(self):
        return bytearray({SIZE})

    @property
    def size(self):
        return len(bytearray({SIZE}))

    @staticmethod
    def static():
        return bytearray({SIZE})

    @classmethod
    def of_class(cls):
        return bytearray({SIZE})

thing = Thing()
"""


@pytest.fixture
def shell() -> Iterator[Shell]:
    for shell in shell_with("peakline"):
        shell.run(DEFINITIONS)
        yield shell


def costs(shell: Shell, line: str, cell: str | None = None) -> dict[str, list[str]]:
    """The lines of each function that allocate most of SIZE in one go, or more."""
    return {
        name: [line.source.strip() for line in lines.values() if line.own_peak > SIZE * 0.9]
        for name, lines in shell.profile(line, cell).items()
    }


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ("-f work work({0})", {"work": ["kept = bytearray(n)"]}),
        ("-f decorated decorated()", {"decorated": [f"return bytearray({SIZE})"]}),
        ("-f chosen chosen({0})", {"_": ["return bytearray(value)"]}),
        ("-f cached cached()", {"cached": [f"return bytearray({SIZE})"]}),
        ("-f steps list(steps({0}))", {"steps": ["yield bytearray(n)"]}),
        ("-f thing.method thing.method()", {"Thing.method": [f"return bytearray({SIZE})"]}),
        ("-f Thing.static thing.static()", {"Thing.static": [f"return bytearray({SIZE})"]}),
        ("-f Thing.of_class Thing.of_class()", {"Thing.of_class": [f"return bytearray({SIZE})"]}),
        ("-f Thing.size thing.size", {"Thing.size": [f"return len(bytearray({SIZE}))"]}),
        (
            "-f work -f Thing.method work({0}); thing.method(); other()",
            {"work": ["kept = bytearray(n)"], "Thing.method": [f"return bytearray({SIZE})"]},
        ),
        ("-f functools.partial(work,{0}) work({0})", {"work": ["kept = bytearray(n)"]}),
        (
            "-f work list(__import__('concurrent.futures').futures."
            "ThreadPoolExecutor(2).map(work, [{0}] * 3))",
            {"work": ["kept = bytearray(n)"]},
        ),
    ],
)
def test_the_functions_that_are_named(
    shell: Shell, options: str, found: dict[str, list[str]]
) -> None:
    assert costs(shell, options.format(SIZE)) == found


def test_closures_of_one_function_are_that_function(shell: Shell) -> None:
    shell.run("one, two = factory(1), factory(2)")
    lines = shell.profile(f"-f one kept = one({SIZE}), two({SIZE})")
    (inner,) = lines.values()
    assert list(lines) == ["factory.<locals>.inner"]
    (row,) = [line for line in inner.values() if "return" in line.source]
    assert row.occurrences == 2
    assert row.allocated == pytest.approx(3 * SIZE, rel=0.01)


def test_a_function_that_was_redefined_is_the_new_one_and_the_old_keeps_its_source(
    shell: Shell,
) -> None:
    shell.run("old = work", f"def work(n):\n    a = 1\n    return bytearray({SIZE})")
    result = shell.run("%mprun -r -f work -f old work(1), old(1)").value
    assert [(f.name, f.file, len(f.lines), f.note) for f in result.functions] == [
        ("work", "In[3]", 3, None),
        ("work", "In[1]", 3, None),
    ]
    assert [f.lines[-1].source for f in result.functions] == [
        f"    return bytearray({SIZE})",
        "    return kept",
    ]


# MARK: without -f


def test_the_functions_of_the_cell(shell: Shell) -> None:
    cell = f"""\
def make(n):
    def part():
        return bytearray(n)
    return part()
class Box:
    def fill(self):
        self.all = make({SIZE})
Box().fill()
"""
    assert costs(shell, "", cell) == {
        "make": ["return part()"],
        "make.<locals>.part": ["return bytearray(n)"],
        "Box.fill": [f"self.all = make({SIZE})"],
    }


def test_what_the_cell_defines_is_meant_by_f_and_not_what_it_replaces(shell: Shell) -> None:
    cell = f"def work():\n    return bytearray({SIZE})\nx = work()"
    lines = shell.profile("-f work", cell)["work"]
    # As the cell is numbered: the magic's own line is 1.
    assert {number: line.occurrences for number, line in lines.items()} == {2: 1, 3: 1}


@pytest.mark.parametrize(
    ("statement", "name", "function"),
    [
        ("x = work({0})", "work", "work"),
        ("thing.method()", "thing.method", "Thing.method"),
        ("Thing.of_class()", "Thing.of_class", "Thing.of_class"),
        ("list(steps({0}))", "steps", "steps"),
        ("[work({0}) for _ in range(2)]", "work", "work"),
    ],
)
def test_the_one_function_that_the_statement_calls_which_is_said(
    shell: Shell, statement: str, name: str, function: str
) -> None:
    ran = shell.run(f"%mprun -r {statement.format(SIZE)}")
    assert f"No -f: measuring {name}, which the statement calls.\n" in ran.text
    assert [f.name for f in ran.value.functions] == [function]


def test_the_lines_of_a_cell_that_calls_several(shell: Shell) -> None:
    ran = shell.run(f"%%mprun -r\nfor n in (1, {SIZE}):\n    x = work(n)\n    y = other()")
    assert "No -f: measuring the lines of the statement itself.\n" in ran.text
    (function,) = ran.value.functions
    assert {line.source: line.occurrences for line in function.lines if line.occurrences} == {
        "": 1,
        f"for n in (1, {SIZE}):": 3,
        "    x = work(n)": 2,
        "    y = other()": 2,
    }
    assert function.lines[2].increment == pytest.approx(SIZE, rel=0.01)


def test_one_line_that_calls_several_needs_a_choice(shell: Shell) -> None:
    ran = shell.run("%mprun work(other())")
    assert ran.text == (
        "UsageError: the statement calls work and other: choose with -f, as in -f other\n"
    )


def test_nothing_that_ran(shell: Shell) -> None:
    ran = shell.run("%mprun -f work other()")
    assert ran.text == "None of the functions ran that were to be measured.\n"


# MARK: what names nothing


@pytest.mark.parametrize(
    ("name", "sentences"),
    [
        (
            "wrok",
            "UsageError: Could not find function 'wrok'.\n"
            "NameError: name 'wrok' is not defined\nDid you mean work?\n",
        ),
        (
            "thing.methd",
            "UsageError: Could not find function 'thing.methd'.\n"
            "AttributeError: 'Thing' object has no attribute 'methd'\n"
            "Did you mean thing.method?\n",
        ),
        (
            "thin.method",
            "UsageError: Could not find function 'thin.method'.\n"
            "NameError: name 'thin' is not defined\nDid you mean thing or Thing?\n",
        ),
        (
            "xyzzy",
            "UsageError: Could not find function 'xyzzy'.\n"
            "NameError: name 'xyzzy' is not defined\n",
        ),
        (
            "len",
            "UsageError: 'len' is a builtin_function_or_method: there is no Python code whose "
            "lines could be measured\n",
        ),
        (
            "functools",
            "UsageError: 'functools' is a module: there is no Python code whose lines could be "
            "measured\n",
        ),
        (
            "3",
            "UsageError: '3' is an int: there is no Python code whose lines could be measured\n",
        ),
    ],
)
def test_what_is_no_function_is_said_with_those_that_are_written_alike(
    shell: Shell, name: str, sentences: str
) -> None:
    assert shell.run(f"%mprun -f {name} work(1)").text == sentences


def test_a_name_that_the_cell_binds_is_not_what_it_was(shell: Shell) -> None:
    shell.run("def old(n):\n    return [0] * n")
    ran = shell.run("%%mprun\nold = lambda n: [1] * n\nold(1000)")
    assert "No -f: measuring the lines of the statement itself." in ran.text


def test_compared_calls_are_taken_as_they_are_written(shell: Shell) -> None:
    shell.run("def f(text='a'):\n    return len(text)\ndef g(text='a'):\n    return len(text)")
    compared = shell.run("%mprun -r --compare f('a  b') g").value
    assert [each.name for each in compared.alternatives] == ["f", "g"]
    assert compared["f"].error is compared["g"].error is None
    shell.run("seen = []\ndef note(text):\n    seen.append(text)")
    shell.run("%mprun --compare note('a  b') f('c   d')")
    assert shell.names["seen"] == ["a  b"]


@pytest.mark.parametrize(
    "body",
    [
        "def fails():\n    {}",
        "def fails():\n    yield 1\n    {}",
        "async def fails():\n    {}",
        "def fails():\n    raise SystemError from LookupError('reason')",
    ],
)
def test_what_a_compared_call_raises_is_shown_as_that_of_a_cell(
    shell: Shell, capfd: pytest.CaptureFixture[str], body: str
) -> None:
    shell.run(body.format("[][1]"))
    kinds = {"async": "await fails()", "yield": "list(fails())"}
    plain = next((call for kind, call in kinds.items() if kind in body), "fails()")
    shell.ip.run_cell(plain, store_history=True)
    expected = from_function_on(capfd.readouterr().out)
    # Not through the shell of these tests: the runs write to the file that is the standard error.
    shell.ip.run_cell("%mprun --compare fails other", store_history=True)
    shown = capfd.readouterr().err
    assert from_function_on(shown) == expected
    assert not [name for name in ("peakline", "asyncio", "<comparison>") if name in shown]


def from_function_on(text: str) -> str:
    """A traceback from the frame of the function on."""
    _, found, rest = text.partition("Cell In[2], line ")
    assert found, text
    return rest.rstrip("\n")


def test_what_a_compared_call_raises_only_when_its_lines_are_measured_has_no_frame_of_ours(
    shell: Shell,
) -> None:
    shell.run(
        "import os\nhere, calls = os.getpid(), []\n"
        "def fails():\n    if os.getpid() == here:\n        raise LookupError"
    )
    ran = shell.run("%mprun --compare fails other")
    assert isinstance(ran.error, LookupError)
    assert "----> 1 fails()\n" in ran.text
    assert "_magics" not in ran.text
