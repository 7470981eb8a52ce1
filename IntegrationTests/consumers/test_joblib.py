# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""The helper of joblib's tests: the difference of the largest and the smallest sample of a call."""

from __future__ import annotations

import pytest
from known_memory import PAGES_PER_MIB, Pages

common = pytest.importorskip("joblib.test.common", reason="joblib is not installed")


def spike(mib: int) -> None:
    if mib:
        Pages(mib * PAGES_PER_MIB).close()


@pytest.mark.parametrize("mib", [64, 200])
def test_the_helper_sees_memory_that_is_freed_within_the_call(mib: int) -> None:
    assert common.memory_used(spike, mib) == pytest.approx(mib, abs=2)


def test_a_call_that_takes_nothing_shows_next_to_nothing() -> None:
    assert common.memory_used(spike, 0) < 2


def test_joblib_does_not_skip_its_tests_of_memory() -> None:
    assert common.with_memory_profiler(spike) is spike
