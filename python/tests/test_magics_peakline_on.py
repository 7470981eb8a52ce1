# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""`%peakline on`: a line below each cell that says what it did to the memory."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import pytest
from shells import Ran, Shell, shell_with

import peakline
from peakline import HeapUnavailable
from peakline._magics import after_cells

# What goes with a collection of garbage is in the line, rightly.
pytestmark = pytest.mark.usefixtures("no_collection")

LINE = re.compile(
    r"([\d.]+) MiB (of heap in use|resident), ([+-][\d.]+) MiB, "
    r"peak of this cell (\+[\d.]+ MiB|not known)\n"
)


class Said(NamedTuple):
    """What the line says; MiB."""

    in_use: float
    change: float
    peak: float | None


def said(ran: Ran) -> Said:
    """What the one line says that a cell has below it."""
    (found,) = LINE.finditer(ran.text)
    peak = None if found[4] == "not known" else float(found[4].split()[0])
    return Said(float(found[1]), float(found[3]), peak)


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shell]:
    monkeypatch.chdir(tmp_path)
    for shell in shell_with("peakline"):
        assert not LINE.search(shell.run("%peakline on").text)
        # What the first cell brings with it is not that of the next.
        shell.run("kept = None")
        yield shell
        shell.names.clear()


def test_what_is_kept(shell: Shell) -> None:
    before = said(shell.run("x = 1")).in_use
    line = said(shell.run("kept = bytearray(80 << 20)"))
    assert line.change == pytest.approx(80, abs=0.2)
    assert line.peak == pytest.approx(80, abs=0.2)
    assert line.in_use == pytest.approx(before + 80, abs=0.5)
    assert said(shell.run("kept = None")).change == pytest.approx(-80, abs=0.2)


def test_what_is_there_for_a_moment(shell: Shell) -> None:
    line = said(shell.run("len(bytearray(70 << 20))"))
    assert line.change == pytest.approx(0, abs=0.2)
    assert line.peak == pytest.approx(70, abs=0.2)
    # Each cell's own.
    assert said(shell.run("len(bytearray(20 << 20))")).peak == pytest.approx(20, abs=0.2)


def test_the_peak_is_that_of_all_threads_together(shell: Shell) -> None:
    line = said(
        shell.run(
            "import threading\n"
            "there = threading.Barrier(3)\n"
            "def work(size):\n"
            "    block = bytearray(size)\n"
            "    there.wait()\n"
            "    there.wait()\n"
            "threads = [threading.Thread(target=work, args=(n << 20,)) for n in (30, 20)]\n"
            "[thread.start() for thread in threads]\n"
            "there.wait()\n"
            "mine = bytearray(25 << 20)\n"
            "del mine\n"
            "there.wait()\n"
            "for thread in threads: thread.join()\n"
        )
    )
    assert line.peak == pytest.approx(75, abs=0.5)
    assert line.change == pytest.approx(0, abs=0.5)


def test_small_objects_count(shell: Shell) -> None:
    line = said(shell.run("kept = [str(number) for number in range(10**6, 2 * 10**6)]"))
    # A place in the list, and a text in steps of 16 bytes.
    each = 8 - sys.getsizeof("1000000") // -16 * 16
    expected = 10**6 * each / (1 << 20)
    assert line.change == pytest.approx(expected, rel=0.02)


def test_a_cell_that_fails_has_its_line(shell: Shell) -> None:
    ran = shell.run("kept = bytearray(30 << 20)\n1 / 0")
    assert type(ran.error) is ZeroDivisionError
    assert said(ran).change == pytest.approx(30, abs=0.2)
    assert said(shell.run("kept = = 1")).change == pytest.approx(0, abs=0.2)


def test_off_ends_it_without_a_line(shell: Shell) -> None:
    assert not LINE.search(shell.run("%peakline off").text)
    assert not LINE.search(shell.run("x = 1").text)
    assert not LINE.search(shell.run("%peakline off").text)
    shell.run("%peakline on")
    assert LINE.search(shell.run("x = 1").text)
    shell.run("%unload_ext peakline")
    assert not LINE.search(shell.run("x = 1").text)


def test_on_twice_is_one_line(shell: Shell) -> None:
    shell.run("%peakline on")
    said(shell.run("x = 1"))


def test_cells_in_cells_are_a_part_of_them(shell: Shell) -> None:
    ran = shell.run(
        "for silent in (False, True):\n"
        "    get_ipython().run_cell('len(bytearray(40 << 20))', silent=silent)\n"
        "get_ipython().run_cell('')\n"
        "kept = bytearray(15 << 20)"
    )
    line = said(ran)
    assert line.change == pytest.approx(15, abs=0.2)
    assert line.peak == pytest.approx(40, abs=0.2)


def test_cells_that_run_while_a_cell_awaits_are_a_part_of_it(shell: Shell) -> None:
    ran = shell.run(
        "import asyncio\n"
        "async def other():\n"
        "    get_ipython().run_cell('len(bytearray(40 << 20))')\n"
        "    get_ipython().run_cell('', silent=True)\n"
        "await asyncio.ensure_future(other())\n"
        "kept = bytearray(15 << 20)"
    )
    line = said(ran)
    assert line.change == pytest.approx(15, abs=0.2)
    assert line.peak == pytest.approx(40, abs=0.5)


def test_cells_of_front_ends_have_none(shell: Shell, capsys: pytest.CaptureFixture[str]) -> None:
    shell.ip.run_cell("y = 1", silent=True)
    shell.ip.run_cell("y = 1", store_history=False)
    assert capsys.readouterr().out == ""
    said(shell.run("x = 1"))


def test_a_recorded_cell_has_its_line_without_what_the_page_takes(shell: Shell) -> None:
    ran = shell.run("%%peakline --exact\nkept = bytearray(12 << 20)")
    assert "\nThe peak was " in ran.text
    assert said(ran).change == pytest.approx(12, abs=0.5)


def test_other_extensions_stay(shell: Shell) -> None:
    shell.run("%load_ext autoreload", "%autoreload 2")
    said(shell.run("x = 1"))
    shell.run("%reload_ext peakline", "%peakline on")
    said(shell.run("x = 1"))


def test_where_no_recording_is_left_the_peak_is_not_known(shell: Shell) -> None:
    with ExitStack() as stack:
        for number in range(4):
            stack.enter_context(peakline.record(f"{number}.peakline"))
        line = said(shell.run("kept = bytearray(10 << 20)"))
    assert line.peak is None
    assert line.change == pytest.approx(10, abs=0.5)


def test_where_the_heap_cannot_be_counted_it_is_the_resident_set(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> None:
        raise HeapUnavailable("the heap cannot be counted here")

    monkeypatch.setattr(after_cells, "HeapMeter", refuse)
    ran = shell.run("%peakline on")
    assert "The resident set is shown: the heap cannot be counted here.\n" in ran.text
    ran = shell.run("kept = bytearray(b'x') * (60 << 20)\ndel kept")
    assert " MiB resident, " in ran.text
    line = said(ran)
    assert line.peak is not None
    assert line.peak == pytest.approx(60, abs=3)
    assert line.change == pytest.approx(0, abs=3)
