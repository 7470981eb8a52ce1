# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""The plugin beside others: pytest-xdist, anyio, and tests that fork.

And pytest-asyncio, pytest-forked, where they are installed and work with this pytest.
"""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from tested import MIB, is_about, run

pytest_plugins = ["pytester"]

MANY = """
    import pytest

    kept = []

    @pytest.mark.parametrize("n", range(12))
    def test_many(n):
        mine = bytearray((n + 1) << 20)

    @pytest.mark.limit_memory("1 MB")
    def test_above():
        mine = bytearray(2 << 20)

    @pytest.mark.limit_leaks("1 MB", repetitions=2)
    def test_leaks():
        kept.append(bytearray(2 << 20))
"""


@pytest.mark.parametrize("options", [[], ["-n2"], ["--forked"], ["-n2", "--forked"]], ids=str)
def test_there_is_one_table_of_all_processes(pytester: pytest.Pytester, options: list[str]) -> None:
    if "--forked" in options:
        pytest.importorskip("pytest_forked")
        pytester.makepyfile(test_it="def test_one(): pass")
        if pytester.runpytest_subprocess("--forked", "-p", "no:peakline").ret:
            pytest.skip("pytest-forked does not work with this pytest")
    answer = run(pytester, MANY, *options, "--peakline-top=2", "--peakline-lines=1")
    assert answer.status == 1
    for n in range(12):
        assert is_about(answer.test(f"many[{n}]")["peak"], (n + 1) * MIB)
    assert answer.test("above")["outcome"] == answer.test("leaks")["outcome"] == "failed"
    assert answer.text.count("memory of tests") == 1
    table = answer.text.partition("memory of tests")[2]
    assert table.count("mine = bytearray((n + 1) << 20)") == 2
    assert "(12 more tests were measured" in table
    assert "test_it.py:11 test_above" in answer.text
    assert "test_it.py:15 test_leaks" in answer.text
    assert "12 passed" in answer.text


def test_captures_of_all_workers_are_kept(pytester: pytest.Pytester) -> None:
    answer = run(pytester, MANY, "-n2", "--peakline-captures=kept")
    assert answer.status == 1
    assert len(list((pytester.path / "kept").iterdir())) == 14


@pytest.mark.parametrize("plugin", ["anyio", "asyncio"])
def test_coroutines_are_measured(pytester: pytest.Pytester, plugin: str) -> None:
    pytest.importorskip("anyio" if plugin == "anyio" else "pytest_asyncio")
    answer = run(
        pytester,
        """
        import asyncio
        import pytest

        @pytest.fixture
        def anyio_backend():
            return "asyncio"

        async def load():
            await asyncio.sleep(0)
            return bytearray(5_000_000)

        @pytest.mark.asyncio
        async def test_waits():
            kept = await asyncio.gather(load(), load())

        @pytest.mark.asyncio
        @pytest.mark.limit_memory("3 MB")
        async def test_above():
            kept = await load()

        leaked = []

        @pytest.mark.asyncio
        @pytest.mark.limit_leaks("1 MB")
        async def test_leaks():
            leaked.append(await load())
        """.replace("mark.asyncio", f"mark.{plugin}"),
    )
    assert is_about(answer.test("waits")["peak"], 10_000_000)
    assert answer.test("waits")["outcome"] == "passed"
    assert answer.test("above")["outcome"] == "failed"
    assert answer.test("leaks")["outcome"] == "failed"
    assert "test_it.py:10 load" in answer.text


def test_a_test_may_fork(pytester: pytest.Pytester) -> None:
    answer = run(
        pytester,
        """
        import os
        import pytest

        def test_forks():
            kept = bytearray(5_000_000)
            pid = os.fork()
            if not pid:
                more = bytearray(50_000_000)
                os._exit(0)
            assert os.waitpid(pid, 0)[1] == 0

        @pytest.mark.limit_memory("10 MB")
        def test_forks_below_its_limit():
            pid = os.fork()
            if not pid:
                more = bytearray(50_000_000)
                os._exit(0)
            assert os.waitpid(pid, 0)[1] == 0

        def test_after():
            kept = bytearray(6_000_000)
        """,
    )
    assert answer.status == 0
    # What a child allocates is the child's.
    assert is_about(answer.test("forks")["peak"], 5_000_000)
    assert is_about(answer.test("after")["peak"], 6_000_000)


def test_what_a_test_replaces_is_left_alone(pytester: pytest.Pytester) -> None:
    answer = run(
        pytester,
        """
        import os
        import subprocess
        from unittest import mock

        import pytest

        @pytest.fixture
        def replaced(monkeypatch):
            fakes = [mock.MagicMock() for _ in range(5)]
            monkeypatch.setattr("builtins.open", fakes[0])
            for name, fake in zip(("pread", "getpid", "unlink"), fakes[1:], strict=False):
                monkeypatch.setattr(os, name, fake)
            monkeypatch.setattr(subprocess, "run", fakes[4])
            yield fakes
            for fake in fakes[:1] + fakes[4:5]:
                fake.assert_not_called()

        def test_replaces(replaced):
            kept = bytearray(5_000_000)

        @pytest.fixture
        def without_files(monkeypatch):
            monkeypatch.setattr(os, "open", mock.MagicMock(side_effect=ValueError("no files")))

        def test_without_files(without_files):
            kept = bytearray(5_000_000)

        @pytest.mark.limit_memory("10 MB")
        def test_limited_without_files(without_files):
            kept = bytearray(5_000_000)

        def test_after():
            kept = bytearray(6_000_000)
        """,
        "--peakline-captures=kept",
    )
    assert "1 failed, 3 passed" in answer.text
    assert "limit_memory cannot be checked: no files" in answer.text
    assert "2 tests could not be measured: no files" in answer.text
    assert is_about(answer.test("after")["peak"], 6_000_000)


def test_where_there_is_no_room_a_limit_cannot_be_checked(pytester: pytest.Pytester) -> None:
    answer = run(
        pytester,
        """
        import resource
        import pytest

        # As much as a capture begins with, and less than so many stacks take.
        resource.setrlimit(resource.RLIMIT_FSIZE, (700_000, resource.RLIM_INFINITY))

        @pytest.mark.limit_memory("900 MB")
        def test_many_stacks():
            names = {"kept": []}
            for n in range(20_000):
                exec(f"def made_{n}(): kept.append(bytearray(99))\\nmade_{n}()", names)

        @pytest.mark.limit_memory("900 MB")
        def test_one_stack():
            kept = bytearray(5_000_000)
        """,
    )
    assert "1 failed, 1 passed" in answer.text
    assert "limit_memory cannot be checked: there was no room to record" in answer.text
    assert "blocks of 1 tests are in no line, of test_it.py::test_many_stacks" in answer.text


def test_doctests_and_other_items_are_measured_too(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        made='''
        def make():
            """
            >>> kept = make()
            >>> len(kept)
            5000000
            """
            return bytearray(5_000_000)
        '''
    )
    answer = run(pytester, "def test_one(): pass", "--doctest-modules")
    assert is_about(answer.test("made.make")["peak"], 5_000_000)


def test_a_recording_in_a_test_is_its_own(pytester: pytest.Pytester) -> None:
    answer = run(
        pytester,
        """
        import peakline

        def test_records(tmp_path):
            with peakline.record(tmp_path / "mine.peakline", exact=True):
                kept = bytearray(5_000_000)
            with peakline.watch() as w:
                more = bytearray(2_000_000)
            assert 2_000_000 <= w.peak < 2_010_000
        """,
    )
    assert answer.status == 0
    assert answer.test("records")["peak"] > 7_000_000


def test_where_nobody_asks_pytest_loads_next_to_nothing(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        test_it="""
        import sys

        def test_modules():
            names = sorted(name for name in sys.modules if name.split(".")[0] == "peakline")
            assert names == [
                "peakline", "peakline._pytest", "peakline._pytest.plugin", "peakline._version"
            ]
        """
    )
    pytester.runpytest_subprocess().assert_outcomes(passed=1)


def test_the_plugin_can_be_turned_off(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(test_it="def test_one(): pass")
    done = pytester.runpytest_subprocess("-p", "no:peakline", "--peakline")
    assert done.ret == pytest.ExitCode.USAGE_ERROR
    done.stderr.fnmatch_lines(["*unrecognized arguments: --peakline*"])


def test_markers_and_options_explain_themselves() -> None:
    command = [sys.executable, "-m", "pytest"]
    markers = subprocess.run([*command, "--markers"], capture_output=True, text=True, check=True)
    assert "@pytest.mark.limit_memory(limit" in markers.stdout
    assert "@pytest.mark.limit_leaks(location_limit" in markers.stdout
    options = subprocess.run([*command, "--help"], capture_output=True, text=True, check=True)
    for option in ("--peakline ", "--peakline-top=N", "--peakline-json=FILE", "peakline_sample"):
        assert option in options.stdout


def test_the_json_is_the_documents(pytester: pytest.Pytester) -> None:
    """Every key is in docs/format.md, and none is missing here."""
    answer = run(pytester, MANY, "--peakline-top=0")
    document = json.loads(json.dumps(answer.document))
    assert (document["schema"], document["kind"]) == (2, "tests")
    assert list(document) == ["schema", "kind", "python", "caveats", "mode", "interval", "tests"]
    test = answer.test("above")
    keys = ["id", "outcome", "peak", "peak_bound", "allocated", "allocations", "lines"]
    assert list(test) == keys
    assert list(test["lines"][0]) == ["file", "line", "function", "source", "at_peak", "blocks"]
    assert [one["id"] for one in document["tests"]] == sorted(
        one["id"] for one in document["tests"]
    )
