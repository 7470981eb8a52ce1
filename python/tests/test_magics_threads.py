# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""`%mprun`: whose calls it counts, where several threads call the function."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from shells import Shell, shell_with

DEFINITIONS = """\
import threading
from concurrent.futures import ThreadPoolExecutor

def work(n=1):
    kept = [n]
    return kept

def in_threads(count, function):
    threads = [threading.Thread(target=function) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
"""

# Both threads of the pool have begun.
POOL = """\
pool = ThreadPoolExecutor(2)
both = threading.Barrier(2)
list(pool.map(lambda _: both.wait(), range(2)))
"""

NOT_COUNTED = (
    " not counted that threads made which the statement had not started "
    "(--all-threads counts them).\n"
)


@pytest.fixture
def shell() -> Iterator[Shell]:
    for shell in shell_with("peakline"):
        shell.run(DEFINITIONS, POOL)
        yield shell
        shell.names["pool"].shutdown()


def calls(value: Any) -> list[int]:
    return [function.lines[0].occurrences for function in value.functions]


def test_threads_that_the_statement_starts_count_and_those_that_they_start(shell: Shell) -> None:
    ran = shell.run(
        "%%mprun -r -f work\nwork()\nin_threads(2, lambda: (work(), in_threads(3, work)))"
    )
    assert calls(ran.value) == [9]
    assert "counted" not in ran.text


def test_a_thread_that_was_there_before_does_not_count_and_that_is_said(shell: Shell) -> None:
    ran = shell.run("%mprun -r -f work work(); list(pool.map(work, range(3)))")
    assert calls(ran.value) == [1]
    assert f"\n3 calls are{NOT_COUNTED}" in ran.text
    ran = shell.run("%mprun -r -f work work(); pool.submit(work).result()")
    assert f"\n1 call is{NOT_COUNTED}" in ran.text


def test_where_only_such_threads_called_it_that_is_said_too(shell: Shell) -> None:
    ran = shell.run("%mprun -f work list(pool.map(work, range(3)))")
    assert ran.text == (
        f"None of the functions ran that were to be measured.\n3 calls are{NOT_COUNTED}"
    )


def test_all_threads_count_if_they_are_asked_for(shell: Shell) -> None:
    ran = shell.run("%mprun -r --all-threads -f work work(); list(pool.map(work, range(3)))")
    assert calls(ran.value) == [4]
    assert "counted" not in ran.text


def test_a_pool_of_the_statement_counts_and_is_an_old_one_for_the_next(shell: Shell) -> None:
    shell.run("%%mprun -r -f work\nown = ThreadPoolExecutor(1)\nown.submit(work).result()")
    try:
        assert calls(shell.run("%mprun -r -f work own.submit(work).result(); work()").value) == [1]
    finally:
        shell.names["own"].shutdown()


def test_a_magic_within_a_magic_has_threads_of_its_own(shell: Shell) -> None:
    ran = shell.run(
        "%%mprun -r -f work\nown = ThreadPoolExecutor(1)\nown.submit(work).result()\n"
        "inner = %mprun -r -f work own.submit(work).result(); work()\nown.shutdown()"
    )
    assert calls(ran.value) == [3]
    assert calls(shell.names["inner"]) == [1]
