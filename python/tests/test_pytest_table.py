# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""`pytest --peakline`: what each test held, by tests that know it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from captures import read
from tested import MIB, again, is_about, run

from peakline import _executable

pytest_plugins = ["pytester"]

SIZES = """
    import pytest

    def test_large():
        kept = bytearray(20_000_000)
        assert kept

    def test_small():
        kept = [bytearray(1_000_000) for _ in range(3)]
        del kept
        again = bytearray(5_000_000)

    def test_fails():
        kept = bytearray(7_000_000)
        raise AssertionError

    @pytest.mark.skip
    def test_skipped():
        bytearray(90_000_000)

    @pytest.mark.parametrize("size", [1, 2])
    def test_each(size):
        bytearray(size * 8_000_000)

    @pytest.fixture
    def broken():
        raise RuntimeError

    def test_error(broken):
        bytearray(90_000_000)

    @pytest.mark.xfail
    def test_expected():
        kept = bytearray(6_000_000)
        raise ValueError
"""


def test_every_test_has_its_peak_volume_and_lines(pytester: pytest.Pytester) -> None:
    answer = run(pytester, SIZES)
    assert answer.status == 1
    peaks = {
        "large": 20_000_000,
        "small": 5_000_000,
        "fails": 7_000_000,
        "each[1]": 8_000_000,
        "each[2]": 16_000_000,
        "expected": 6_000_000,
    }
    for name, peak in peaks.items():
        assert is_about(answer.test(name)["peak"], peak), name
    assert is_about(answer.test("small")["allocated"], 8_000_000)
    assert answer.test("small")["allocations"] < 1_000
    assert len(answer.document["tests"]) == len(peaks)
    assert answer.test("fails")["outcome"] == "failed"
    assert answer.test("expected")["outcome"] == "xfailed"
    line = answer.test("large")["lines"][0]
    assert (line["file"], line["line"], line["function"]) == ("test_it.py", 4, "test_large")
    assert line["source"] == "    kept = bytearray(20_000_000)"
    assert is_about(line["at_peak"], 20_000_000)
    assert answer.document["mode"] == "exact"


def test_the_table_has_the_highest_peaks_first(pytester: pytest.Pytester) -> None:
    answer = run(pytester, SIZES, "--peakline-top=2", "--peakline-lines=1")
    rows = answer.text.partition("memory of tests")[2].splitlines()[1:8]
    assert rows[0].split() == ["Peak", "Allocated", "Count", "Test"]
    assert re.fullmatch(r" *19\.\d MiB +19\.\d MiB +[\d,]+  test_it\.py::test_large", rows[2])
    assert re.fullmatch(
        r" *19\.\d MiB +test_it\.py:4 test_large +kept = bytearray\(20_000_000\)", rows[3]
    )
    assert "test_each[2]" in rows[4]
    assert rows[6] == "(4 more tests were measured: --peakline-top=0 shows all)"
    everything = again(pytester, "--peakline-top=0", "-q").text
    assert everything.count("  test_it.py::") == 6


def test_what_was_there_before_does_not_count_nor_that_it_is_freed(
    pytester: pytest.Pytester,
) -> None:
    answer = run(
        pytester,
        """
        import pytest

        held = [bytearray(30_000_000)]

        @pytest.fixture(scope="module")
        def wide():
            return [bytearray(40_000_000)]

        @pytest.fixture
        def narrow():
            return bytearray(20_000_000)

        def test_of_fixtures(wide, narrow):
            mine = bytearray(1_000_000)

        def test_frees_first(wide):
            held.clear()
            wide.clear()
            mine = bytearray(9_000_000)
        """,
    )
    assert is_about(answer.test("of_fixtures")["peak"], 1_000_000)
    assert is_about(answer.test("frees_first")["peak"], 9_000_000)


def test_what_libraries_hold_counts_with_the_projects_line(pytester: pytest.Pytester) -> None:
    answer = run(
        pytester,
        """
        import json

        TEXT = json.dumps([[n] for n in range(100_000)])

        def test_reads():
            rows = json.loads(TEXT)
        """,
    )
    test = answer.test("reads")
    line = test["lines"][0]
    assert (line["file"], line["line"]) == ("test_it.py", 6)
    # A list of one takes 88 bytes with its element.
    assert 0.99 * test["peak"] < line["at_peak"] <= test["peak"]
    assert test["peak"] > 88 * 100_000


def test_threads_count_too(pytester: pytest.Pytester) -> None:
    answer = run(
        pytester,
        """
        import threading

        kept = []

        def work():
            kept.append(bytearray(5_000_000))

        def test_threads():
            threads = [threading.Thread(target=work) for _ in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        """,
    )
    test = answer.test("threads")
    # Beside what each thread takes for itself.
    assert 20_000_000 <= test["peak"] + test["peak_bound"] < 20_300_000
    line = test["lines"][0]
    assert (line["line"], line["function"]) == (6, "work")
    assert is_about(line["at_peak"], 20_000_000)


def test_unittest_cases_are_measured_with_their_set_up(pytester: pytest.Pytester) -> None:
    answer = run(
        pytester,
        """
        import unittest

        class TestCase(unittest.TestCase):
            @classmethod
            def setUpClass(cls):
                cls.shared = bytearray(30_000_000)

            def setUp(self):
                self.own = bytearray(2_000_000)

            def test_case(self):
                more = bytearray(3_000_000)
        """,
    )
    assert is_about(answer.test("TestCase::test_case")["peak"], 5_000_000)


def test_samples_show_what_is_large(pytester: pytest.Pytester) -> None:
    answer = run(pytester, SIZES, "--peakline-sample=64KiB")
    assert (answer.document["mode"], answer.document["interval"]) == ("sampled", 65_536)
    test = answer.test("large")
    # By the ledger, with what the test lets go of that was there before; of the line, a block of
    # 300 times the interval is certain.
    assert abs(test["peak"] - 20_000_000) < 128 << 10
    assert is_about(test["lines"][0]["at_peak"], 20_000_000)
    assert "sampled every 64.0 KiB" in answer.text


def test_captures_are_kept_and_read_by_the_command(pytester: pytest.Pytester) -> None:
    folder = pytester.path / "captures"
    answer = run(pytester, SIZES, f"--peakline-captures={folder}", "--peakline-top=1")
    assert "6 captures are in" in answer.text
    names = sorted(path.name for path in folder.iterdir())
    assert len(names) == 6
    assert "test_it.py-test_large.peakline" in names
    assert "test_it.py-test_each[2].peakline" in names
    capture = folder / "test_it.py-test_large.peakline"
    assert is_about(read(capture).peak, 20_000_000)
    done = subprocess.run(
        [_executable.find(), "report", capture], capture_output=True, text=True, check=True
    )
    assert "test_it.py:4" in done.stdout
    assert "Only what was allocated since the recording began is in the figures." in done.stdout
    # The next run replaces them.
    assert again(pytester, f"--peakline-captures={folder}").status == 1
    assert sorted(path.name for path in folder.iterdir()) == names


def test_each_test_has_a_capture_of_its_own_whatever_it_is_called(
    pytester: pytest.Pytester,
) -> None:
    source = """
        import pytest

        @pytest.mark.parametrize("size", [2, 4], ids=["a/b", "a-b"])
        def test_one(size):
            kept = bytearray(size << 20)
        """
    answer = run(pytester, source, "--peakline-captures=kept")
    assert answer.status == 0
    peaks = sorted(read(path).peak >> 20 for path in (pytester.path / "kept").iterdir())
    assert peaks == [2, 4]
    for name, size in (("one[a/b]", 2), ("one[a-b]", 4)):
        assert is_about(answer.test(name)["lines"][0]["at_peak"], size << 20)


def test_what_samples_do_not_tell_is_said(pytester: pytest.Pytester) -> None:
    answer = run(pytester, SIZES, "--peakline-sample=64KiB")
    assert [one for one in answer.document["caveats"] if "makes room that is not counted" in one]
    assert "makes room that is not counted" in answer.text


@pytest.mark.parametrize("options", [["--peakline"], ["--peakline", "-n2"], []], ids=str)
def test_nothing_is_left_behind(
    pytester: pytest.Pytester, tmp_path: Path, options: list[str]
) -> None:
    limited = SIZES.replace(
        "def test_large", "@pytest.mark.limit_memory('1 MB')\n    def test_large"
    )
    pytester.makepyfile(test_it=limited)
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *options]
    before = set(os.listdir(pytester.path))
    done = subprocess.run(
        command,
        cwd=pytester.path,
        env={**os.environ, "TMPDIR": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert ("memory of tests" in done.stdout) == bool(options)
    assert "limit_memory allows less than" in done.stdout
    assert not [name for name in os.listdir(tmp_path) if "peakline" in name]
    assert set(os.listdir(pytester.path)) == before


def test_reports_of_junit_have_the_figures(pytester: pytest.Pytester) -> None:
    answer = run(pytester, SIZES, "--junitxml=junit.xml")
    cases = ElementTree.parse(pytester.path / "junit.xml").getroot().iter("testcase")
    properties = {
        case.attrib["name"]: {
            one.attrib["name"]: one.attrib["value"] for one in case.iter("property")
        }
        for case in cases
    }
    found = properties["test_large"]
    assert int(found["peakline_peak"]) == answer.test("large")["peak"]
    assert set(found) == {"peakline_peak", "peakline_allocated", "peakline_allocations"}
    assert properties["test_skipped"] == {}


def test_a_setting_of_the_project_is_enough(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(test_it="def test_one():\n    kept = bytearray(4 << 20)")
    pytester.makeini("[pytest]\npeakline = true\npeakline_lines = 0\n")
    done = pytester.runpytest_subprocess()
    done.stdout.fnmatch_lines(["*memory of tests (peakline, exact)*", "*4.0? MiB*test_one"])
    done.stdout.no_fnmatch_line("*bytearray*")
    off = pytester.runpytest_subprocess("-o", "peakline=false")
    off.stdout.no_fnmatch_line("*memory of tests*")


def test_where_tests_are_only_collected_figures_stay_what_they_are(
    pytester: pytest.Pytester,
) -> None:
    first = run(pytester, "def test_one(): pass")
    assert again(pytester, "--collect-only").document == first.document


def test_without_a_terminal_there_is_the_json(pytester: pytest.Pytester) -> None:
    answer = run(pytester, SIZES, "-p", "no:terminal")
    assert is_about(answer.test("large")["peak"], 20_000_000)
    assert "memory of tests" not in answer.text


@pytest.mark.parametrize(
    ("option", "sentence"),
    [
        ("--peakline-top=few", "--peakline-top needs a number, 0 or more, not 'few'"),
        ("--peakline-lines=-1", "--peakline-lines needs a number, 0 or more, not '-1'"),
        ("--peakline-sample=much", "--peakline-sample: 'much' is no size"),
        ("--peakline-sample=8", "--peakline-sample needs 1024 bytes or more"),
        ("--peakline-json=no/where.json", "'no/where.json' cannot be written: there is no folder"),
        ("--peakline-json=.", "'.' cannot be written: it is a folder"),
        ("--peakline-captures=test_it.py", "the folder '*test_it.py' cannot be made: File exists"),
    ],
)
def test_a_mistake_is_told_in_a_sentence(
    pytester: pytest.Pytester, option: str, sentence: str
) -> None:
    pytester.makepyfile(test_it="def test_one(): pass")
    done = pytester.runpytest_subprocess("--peakline", option)
    assert done.ret == pytest.ExitCode.USAGE_ERROR
    done.stderr.fnmatch_lines([f"ERROR: *{sentence}*"])
    done.stderr.no_fnmatch_line("*Traceback*")


def test_deep_stacks_and_many_tests_are_told_apart(pytester: pytest.Pytester) -> None:
    answer = run(
        pytester,
        """
        import pytest

        @pytest.mark.parametrize("n", range(40))
        def test_many(n):
            kept = bytearray((n + 1) << 20)
        """,
        "--peakline-top=5",
    )
    for n in range(40):
        test = answer.test(f"many[{n}]")
        assert is_about(test["peak"], (n + 1) * MIB)
        assert (test["lines"] is not None) == (n >= 35)
