# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""`@pytest.mark.limit_memory`: a test fails if it holds as much, and says where."""

from __future__ import annotations

import pytest
from tested import SLACK, again, is_about, run

pytest_plugins = ["pytester"]


def results(pytester: pytest.Pytester, source: str, *options: str) -> pytest.RunResult:
    """Runs a module of tests, with the markers alone."""
    pytester.makepyfile(test_it=source)
    return pytester.runpytest_subprocess("--strict-markers", *options)


def test_a_test_above_its_limit_fails_with_its_lines(pytester: pytest.Pytester) -> None:
    done = results(
        pytester,
        """
        import pytest

        def load(size):
            return bytearray(size)

        @pytest.mark.limit_memory("10 MB")
        def test_above():
            kept = load(11 << 20)

        @pytest.mark.limit_memory("10 MB")
        def test_below():
            kept = load(9 << 20)

        def test_free():
            kept = load(99 << 20)
        """,
    )
    done.assert_outcomes(passed=2, failed=1)
    done.stdout.fnmatch_lines(
        [
            "*test_above*",
            "*the test held 11.* MiB at the peak, and limit_memory allows less than 10.0 MiB *",
            "*11.0 MiB  test_it.py:4 load*return bytearray(size)*",
        ]
    )
    # Neither a traceback of ours, nor a table that nobody asked for.
    done.stdout.no_fnmatch_line("*measuring.py*")
    done.stdout.no_fnmatch_line("*memory of tests*")


def test_it_is_a_limit_of_what_the_test_allocates(pytester: pytest.Pytester) -> None:
    source = """
        import pytest

        def test_one():
            kept = bytearray(3_000_000)
        """
    peak = run(pytester, source).test("one")["peak"]
    assert is_about(peak, 3_000_000)
    # Pytest itself may allocate a little more in one run than in another.
    for limit, outcomes in ((peak - SLACK, (0, 1)), (peak + SLACK, (1, 0))):
        marked = source.replace(
            "def test", f"@pytest.mark.limit_memory('{limit}B')\n        def test"
        )
        done = results(pytester, marked)
        done.assert_outcomes(passed=outcomes[0], failed=outcomes[1])


def test_small_objects_count_one_by_one(pytester: pytest.Pytester) -> None:
    done = results(
        pytester,
        """
        import pytest

        @pytest.mark.limit_memory("3200 KB")
        def test_tuples():
            kept = [(n,) for n in range(50_000)]

        @pytest.mark.limit_memory("6 MB")
        def test_room():
            kept = [(n,) for n in range(50_000)]
        """,
    )
    # A tuple of one takes 64 bytes with what stands before it, a number 32: 4.6 MiB, and the list.
    done.assert_outcomes(passed=1, failed=1)
    done.stdout.fnmatch_lines(["*for n in range(50_000)*"])


@pytest.mark.parametrize(
    ("limit", "passes"),
    [
        ("2MB", True),
        ("2 mb", True),
        ("+2.0 MB", True),
        ("0.002GB", True),
        (".9 MB", False),
        ("900 KB", False),
        ("1000000B", False),
        ("1 TB", True),
        ("1PB", True),
        ("2 MiB", True),
        (2_000_000, True),
    ],
)
def test_limits_are_written_as_for_pytest_memray(
    pytester: pytest.Pytester, limit: str | int, passes: bool
) -> None:
    done = results(
        pytester,
        f"""
        import pytest

        @pytest.mark.limit_memory({limit!r}, current_thread_only=False)
        def test_one():
            kept = bytearray(1_000_000)
        """,
    )
    done.assert_outcomes(passed=int(passes), failed=int(not passes))


def test_markers_of_classes_and_modules_count(pytester: pytest.Pytester) -> None:
    done = results(
        pytester,
        """
        import pytest

        pytestmark = pytest.mark.limit_memory("1 MB")

        def test_of_the_module():
            kept = bytearray(2 << 20)

        @pytest.mark.limit_memory("4 MB")
        class TestClass:
            def test_of_the_class(self):
                kept = bytearray(2 << 20)

            @pytest.mark.limit_memory("1 MB")
            def test_its_own(self):
                kept = bytearray(2 << 20)
        """,
    )
    done.assert_outcomes(passed=1, failed=2)


def test_only_the_tests_own_thread_can_be_limited(pytester: pytest.Pytester) -> None:
    done = results(
        pytester,
        """
        import threading
        import pytest

        kept = []

        def elsewhere():
            thread = threading.Thread(target=lambda: kept.append(bytearray(20 << 20)))
            thread.start()
            thread.join()

        @pytest.mark.limit_memory("10 MB")
        def test_all():
            elsewhere()

        @pytest.mark.limit_memory("10 MB", current_thread_only=True)
        def test_own():
            elsewhere()

        @pytest.mark.limit_memory("10 MB", current_thread_only=True)
        def test_own_too_much():
            mine = bytearray(11 << 20)
            elsewhere()
        """,
    )
    done.assert_outcomes(passed=1, failed=2)
    done.stdout.fnmatch_lines(["*its thread held 11.* MiB at the peak*"])


def test_what_fails_anyway_fails_as_ever(pytester: pytest.Pytester) -> None:
    done = results(
        pytester,
        """
        import pytest

        pytestmark = pytest.mark.limit_memory("1 MB")

        def test_fails():
            kept = bytearray(2 << 20)
            assert kept == "what it should be"

        @pytest.mark.xfail(strict=True)
        def test_expected():
            kept = bytearray(2 << 20)

        def test_skips():
            kept = bytearray(2 << 20)
            pytest.skip("here")
        """,
    )
    done.assert_outcomes(failed=1, xfailed=1, skipped=1)
    done.stdout.fnmatch_lines(["*what it should be*"])
    done.stdout.no_fnmatch_line("*limit_memory allows*")


@pytest.mark.parametrize(
    ("mark", "sentence"),
    [
        ("limit_memory()", "limit_memory: missing a required argument: 'limit'"),
        ("limit_memory('1 MB', 2)", "limit_memory: too many positional arguments"),
        ("limit_memory('1 MB', threads=2)", "limit_memory: got an unexpected keyword argument"),
        ("limit_memory('much')", "limit_memory: 'much' is no size"),
        ("limit_memory('1 XB')", "limit_memory: '1 XB' is no size"),
        ("limit_memory(-1)", "limit_memory: -1 is no size"),
        ("limit_memory('9' * 400 + 'B')", "limit_memory: '9*9B' is no size"),
        ("limit_memory(None)", "limit_memory: None is no size"),
        ("limit_leaks('1 MB', warmups=-1)", "limit_leaks: warmups needs a number, 0 or more"),
        ("limit_leaks('1 MB', repetitions=0)", "limit_leaks: repetitions needs a number, 1 or"),
        ("limit_leaks('1 MB', filter_fn=3)", "limit_leaks: filter_fn needs a function"),
    ],
)
def test_a_limit_that_is_none_is_told_before_tests_run(
    pytester: pytest.Pytester, mark: str, sentence: str
) -> None:
    source = f"import pytest\n@pytest.mark.{mark}\ndef test_one(): print('it ran')\n"
    done = results(pytester, source, "-s")
    assert done.ret == pytest.ExitCode.USAGE_ERROR
    done.stderr.fnmatch_lines([f"ERROR: test_it.py::test_one: {sentence}*"])
    done.stdout.no_fnmatch_line("*it ran*")
    # A worker cannot end with a usage error: there the test fails.
    done = results(pytester, source, "-n1")
    done.assert_outcomes(errors=1)
    done.stdout.fnmatch_lines([f"*{sentence}*"])


def test_the_table_and_limits_go_together(pytester: pytest.Pytester) -> None:
    source = """
        import pytest

        @pytest.mark.limit_memory("1 MB")
        def test_above():
            kept = bytearray(2 << 20)
        """
    answer = run(pytester, source)
    assert answer.test("above")["outcome"] == "failed"
    assert is_about(answer.test("above")["peak"], 2 << 20)
    assert "memory of tests" in answer.text
    # Samples are for the others: a limit is a limit to the byte.
    sampled = again(pytester, "--peakline-sample=100MiB")
    assert "test_it.py:5 test_above" in sampled.text


def test_where_pytest_memray_is_loaded_the_markers_are_its_own(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(memray="")
    source = """
        import pytest

        @pytest.mark.limit_memory("1 MB")
        def test_above():
            kept = bytearray(2 << 20)
        """
    results(pytester, source, "-p", "memray").assert_outcomes(passed=1)
    results(pytester, source, "-p", "memray", "--peakline").assert_outcomes(passed=1)
