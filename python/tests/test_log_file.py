# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""`LogFile`: a logger that can stand for `sys.stdout`."""

from __future__ import annotations

import contextlib
import io
import logging
import logging.handlers
import queue
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from programs import run, tables, write

from memory_profiler import LogFile, profile


class Kept(logging.Handler):
    """Keeps the records."""

    def __init__(self) -> None:
        super().__init__()
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)

    @property
    def lines(self) -> list[str]:
        """The messages."""
        return [record.getMessage() for record in self.records]


@pytest.fixture
def kept() -> Iterator[Kept]:
    """What the logger `results` is given."""
    handler, logger = Kept(), logging.getLogger("results")
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    logger.propagate = False
    yield handler
    logger.handlers.clear()


def test_a_line_is_a_record_without_its_newline_and_an_empty_one_is_none(kept: Kept) -> None:
    log = LogFile("results")
    assert log.write("one\n\n  \ntwo\r\nthree\n") == 19
    log.writelines(["four\n", "fi", "ve\n"])
    print("six", 7, file=log)
    assert kept.lines == ["one", "two", "three", "four", "five", "six 7"]
    assert {record.levelno for record in kept.records} == {logging.INFO}


def test_a_line_that_is_begun_waits_until_it_is_complete_or_flushed(kept: Kept) -> None:
    log = LogFile("results")
    print("be", end="", file=log)
    assert kept.lines == []
    print("gun", file=log)
    print("dots..", end="", file=log)
    log.flush()
    log.flush()
    assert kept.lines == ["begun", "dots.."]


def test_a_progress_bar_that_only_returns_the_carriage_is_logged(kept: Kept) -> None:
    log = LogFile("results")
    for share in (10, 20):
        log.write(f"\r{share} %")
    assert kept.lines == ["10 %"]


def test_the_level_may_be_given(kept: Kept) -> None:
    LogFile("results").write("careful\n", logging.WARNING)
    assert kept.records[0].levelno == logging.WARNING


def test_a_record_names_whoever_wrote_it(kept: Kept) -> None:
    LogFile("results").write("here\n")
    assert kept.records[0].funcName == "test_a_record_names_whoever_wrote_it"


@pytest.mark.parametrize("flag", [False, True])
@pytest.mark.parametrize(
    "text",
    [
        "a cache of 5 MiB\n",
        "MiB\n",
        "1 MiB, 2 MiB and 3 MiB\n",
        "%s %d {} %(name)s\n",
        "\udc80 \x00 \u2028 é\n",
        "     4                                             print('5 MiB')\n",
        "     4     nan MiB      inf MiB           1   x\n",
        "     4     1.2.3 MiB      4..5 MiB           1   x\n",
        "",
        "\n" * 3,
    ],
)
def test_no_text_is_an_error(kept: Kept, text: str, flag: bool) -> None:
    log = LogFile("results", reportIncrementFlag=flag)
    assert log.write(text) == len(text)
    expected = [] if flag or not text.strip() else [text[:-1].replace("\udc80", "\\udc80")]
    assert kept.lines == expected


TABLE = """\
Filename: /somewhere/program.py

Line #    Mem usage    Increment  Occurrences   Line Contents
=============================================================
     3     22.0 MiB     22.0 MiB           1   @profile
     4                                         def f(n):
     5     29.7 MiB      7.6 MiB           1       a = [1] * n  # not 0.0 MiB
     6     29.7 MiB      0.0 MiB           1       log("3 MiB")
     7     22.0 MiB     -7.6 MiB           1       del a
     8   1234.5678 MiB    1234.5678 MiB        1   b = [1] * n


"""


def test_the_flag_lets_headers_and_rows_that_added_memory_pass(kept: Kept) -> None:
    log = LogFile("results", reportIncrementFlag=True)
    print("hello", file=log)
    log.write(TABLE)
    print("the end", end="", file=log)
    log.flush()
    lines = TABLE.splitlines()
    assert kept.lines == [lines[0], lines[2], lines[4], lines[6], lines[9]]


def test_the_table_of_a_function_is_a_record_for_each_row(kept: Kept) -> None:
    @profile(stream=LogFile("results"))
    def work() -> int:
        return 1

    assert work() == 1
    (table,) = tables("\n".join(kept.lines))
    assert [row.occurrences for row in table.rows.values()] == [1, 1]
    assert len(kept.lines) == 3 + len(table.sources)


def test_it_is_a_text_stream_in_full(kept: Kept) -> None:
    log = LogFile("results")
    assert isinstance(log, io.TextIOBase)
    assert (log.writable(), log.readable(), log.seekable(), log.isatty()) == (
        True,
        False,
        False,
        False,
    )
    assert (log.encoding, log.errors, log.closed) == ("utf-8", "backslashreplace", False)
    for method in (log.fileno, log.readline, log.detach):
        with pytest.raises(io.UnsupportedOperation):
            method()
    log.write("last")
    log.close()
    log.close()
    assert (log.closed, kept.lines) == (True, ["last"])
    with pytest.raises(ValueError, match="closed"):
        log.write("more")


def test_what_writes_to_the_standard_output_can_write_to_it(kept: Kept) -> None:
    with contextlib.redirect_stdout(LogFile("results")):
        help(kept.close)
        print("printed", flush=True)
        sys.stdout.write("written\n")
    assert "printed" in kept.lines
    assert any("close" in line for line in kept.lines)
    assert kept.lines[-1] == "written"


def test_handlers_are_flushed_with_it_also_those_of_ancestors() -> None:
    flushed: list[str] = []

    class Counts(logging.Handler):
        def flush(self) -> None:
            flushed.append(str(self.name))

    parent, logger = logging.getLogger("above"), logging.getLogger("above.below")
    for each in (parent, logger):
        handler = Counts()
        handler.name = each.name
        each.addHandler(handler)
    LogFile("above.below").flush()
    assert flushed == ["above.below", "above"]
    flushed.clear()
    logger.propagate = False
    LogFile("above.below").flush()
    assert flushed == ["above.below"]


def test_a_handler_that_prints_does_not_print_for_ever(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = io.StringIO()
    monkeypatch.setattr(sys, "__stdout__", original)

    class Prints(logging.Handler):
        def handle(self, record: logging.LogRecord) -> bool:
            print("handled", record.getMessage(), flush=True)
            return True

    log = LogFile("results")
    logging.getLogger("results").addHandler(Prints())
    logging.getLogger("results").addHandler(logging.StreamHandler(log))
    with contextlib.redirect_stdout(log):
        print("once")
    assert kept.lines == ["once"]
    assert original.getvalue() == "handled once\nonce\n"


def test_nor_does_one_that_prints_on_a_thread_of_its_own(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = io.StringIO()
    monkeypatch.setattr(sys, "__stdout__", original)
    waiting: queue.Queue[logging.LogRecord] = queue.Queue()
    log = LogFile("results")
    logging.getLogger("results").addHandler(logging.handlers.QueueHandler(waiting))
    listener = logging.handlers.QueueListener(waiting, logging.StreamHandler(log))
    listener.start()
    log.write("once\n")
    deadline = time.monotonic() + 60
    while not original.getvalue() and time.monotonic() < deadline:
        time.sleep(0.01)
    listener.stop()
    assert (kept.lines, original.getvalue()) == (["once"], "once\n")


def test_a_handler_of_another_logger_may_write_to_it(kept: Kept) -> None:
    other = logging.getLogger("another")
    handler = logging.StreamHandler(LogFile("results"))
    other.addHandler(handler)
    other.warning("passed on")
    other.removeHandler(handler)
    assert kept.lines == ["passed on"]


def test_a_handler_that_raises_costs_one_line_only(kept: Kept) -> None:
    class Raises(logging.Handler):
        def handle(self, record: logging.LogRecord) -> bool:
            raise OSError("told")

    log = LogFile("results")
    handler = Raises()
    logging.getLogger("results").addHandler(handler)
    with pytest.raises(OSError, match="told"):
        log.write("one\n")
    logging.getLogger("results").removeHandler(handler)
    log.write("two\n")
    assert kept.lines == ["one", "two"]


def test_lines_of_several_threads_stay_whole(kept: Kept) -> None:
    log = LogFile("results")
    barrier = threading.Barrier(4)

    def work(letter: str) -> None:
        for _ in range(50):
            barrier.wait()
            for _ in range(3):
                log.write(letter)
            barrier.wait()
            log.write("\n")
        log.write(letter)

    threads = [threading.Thread(target=work, args=(letter,)) for letter in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(kept.lines) == sorted(letter * 3 for letter in "abcd" for _ in range(50))
    log.flush()  # What the threads that are gone had begun.
    assert sorted(kept.lines[200:]) == ["a", "b", "c", "d"]


PROGRAM = """\
import logging, sys
from memory_profiler import LogFile
logging.basicConfig(filename="log.txt", filemode="{mode}", level=logging.INFO,
                    format="%(name)s|%(message)s")
sys.stdout = LogFile("memory_profile_log")

@profile
def work():
    return 1

work()
print("begun", end="")
"""


@pytest.mark.parametrize("mode", ["a", "w"])
def test_a_script_logs_its_tables_and_what_it_left_unfinished(tmp_path: Path, mode: str) -> None:
    write(tmp_path, "program.py", PROGRAM.format(mode=mode))
    answer = run(tmp_path, "-m", "memory_profiler", "program.py")
    assert (answer.returncode, answer.stdout, answer.stderr) == (0, "", "")
    lines = (tmp_path / "log.txt").read_text().splitlines()
    assert {line.partition("|")[0] for line in lines} == {"memory_profile_log"}
    said = [line.partition("|")[2] for line in lines]
    assert said[0] == "begun"
    (table,) = tables("\n".join(said))
    assert table.row("return 1").occurrences == 1


def test_the_root_logger_is_the_default() -> None:
    assert LogFile().logger is logging.getLogger()
    assert LogFile().reportIncrementFlag is False
