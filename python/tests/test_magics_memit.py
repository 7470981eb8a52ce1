# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""`%memit`: exact, whatever the statement does; and its options."""

from __future__ import annotations

import re
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest
from shells import MIB, Ran, Shell, shell_with

pytestmark = pytest.mark.usefixtures("no_collection")

SIZE = 80 * MIB
"""So large that it is mapped by itself: the resident set grows by it whenever it is written to."""


@pytest.fixture
def shell() -> Iterator[Shell]:
    yield from shell_with("memory_profiler")


def shown(ran: Ran) -> tuple[float, float, str]:
    """Peak and increment in MiB, and what is said below them."""
    found = re.fullmatch(
        r"peak memory: ([\d.]+) MiB, increment: (-?[\d.]+) MiB\n(.*)", ran.text, re.DOTALL
    )
    assert found, ran.text
    return float(found[1]), float(found[2]), found[3]


def test_what_the_articles_cell_takes(shell: Shell) -> None:
    pytest.importorskip("numpy", reason="NumPy is not installed: pip install numpy")
    cell = "%%memit import numpy as np\nA = np.random.rand(1000, 1000)\nA ** 2"
    for _ in range(2):
        # 8,000,000 bytes, and as many again; the first time NumPy loads a part of itself, too.
        assert shown(shell.run(cell))[1] == pytest.approx(15.26, abs=0.02)
        del shell.names["A"]


def test_what_lives_for_a_moment_is_seen_every_time(shell: Shell) -> None:
    for _ in range(3):
        _, increment, note = shown(shell.run("%memit few = bytes(160_000_000)[:10]"))
        assert increment == pytest.approx(152.59, abs=0.01)
        assert note == ""


def test_the_peak_is_all_that_is_in_use(shell: Shell) -> None:
    small, _, _ = shown(shell.run("%memit 0"))
    shell.run(f"kept = bytearray({SIZE})")
    large, increment, _ = shown(shell.run("%memit 0"))
    assert large - small == pytest.approx(80, abs=0.1)
    assert increment == pytest.approx(0, abs=0.01)


def test_a_cell_with_a_setup_that_does_not_count(shell: Shell) -> None:
    ran = shell.run(f"%%memit data = bytes({SIZE})\nmore = data[: len(data) // 2]\nfew = more[:9]")
    assert shown(ran)[1] == pytest.approx(40, abs=0.01)


def test_what_was_there_and_is_freed_is_no_increment(shell: Shell) -> None:
    assert shown(shell.run(f"kept = bytes({SIZE})", "%memit del kept"))[1] == 0


# MARK: options


def test_o_returns_the_result_and_q_shows_nothing(shell: Shell) -> None:
    ran = shell.run(f"%memit -o -q -r 3 -t 2.5 -i 0.5 bytes({SIZE})")
    assert ran.text == f"Out[1]: {ran.value!r}\n"
    result = ran.value
    assert result.mem_usage == pytest.approx([result.baseline + 80] * 3, abs=0.05)
    assert (result.repeat, result.timeout, result.interval) == (3, 2.5, 0.5)
    assert result.include_children is False
    assert re.fullmatch(
        r"<MemitResult : peak memory: [\d.]+ MiB, increment: 80.\d\d MiB>", repr(result)
    )


def test_r_runs_it_as_often_and_shows_the_highest(shell: Shell) -> None:
    ran = shell.run("kept = []", f"%memit -r 3 kept.append(bytes({SIZE}))")
    assert len(shell.names["kept"]) == 3
    assert shown(ran)[1] == pytest.approx(240, abs=0.1)


def test_without_r_it_runs_once(shell: Shell) -> None:
    shell.run("times = []", "%memit -t 1 times.append(0)", "%memit -c times.append(0)")
    assert shell.names["times"] == [0, 0]


@pytest.mark.parametrize("backend", ["heap", "rss", "psutil", "pss", "uss", "tracemalloc"])
def test_every_backend_sees_what_stays(shell: Shell, backend: str) -> None:
    statement = f"kept = bytearray(b'x') * {SIZE}"
    ran = shell.run(f"%memit --backend {backend} {statement}")
    assert shown(ran)[1] == pytest.approx(80, abs=1)
    assert not tracemalloc.is_tracing()


def test_c_counts_child_processes(shell: Shell) -> None:
    program = f"data = bytearray(b'x') * {SIZE}; import time; time.sleep(0.5)"
    shell.run(f"import subprocess, sys; command = [sys.executable, '-c', {program!r}]")
    assert shown(shell.run("%memit subprocess.run(command)"))[1] < 1
    assert 80 < shown(shell.run("%memit -c -i 0.02 subprocess.run(command)"))[1] < 110


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("", "there is no statement to run: write it behind the options"),
        ("-r 0 1", "-r needs a whole number, 1 or more, not '0'"),
        ("-r many 1", "-r needs a whole number, 1 or more, not 'many'"),
        ("-i -1 1", "-i needs a number, 0 or more, not '-1'"),
        ("-t nan 1", "-t needs a number, 0 or more, not 'nan'"),
        ("-f work 1", "option -f not recognized; there are -r -t -i -c -o -q --backend"),
        ("--backend haep 1", "unknown backend 'haep': choose one of 'rss' (also called"),
        (
            "-c --backend heap 1",
            "-c needs a backend that can look at child processes: rss, pss or uss",
        ),
    ],
)
def test_a_sentence_for_options_that_cannot_be(shell: Shell, line: str, sentence: str) -> None:
    assert shell.run(f"%memit {line}").text.startswith(f"UsageError: {sentence}")


def test_an_exception_passes(shell: Shell) -> None:
    ran = shell.run("%memit 1 / 0")
    assert isinstance(ran.error, ZeroDivisionError)
    assert "----> 1 1 / 0" in ran.text
    assert "_magics" not in ran.text


# MARK: other threads


def test_what_other_threads_keep_is_said(shell: Shell) -> None:
    shell.run(
        "import threading\nkept = []\n"
        "def in_thread(size):\n"
        "    thread = threading.Thread(target=lambda: kept.append(bytes(size)))\n"
        "    thread.start()\n"
        "    thread.join()"
    )
    _, increment, note = shown(shell.run(f"%memit in_thread({SIZE})"))
    assert increment == pytest.approx(0, abs=0.1)
    assert note == (
        "Other threads changed the heap by +80.00 MiB meanwhile; that is in none of these figures "
        "(--backend rss measures the whole process).\n"
    )
    assert shown(shell.run("%memit in_thread(10)"))[2] == ""
    assert shown(shell.run(f"%memit x = bytes({SIZE}); in_thread(10_000)"))[2] == ""


# MARK: modules that are loaded meanwhile


@pytest.fixture
def modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`outer`, which keeps 20 MiB, and loads `outer.inner`, which keeps 30 MiB."""
    monkeypatch.syspath_prepend(tmp_path)
    package = tmp_path / "outer"
    package.mkdir()
    temporary = f"bytearray({100 * MIB})\n"
    (package / "__init__.py").write_text(f"{temporary}kept = bytes({20 * MIB})\nimport outer.inner")
    (package / "inner.py").write_text(f"{temporary}kept = bytes({30 * MIB})")
    monkeypatch.delitem(__import__("sys").modules, "outer", raising=False)
    monkeypatch.delitem(__import__("sys").modules, "outer.inner", raising=False)


@pytest.mark.usefixtures("modules")
def test_what_a_function_loads_is_told_apart(shell: Shell) -> None:
    shell.run(
        f"def work():\n    a = bytes({10 * MIB})\n    import outer\n    b = bytes({SIZE})\n"
        "    return a"
    )
    _, increment, note = shown(shell.run("%memit kept = work()"))
    assert increment == pytest.approx(90, abs=0.1)
    assert re.fullmatch(
        r"Loading outer took another 50\.\d\d MiB, which is counted as there before: another run "
        r"is without that\.\n",
        note,
    )
    assert shown(shell.run("del kept", "%memit kept = work()"))[1:] == (
        pytest.approx(90, abs=0.01),
        "",
    )


@pytest.mark.usefixtures("modules")
def test_a_statement_within_another_has_the_same_said_of_it(shell: Shell) -> None:
    shell.run(f"def work():\n    import outer\n    return bytes({SIZE})")
    ran = shell.run("%%memit\n%memit kept = work()")
    found = re.findall(r"(?:increment:|took another) ([\d.]+)", ran.text)
    assert [float(size) for size in found] == pytest.approx([80, 50] * 2, abs=0.1)


@pytest.mark.usefixtures("modules")
@pytest.mark.parametrize("statement", ["import outer", "module = __import__('outer')"])
def test_an_import_of_the_statements_own_counts(shell: Shell, statement: str) -> None:
    _, increment, note = shown(shell.run(f"%memit {statement}"))
    # While `inner` is loaded: what `outer` keeps, and the temporary.
    assert increment == pytest.approx(20 + 100, abs=0.2)
    assert note == "This includes loading outer: another run is without that.\n"
    assert shown(shell.run(f"%memit {statement}"))[1:] == (pytest.approx(0, abs=0.01), "")


def test_a_module_that_does_not_exist_is_missed_as_ever(shell: Shell) -> None:
    shell.run("def work():\n    import no_such_module")
    ran = shell.run("%memit work()")
    assert isinstance(ran.error, ModuleNotFoundError)
    assert "_magics" not in ran.text


def test_what_threads_allocate_for_a_moment_is_said(shell: Shell) -> None:
    ran = shell.run(
        f"import threading\ndef work():\n    data = b'x' * {SIZE}",
        "%memit t = threading.Thread(target=work); t.start(); t.join()",
    )
    assert shown(ran)[1] < 1
    found = re.search(r"The resident set rose by (\d+\.\d+) MiB: what other threads", ran.text)
    assert found is not None
    assert float(found[1]) == pytest.approx(80, abs=2)


def test_it_is_said_where_figures_are_sampled(shell: Shell) -> None:
    assert "(Sampled every 0.1 s: " in shell.run("%memit --backend uss 1").text
    assert "Sampled" not in shell.run("%memit --backend rss 1").text
