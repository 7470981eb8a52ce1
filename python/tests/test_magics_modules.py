# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""`%mprun` of functions in modules, whose files are edited while the session goes on."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from shells import Ran, Shell, shell_with

FIRST = """\
def work():
    return 1

class Thing:
    def method(self):
        return 1
"""
SECOND = """\
def work():
    one = 1
    return one + 1

class Thing:
    def method(self):
        return 2
"""

OLD = (
    "edited was edited since it was imported: what runs is the old version "
    "(--reload reloads it first).\n"
)


class Module:
    """A module that can be edited; each edit has a later time than the one before."""

    def __init__(self, folder: Path, name: str) -> None:
        self.path = folder / f"{name}.py"
        self._time = time.time()

    def write(self, text: str) -> None:
        self.path.write_text(text)
        self._time += 2
        os.utime(self.path, (self._time, self._time))


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Module:
    monkeypatch.syspath_prepend(tmp_path)
    # The times of the files are later than now, which those of compiled ones do not tell.
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    monkeypatch.delitem(sys.modules, "edited", raising=False)
    module = Module(tmp_path, "edited")
    module.write(FIRST)
    return module


@pytest.fixture
def shell(module: Module) -> Iterator[Shell]:
    for shell in shell_with("peakline"):
        shell.run("import edited\nfrom edited import Thing, work, work as alias\nthing = Thing()")
        # It is measured before it is edited: its source is known.
        shell.run("%mprun -f work -f Thing work(), thing.method()")
        yield shell


def sources(ran: Ran) -> list[str]:
    assert ran.error is None, ran.text
    return [line.source.strip() for line in ran.value.functions[0].lines]


def test_the_old_version_runs_and_is_shown_and_that_is_said(shell: Shell, module: Module) -> None:
    module.write(SECOND)
    ran = shell.run("%mprun -r -f work value = work()")
    assert OLD in ran.text
    assert sources(ran) == ["def work():", "return 1"]
    assert shell.names["value"] == 1


def test_an_edit_before_the_first_measurement_is_noticed_too(module: Module) -> None:
    for shell in shell_with("peakline"):
        shell.run("import edited")
        module.write(SECOND)
        ran = shell.run("%mprun -r -f edited.work edited.work()")
        assert OLD in ran.text
        assert "the numbers are right, the lines are not shown" in ran.value.functions[0].note
        ran = shell.run("%mprun -r --reload -f edited.work edited.work()")
        assert len(sources(ran)) == 3


def test_a_file_that_is_gone_is_no_edit_and_the_table_says_so(shell: Shell, module: Module) -> None:
    module.path.unlink()
    ran = shell.run("%mprun -r -f work value = work()")
    assert "edited since" not in ran.text
    assert sources(ran) == ["def work():", "return 1"]
    (function,) = ran.value.functions
    assert function.note == f"NOTE: {module.path} is gone; the lines shown are those that ran"
    assert function.note in ran.text


def test_a_touch_is_no_edit(shell: Shell, module: Module) -> None:
    module.write(FIRST)
    assert "edited since" not in shell.run("%mprun -f work work()").text


@pytest.mark.parametrize("name", ["work", "alias", "edited.work"])
def test_reload_puts_the_new_functions_where_the_old_were(
    shell: Shell, module: Module, name: str
) -> None:
    module.write(SECOND)
    ran = shell.run(f"%mprun -r --reload -f {name} value = {name}()")
    assert "Reloaded edited.\n" in ran.text
    assert OLD not in ran.text
    assert sources(ran) == ["def work():", "one = 1", "return one + 1"]
    assert shell.run("(value, work(), alias(), Thing().method())").value == (2, 2, 2, 2)
    assert "eloaded" not in shell.run("%mprun --reload -f work work()").text


def test_reload_without_f(shell: Shell, module: Module) -> None:
    module.write(SECOND)
    ran = shell.run("%mprun -r --reload work()")
    assert len(sources(ran)) == 3


def test_objects_of_the_old_version_are_said_to_be(shell: Shell, module: Module) -> None:
    module.write(SECOND)
    ran = shell.run("%mprun --reload -f thing.method value = thing.method()")
    assert "Reloaded edited.\nObjects that were made before are still of the old version.\n" in (
        ran.text
    )
    assert shell.names["value"] == 1


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("def work(:\n", SyntaxError),
        ("work = None\n1 / 0\n", ZeroDivisionError),
        (None, ImportError),
    ],
)
def test_a_reload_that_fails_changes_nothing(
    shell: Shell, module: Module, text: str | None, error: type[Exception]
) -> None:
    if text is None:
        module.path.unlink()
    else:
        module.write(text)
    ran = shell.run("%mprun --reload -f work work()")
    assert isinstance(ran.error, error)
    assert "edited could not be reloaded; the old version is still there.\n" in ran.text
    assert shell.run("(work(), edited.work(), edited.work is work)").value == (1, 1, True)
    module.write(SECOND)
    assert len(sources(shell.run("%mprun -r --reload -f work work()"))) == 3


def test_a_module_in_a_package(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "bundle_of_magics"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    for name in ("bundle_of_magics", "bundle_of_magics.part"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    part = Module(folder, "part")
    part.write(FIRST)
    shell.run("import bundle_of_magics.part", "%mprun bundle_of_magics.part.work()")
    part.write(SECOND)
    ran = shell.run("%mprun -r --reload -f bundle_of_magics.part.work bundle_of_magics.part.work()")
    assert "Reloaded bundle_of_magics.part.\n" in ran.text
    assert len(sources(ran)) == 3


def test_a_partial_is_of_the_module_of_its_function(shell: Shell, module: Module) -> None:
    module.write(SECOND)
    shell.run("import functools; part = functools.partial(work)")
    assert OLD in shell.run("%mprun -f part part()").text


def test_with_autoreload(shell: Shell, module: Module) -> None:
    shell.run("%load_ext autoreload", "%autoreload 2")
    module.write(SECOND)
    ran = shell.run("%mprun -r -f work value = work()")
    assert "edited since" not in ran.text
    assert sources(ran) == ["def work():", "one = 1", "return one + 1"]
    shell.run("%autoreload 0")
