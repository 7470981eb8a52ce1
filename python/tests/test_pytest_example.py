# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""The example's tests pass as it is, and fail as soon as it needs more memory."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

EXAMPLE = Path(__file__).parents[2] / "examples" / "tests_with_limits"

pytestmark = pytest.mark.skipif(
    not EXAMPLE.exists(), reason="the tests stand without the repository"
)


@pytest.fixture
def orders(pytester: pytest.Pytester) -> Path:
    """A copy of the example."""
    for name in ("orders.py", "test_orders.py"):
        (pytester.path / name).write_text((EXAMPLE / name).read_text())
    return pytester.path / "orders.py"


def change(path: Path, before: str, after: str) -> None:
    """Changes a program as somebody might."""
    text = path.read_text()
    assert text.count(before) == 1
    path.write_text(text.replace(before, after))


@pytest.mark.parametrize("options", [[], ["--peakline"]], ids=["markers alone", "measured"])
def test_as_it_is_it_passes(pytester: pytest.Pytester, orders: Path, options: list[str]) -> None:
    assert orders.exists()
    pytester.runpytest_subprocess(*options).assert_outcomes(passed=2)


def test_who_reads_all_orders_at_once_is_told_the_line(
    pytester: pytest.Pytester, orders: Path
) -> None:
    change(orders, '(line.split(",") for line in lines)', '[line.split(",") for line in lines]')
    done = pytester.runpytest_subprocess()
    done.assert_outcomes(passed=1, failed=1)
    done.stdout.fnmatch_lines(
        [
            "*test_orders_are_looked_at_one_by_one*",
            "*the test held * MiB at the peak, and limit_memory allows less than 2.00 MiB *",
            "*orders.py:14*words = *line.split*",
        ]
    )


def test_who_forgets_to_take_a_listener_out_is_told_what_stays(
    pytester: pytest.Pytester, orders: Path
) -> None:
    change(orders, "self._listeners.remove(self._add)", "pass")
    done = pytester.runpytest_subprocess()
    done.assert_outcomes(passed=1, failed=1)
    done.stdout.fnmatch_lines(
        [
            "*test_totals_are_gone_with_whoever_asked*",
            "*more 3 times in a row when it was repeated*",
            "*orders.py:*self.cents*customer*",
        ]
    )
