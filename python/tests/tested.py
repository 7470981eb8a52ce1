# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Runs pytest on tests that know what they allocate, in a process of its own."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

import pytest

MIB = 1 << 20
SLACK = 512 << 10
"""What calling a test takes at most beside what it does: frames, and what pytest itself needs: in
the first test of a process that may import something.
"""


class Answer(NamedTuple):
    """What pytest printed and wrote."""

    status: int
    text: str
    document: dict[str, Any]
    """That of `--peakline-json`."""

    def test(self, name: str) -> dict[str, Any]:
        """The only measured test whose id ends so."""
        found = [one for one in self.document["tests"] if one["id"].endswith(name)]
        assert len(found) == 1, (name, self.document)
        test: dict[str, Any] = found[0]
        return test


def run(pytester: pytest.Pytester, source: str, *options: str) -> Answer:
    """Runs a module of tests with figures as JSON."""
    pytester.makepyfile(test_it=source)
    return again(pytester, *options)


def again(pytester: pytest.Pytester, *options: str) -> Answer:
    """Runs the tests that are there."""
    path = pytester.path / "figures.json"
    done = pytester.runpytest_subprocess(f"--peakline-json={path}", *options)
    document = json.loads(path.read_text()) if path.exists() else {"tests": []}
    return Answer(int(done.ret), str(done.stdout) + str(done.stderr), document)


def is_about(found: int, wanted: int) -> bool:
    """Whether a peak is that of an allocation, and what calling takes."""
    return wanted <= found < wanted + SLACK
