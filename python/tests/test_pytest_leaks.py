# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""`@pytest.mark.limit_leaks`: a test fails if a place holds more each time it is repeated."""

from __future__ import annotations

import pytest
from tested import is_about, run

pytest_plugins = ["pytester"]


def results(pytester: pytest.Pytester, source: str, *options: str) -> pytest.RunResult:
    """Runs a module of tests, with the markers alone."""
    pytester.makepyfile(test_it=source)
    return pytester.runpytest_subprocess("--strict-markers", *options)


def test_what_grows_each_time_is_a_leak_and_caches_are_none(pytester: pytest.Pytester) -> None:
    done = results(
        pytester,
        """
        import functools
        import pytest

        pytestmark = pytest.mark.limit_leaks("1 MB")

        leaked, last, cycles = [], [], []

        def leak(size):
            leaked.append(bytearray(size))

        def test_leaks():
            leak(2 << 20)

        @functools.cache
        def cached():
            return bytearray(20 << 20)

        def test_fills_a_cache():
            cached()

        def test_replaces():
            last[:] = [bytearray(20 << 20)]

        def test_forgets():
            kept = bytearray(20 << 20)

        def test_makes_a_cycle():
            cycle = [bytearray(20 << 20)]
            cycle.append(cycle)

        def test_leaks_less():
            leaked.append(bytearray(900 << 10))
        """,
    )
    done.assert_outcomes(passed=5, failed=1)
    done.stdout.fnmatch_lines(
        [
            "*test_leaks*",
            "*the test held at least 1.00 MiB more 3 times in a row when it was repeated, *",
            "*2.00 MiB  test_it.py:9 leak*leaked.append(bytearray(size))",
            "*by 2.00 MiB, 2.00 MiB, 2.00 MiB",
            "*on test_it.py:12 test_leaks → test_it.py:9 leak",
        ]
    )


def test_a_cache_that_fills_slowly_needs_warmups(pytester: pytest.Pytester) -> None:
    source = """
        import pytest

        cache = []

        @pytest.mark.limit_leaks("1 MB", warmups=WARMUPS, repetitions=2)
        def test_fills():
            if len(cache) < 3:
                cache.append(bytearray(2 << 20))
        """
    results(pytester, source.replace("WARMUPS", "1")).assert_outcomes(failed=1)
    results(pytester, source.replace("WARMUPS", "2")).assert_outcomes(passed=1)


def test_each_repetition_has_fresh_fixtures_of_its_own(pytester: pytest.Pytester) -> None:
    done = results(
        pytester,
        """
        import pytest

        made = {"wide": 0, "narrow": 0, "torn down": 0}

        @pytest.fixture(scope="module")
        def wide():
            made["wide"] += 1
            return []

        @pytest.fixture
        def narrow(tmp_path):
            made["narrow"] += 1
            yield []
            made["torn down"] += 1

        @pytest.mark.limit_leaks("1 MB", warmups=2, repetitions=3)
        def test_own(narrow, wide, tmp_path, capsys, caplog, monkeypatch):
            (tmp_path / "new").mkdir()
            monkeypatch.setenv("HERE", "1")
            narrow.append(bytearray(2 << 20))

        def test_counts():
            assert made == {"wide": 1, "narrow": 6, "torn down": 6}

        @pytest.mark.limit_leaks("1 MB")
        def test_wide(wide):
            wide.append(bytearray(2 << 20))
        """,
    )
    # What a fixture of the test's own holds goes with it; a wider one keeps it.
    done.assert_outcomes(passed=2, failed=1)
    done.stdout.fnmatch_lines(["*wide.append(bytearray(2 << 20))*"])


def test_a_filter_chooses_by_the_stack_as_for_pytest_memray(pytester: pytest.Pytester) -> None:
    done = results(
        pytester,
        """
        import pytest

        kept = []

        def known():
            kept.append(bytearray(2 << 20))

        def is_unknown(stack):
            assert stack.frames[0].lineno == 6
            assert stack.frames[0].filename == __file__
            assert stack.frames[1].function.startswith("test_")
            return all(frame.function != "known" for frame in stack.frames)

        @pytest.mark.limit_leaks("1 MB", filter_fn=is_unknown)
        def test_known():
            known()

        @pytest.mark.limit_leaks("1 MB", filter_fn=lambda stack: True)
        def test_all():
            known()
        """,
    )
    done.assert_outcomes(passed=1, failed=1)


def test_other_threads_count_unless_the_own_is_asked_for(pytester: pytest.Pytester) -> None:
    done = results(
        pytester,
        """
        import threading
        import pytest

        kept = []

        def leak():
            thread = threading.Thread(target=lambda: kept.append(bytearray(2 << 20)))
            thread.start()
            thread.join()

        @pytest.mark.limit_leaks("1 MB")
        def test_all():
            leak()

        @pytest.mark.limit_leaks("1 MB", current_thread_only=True)
        def test_own():
            leak()
        """,
    )
    done.assert_outcomes(passed=1, failed=1)


def test_a_test_that_cannot_be_repeated_says_so(pytester: pytest.Pytester) -> None:
    done = results(
        pytester,
        """
        import pytest

        runs = []

        @pytest.mark.limit_leaks("1 MB")
        def test_once_in_a_while():
            runs.append(1)
            assert len(runs) != 2, "not twice"

        @pytest.mark.limit_leaks("1 MB")
        def test_never():
            raise ValueError("as always")

        @pytest.mark.skip
        @pytest.mark.limit_leaks("1 MB")
        def test_skipped():
            pass
        """,
    )
    done.assert_outcomes(failed=2, skipped=1)
    done.stdout.fnmatch_lines(
        ["*limit_leaks cannot be checked: the test failed in the call of repetition 2:*"]
    )
    done.stdout.fnmatch_lines(["*not twice*"])
    done.stdout.fnmatch_lines(["*ValueError: as always*"])


def test_what_repetitions_print_and_note_is_not_repeated(pytester: pytest.Pytester) -> None:
    done = results(
        pytester,
        """
        import pytest

        @pytest.mark.limit_leaks("1 MB")
        def test_prints(record_property):
            record_property("mine", 1)
            print("printed")
            assert True

        def test_last(request):
            assert request.session.testscollected == 2
        """,
        "-rA",
        "--junitxml=junit.xml",
    )
    done.assert_outcomes(passed=2)
    assert str(done.stdout).count("printed") == 1
    assert (pytester.path / "junit.xml").read_text().count('name="mine"') == 1


def test_both_limits_go_together_and_the_peak_is_that_of_the_first_run(
    pytester: pytest.Pytester,
) -> None:
    source = """
        import functools
        import pytest

        kept = []

        @functools.cache
        def cached():
            return bytearray(20 << 20)

        @pytest.mark.limit_leaks("1 MB")
        @pytest.mark.limit_memory("LIMIT")
        def test_both():
            cached()

        @pytest.mark.limit_leaks("1 MB")
        @pytest.mark.limit_memory("30 MB")
        def test_leaks():
            kept.append(bytearray(2 << 20))
        """
    answer = run(pytester, source.replace("LIMIT", "30 MB"))
    assert answer.test("both")["outcome"] == "passed"
    assert is_about(answer.test("both")["peak"], 20 << 20)
    assert answer.test("leaks")["outcome"] == "failed"
    assert is_about(answer.test("leaks")["peak"], 2 << 20)
    done = results(pytester, source.replace("LIMIT", "10 MB"))
    done.assert_outcomes(failed=2)
    done.stdout.fnmatch_lines(["*the test held 20.* MiB at the peak*"])
