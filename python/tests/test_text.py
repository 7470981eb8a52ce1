# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""The four-column text, byte for byte, and what is left of it without source or stream."""

from __future__ import annotations

import io
import linecache
import sys
from pathlib import Path
from typing import Any

import pytest

from peakline._text import UNAVAILABLE, Block, guarded, show, write_code_map

SOURCE = (
    "import os\n\n@profile\ndef f(n):\n    a = [1] * n\n    \n"
    "        # comment\n    del a\n    return 1"
)

EXPECTED = """\
Filename: {name}

Line #    Mem usage    Increment  Occurrences   Line Contents
=============================================================
     3     22.0 MiB     22.0 MiB           1   @profile
     4                                         def f(n):
     5     29.7 MiB      7.6 MiB           1       a = [1] * n
     6                                         {blank}
     7                                                 # comment
     8     22.0 MiB     -7.6 MiB           1       del a
     9     22.0 MiB      0.0 MiB        1000       return 1


"""

MEASURED = {3: (22.0, 22.0, 1), 5: (7.63, 29.66, 1), 8: (-7.63, 22.03, 1), 9: (0.0, 22.03, 1000)}


class Map:
    """The least that a code map can be."""

    def __init__(self, filename: str, first: int = 3, last: int = 9) -> None:
        self.filename = filename
        self.rows = [(line, MEASURED.get(line)) for line in range(first, last + 1)]

    def items(self) -> Any:
        yield self.filename, iter(self.rows)


class Knowing(Map):
    """A code map with captured lines."""

    note: str | None = None

    def source_line(self, filename: str, line: int) -> str | None:
        assert filename == self.filename
        return UNAVAILABLE if line == 9 else f"captured {line}\n"

    def source_note(self, filename: str, line: int) -> str | None:
        assert (filename, line) == (self.filename, 3)
        return self.note


@pytest.fixture
def script(tmp_path: Path) -> Path:
    path = tmp_path / "script.py"
    path.write_text(SOURCE)
    return path


def text_of(code_map: Any, precision: int = 1) -> str:
    stream = io.StringIO()
    write_code_map(code_map, stream, precision)
    return stream.getvalue()


def test_a_table_is_the_one_of_memory_profiler_to_the_byte(script: Path) -> None:
    assert text_of(Map(str(script))) == EXPECTED.format(name=script, blank="    ")


def test_two_functions_are_two_tables(script: Path) -> None:
    class Both(Map):
        def items(self) -> Any:
            yield self.filename, iter(self.rows)
            yield self.filename, iter(self.rows)

    assert text_of(Both(str(script))) == EXPECTED.format(name=script, blank="    ") * 2


@pytest.mark.parametrize(
    ("precision", "row"),
    [
        (0, "     5       30 MiB        8 MiB           1       a = [1] * n\n"),
        (3, "     5   29.660 MiB    7.630 MiB           1       a = [1] * n\n"),
        (4, "     5  29.6600 MiB   7.6300 MiB           1       a = [1] * n\n"),
        (7, "     5  29.6600000 MiB   7.6300000 MiB           1       a = [1] * n\n"),
    ],
)
def test_precision_is_the_number_of_decimals(script: Path, precision: int, row: str) -> None:
    assert text_of(Map(str(script)), precision).splitlines(keepends=True)[6] == row


def test_a_row_is_one_write(script: Path) -> None:
    written: list[str] = []

    class Stream:
        def write(self, text: str) -> None:
            written.append(text)

    write_code_map(Map(str(script)), Stream())
    assert written[0] == f"Filename: {script}\n\n"
    assert written[2] == "=" * 61 + "\n"
    assert len(written) == 3 + 7 + 1
    assert written[-1] == "\n\n"


def test_the_stream_is_looked_up_when_the_table_is_written(
    script: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    write_code_map(Map(str(script)))
    assert capsys.readouterr().out == EXPECTED.format(name=script, blank="    ")
    monkeypatch.setattr(sys, "stdout", None)
    write_code_map(Map(str(script)))


def test_a_file_that_vanished_or_shrank_costs_only_its_text(tmp_path: Path, script: Path) -> None:
    gone = text_of(Map(str(tmp_path / "gone.py")))
    assert gone.splitlines()[1].startswith("NOTE: ")
    assert "could not be found" in gone.splitlines()[1]
    assert gone.count(UNAVAILABLE) == 7
    assert "     5     29.7 MiB      7.6 MiB           1   <source unavailable>\n" in gone
    script.write_text("\n".join(SOURCE.splitlines()[:6]) + "\n")
    linecache.checkcache(str(script))
    assert text_of(Map(str(script))).count(UNAVAILABLE) == 3


@pytest.mark.parametrize("name", ["/", "<string>", "a\0b", "/proc/self/mem", ""])
def test_no_name_makes_a_report_fail(name: str) -> None:
    assert text_of(Map(name)).count("29.7 MiB") == 1


def test_captured_lines_go_before_the_file_and_a_note_below_its_name(script: Path) -> None:
    code_map = Knowing(str(script))
    assert text_of(code_map).splitlines()[1] == ""
    code_map.note = "NOTE: changed"
    lines = text_of(code_map).splitlines()
    assert lines[:3] == [f"Filename: {script}", "NOTE: changed", ""]
    assert lines[7] == "     5     29.7 MiB      7.6 MiB           1   captured 5"
    assert lines[11].endswith("1000   <source unavailable>")


def test_text_that_the_stream_cannot_encode_is_escaped() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    show([Block("é.py", [(1, None, "x = '→'\n"), (2, None, "y = 1\n")])], stream)
    stream.flush()
    text = raw.getvalue().decode()
    assert text.startswith("Filename: \\xe9.py\n")
    assert "x = '\\u2192'\n" in text
    assert text.endswith("y = 1\n\n\n")


def test_a_closed_or_broken_stream_costs_the_report_only(
    script: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = io.StringIO()
    monkeypatch.setattr(sys, "__stderr__", said)
    stream = io.StringIO()
    stream.close()

    class Broken:
        def write(self, text: str) -> None:
            raise BrokenPipeError(32, "Broken pipe")

    assert not guarded(lambda: write_code_map(Map(str(script)), stream))
    assert not guarded(lambda: write_code_map(Map(str(script)), Broken()), "the report")
    assert said.getvalue() == (
        "peakline: could not write the table: I/O operation on closed file\n"
        "peakline: could not write the report: [Errno 32] Broken pipe\n"
    )
    said.close()
    assert not guarded(lambda: write_code_map(Map(str(script)), stream))
    monkeypatch.setattr(sys, "__stderr__", None)
    assert not guarded(lambda: write_code_map(Map(str(script)), stream))
    assert guarded(lambda: write_code_map(Map(str(script)), io.StringIO()))
