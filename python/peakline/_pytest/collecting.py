# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Collects what was measured, in the process that reports: the table and the JSON.

With pytest-xdist that is the controller, which gets the figures with the reports of its workers,
and reads the captures that they leave in a folder of its.
"""

from __future__ import annotations

import json
import platform
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from peakline._pytest.captures import Figures, Line
from peakline._render import CannotRender, encoding_of, render
from peakline._results import SCHEMA
from peakline._sizes import shown

if TYPE_CHECKING:
    from collections.abc import Iterable

    from peakline._pytest.captures import Captures
    from peakline._pytest.settings import Settings


_SAMPLED = (
    "by samples a peak is how far the heap stood above its beginning: what a test frees that was "
    "there before makes room that is not counted"
)


class Test(NamedTuple):
    """A test that was measured."""

    nodeid: str
    outcome: str
    figures: Figures
    capture: str


class Collecting:
    """Pytest's hooks where reports arrive."""

    def __init__(self, config: pytest.Config, settings: Settings, captures: Captures) -> None:
        self._settings = settings
        self._captures = captures
        self._tests: dict[str, Test] = {}
        self._unmeasured: dict[str, str] = {}
        """Of tests that could not be measured, why."""
        self._caveats: dict[str, None] = {}
        if settings.sample:
            self._caveats[_SAMPLED] = None
        self._top: dict[str, Test] = {}
        """The tests with the highest peaks so far: whose captures are still there."""
        self._read: dict[str, list[Line] | str] = {}
        """Lines of captures, or why they could not be read."""

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Tells a worker of pytest-xdist where captures go."""
        node.workerinput["peakline_captures"] = self._captures.folder

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Takes a test's figures from the report of its call."""
        found: dict[str, Any] | None = getattr(report, "peakline", None)
        if found is None:
            return
        self._caveats.update(dict.fromkeys(found["caveats"]))
        self._tests.pop(report.nodeid, None)
        self._unmeasured.pop(report.nodeid, None)
        former = self._top.pop(report.nodeid, None)
        if former is not None and former.capture != found["capture"]:
            self._captures.drop(former.capture)
        if found["figures"] is None:
            self._unmeasured[report.nodeid] = found["why"]
            return
        outcome = report.outcome
        if hasattr(report, "wasxfail"):
            outcome = "xfailed" if report.skipped else "xpassed"  # type: ignore[assignment]
        test = Test(report.nodeid, outcome, Figures(*found["figures"]), found["capture"])
        self._tests[report.nodeid] = self._top[report.nodeid] = test
        top = self._settings.top
        if top and len(self._top) > top:
            lowest = min(self._top.values(), key=lambda one: one.figures.peak)
            del self._top[lowest.nodeid]
            self._captures.drop(lowest.capture)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self) -> None:
        """Writes the JSON, before the table is printed."""
        path = self._settings.json
        if path is None:
            return
        text = json.dumps(self._document(self._tests.values()), indent=1) + "\n"
        try:
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
        except OSError as error:
            self._caveats[f"'{path}' could not be written: {error.strerror}"] = None

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Prints the table."""
        sample = self._settings.sample
        how = f"sampled every {shown(sample)}" if sample else "exact"
        terminalreporter.section(f"memory of tests (peakline, {how})")
        for row in [*self._table(terminalreporter), *self._notes()]:
            terminalreporter.write_line(row)

    def _table(self, terminal: pytest.TerminalReporter) -> list[str]:
        """The rows, as `peakline report` lays them out."""
        if not self._top:
            return []
        options = ["--color", "always" if terminal.hasmarkup else "never"]
        if terminal.isatty:
            options += ["--width", str(max(terminal._tw.fullwidth - 1, 20))]
        document = self._document(self._top.values())
        document["caveats"] = []
        encoding = encoding_of(terminal._tw._file)
        try:
            return render(json.dumps(document), options, encoding=encoding).splitlines()
        except CannotRender as error:
            return [f"the table cannot be shown: {error}"]

    def _notes(self) -> list[str]:
        notes = []
        left = len(self._tests) - len(self._top)
        if left:
            notes.append(f"({left} more tests were measured: --peakline-top=0 shows all)")
        if not self._tests and not self._unmeasured:
            notes.append("no test ran")
        reasons = dict.fromkeys(self._unmeasured.values())
        for reason in reasons:
            count = sum(one == reason for one in self._unmeasured.values())
            notes.append(f"{count} tests could not be measured: {reason}")
        unread = [one for one in self._read.values() if isinstance(one, str)]
        notes += [f"the lines of a test could not be read: {one}" for one in dict.fromkeys(unread)]
        lost = [test.nodeid for test in self._tests.values() if test.figures.lost]
        if lost:
            notes.append(f"blocks of {len(lost)} tests are in no line, of {lost[0]} among them")
        if self._captures.are_kept and self._tests:
            notes.append(
                f"{len(self._tests)} captures are in {self._captures.folder}: "
                "see one with 'peakline report FILE'"
            )
        return notes + list(self._caveats)

    def _lines(self, test: Test) -> list[Line] | str:
        found = self._read.get(test.nodeid)
        if found is None:
            try:
                found = self._captures.lines(test.capture)
            except CannotRender as error:
                found = str(error)
            self._read[test.nodeid] = found
        return found

    def _document(self, tests: Iterable[Test]) -> dict[str, Any]:
        """What docs/format.md describes."""
        return {
            "schema": SCHEMA,
            "kind": "tests",
            "python": platform.python_version(),
            "caveats": list(self._caveats),
            "mode": "sampled" if self._settings.sample else "exact",
            "interval": self._settings.sample,
            "tests": [self._entry(test) for test in sorted(tests)],
        }

    def _entry(self, test: Test) -> dict[str, Any]:
        has_lines = self._settings.lines and test.nodeid in self._top
        lines = self._lines(test) if has_lines else None
        listed = None
        if isinstance(lines, list):
            listed = [
                {
                    "file": line.file,
                    "line": line.line,
                    "function": line.function,
                    "source": line.source,
                    "at_peak": line.held,
                    "blocks": line.blocks,
                }
                for line in lines[: self._settings.lines]
                if line.held >= test.figures.peak / 100
            ]
        return {
            "id": test.nodeid,
            "outcome": test.outcome,
            "peak": test.figures.peak,
            "peak_bound": test.figures.bound,
            "allocated": test.figures.allocated,
            "allocations": test.figures.allocations,
            "lines": listed,
        }
