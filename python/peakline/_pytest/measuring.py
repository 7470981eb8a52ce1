# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Measures tests where they run, and fails those that exceed their limits.

A test is its call: what fixtures set up is not in its figures, but `setUp` of a unittest is. Its
figures are kept with the report of its call, which pytest-xdist and pytest-forked send home.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from peakline import _heap
from peakline._pytest import messages
from peakline._pytest.captures import figures_of
from peakline._pytest.limits import BadLimit, MemoryLimit, leak_limit, memory_limit
from peakline._pytest.repeating import Repeating
from peakline._record import Recording, seal
from peakline._render import CannotRender

if TYPE_CHECKING:
    from collections.abc import Generator

    from peakline._pytest.captures import Captures, Figures
    from peakline._pytest.settings import Settings


class Measured(NamedTuple):
    """What is known of a test that has run."""

    figures: Figures | None
    path: str | None
    """Its capture."""
    thread: int
    """The kernel's number of the thread that it ran on."""
    why: str | None = None
    """Why there are no figures, as a sentence."""


_MEASURED = pytest.StashKey[Measured]()

_PROPERTY = "peakline_"
_SHOWN = ("peak", "allocated", "allocations")


class Measuring:
    """Pytest's hooks where tests run."""

    def __init__(
        self, config: pytest.Config, settings: Settings, captures: Captures, *, measures_all: bool
    ) -> None:
        self._captures = captures
        self._interval = settings.sample
        self._measures_all = measures_all
        # Where pytest-memray is loaded, too, the markers are its own.
        self._limits = not config.pluginmanager.hasplugin("memray")
        self._repeating = Repeating(captures)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Generator[None, Any, Any]:
        """Repeats a test that must not leak, before it runs for good."""
        if self._repeating.is_on:
            return (yield)
        self._forget(item)
        limit, bad = None, ""
        if self._limits:
            try:
                memory_limit(item)
                limit = leak_limit(item)
            except BadLimit as error:
                bad = str(error)
        if limit is not None:
            self._repeating.repeat(item, limit)
        result = yield
        # Not before: other plugins tear down what they have set up.
        if bad:
            pytest.fail(bad, pytrace=False)
        return result

    # The innermost of all, so that what other plugins do around the test is not in it.
    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, Any, Any]:
        """Measures a test, and fails it if it exceeds a limit."""
        limit = memory_limit(item) if self._limits else None
        # Of a test that is repeated the first run is measured: later ones find caches filled.
        if (limit is None and not self._measures_all) or _MEASURED in item.stash:
            result = yield
        else:
            result = yield from self._measure(item, is_exact=limit is not None)
        if limit is not None:
            self._check(item, limit)
        self._repeating.check(item)
        return result

    def _measure(self, item: pytest.Item, *, is_exact: bool) -> Generator[None, Any, Any]:
        interval = 0 if is_exact else self._interval
        thread = threading.get_native_id()
        try:
            path = self._captures.new(item.nodeid)
            recording = Recording(path, interval, only_new=interval == 0)
            recording.start()
        except Exception as error:  # Fixtures may have replaced whatever is called here.
            item.stash[_MEASURED] = Measured(None, None, thread, _sentence(error))
            return (yield)
        try:
            return (yield)
        finally:
            # Not in a process that the test has forked, if that comes here.
            if recording.end():
                self._note(item, recording, thread)

    def _note(self, item: pytest.Item, recording: Recording, thread: int) -> None:
        try:
            figures = figures_of(recording.path)
        except Exception as error:
            item.stash[_MEASURED] = Measured(None, None, thread, _sentence(error))
            return
        item.stash[_MEASURED] = Measured(figures, recording.path, thread)

    def _check(self, item: pytest.Item, limit: MemoryLimit) -> None:
        measured = item.stash.get(_MEASURED, None)
        if measured is None:
            return
        if measured.figures is None or measured.path is None:
            pytest.fail(f"limit_memory cannot be checked: {measured.why}", pytrace=False)
        held, lost = measured.figures.peak, measured.figures.lost
        if held < limit.size:
            if lost:
                why = f"there was no room to record {lost:,} blocks"
                pytest.fail(f"limit_memory cannot be checked: {why}", pytrace=False)
            return
        thread = measured.thread if limit.current_thread_only else None
        try:
            lines = self._captures.lines(measured.path, thread)
        except CannotRender as error:
            pytest.fail(messages.over_limit(held, limit, str(error)), pytrace=False)
        if thread is not None:
            held = sum(line.held for line in lines)
        if held >= limit.size:
            pytest.fail(messages.over_limit(held, limit, lines), pytrace=False)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Puts the figures into the report of the call, which gets to where all are collected."""
        measured = item.stash.get(_MEASURED, None)
        if call.when != "call" or measured is None or not self._measures_all:
            return (yield)
        figures = measured.figures
        if figures is not None:
            # They are in the reports of JUnit's form, and whatever else shows properties.
            item.user_properties += [(_PROPERTY + name, getattr(figures, name)) for name in _SHOWN]
        report = yield
        report.peakline = {  # type: ignore[attr-defined]
            "figures": None if figures is None else list(figures),
            "capture": measured.path,
            "why": measured.why,
            "caveats": _heap.caveats(),
        }
        return report

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> Generator[None, Any, Any]:
        """Completes a capture that is kept, or deletes that of a limit, if nobody collects it."""
        try:
            return (yield)
        finally:
            measured = item.stash.get(_MEASURED, None)
            if measured is not None and measured.path is not None and not self._repeating.is_on:
                # Only now: fixtures that have replaced what this calls are gone.
                if self._captures.are_kept:
                    seal(measured.path)
                elif not self._measures_all:
                    self._captures.drop(measured.path)

    @pytest.hookimpl(trylast=True)
    def pytest_unconfigure(self) -> None:
        """Deletes the temporary folder."""
        self._captures.close()

    def _forget(self, item: pytest.Item) -> None:
        """Of a run before this, if another plugin runs a test again."""
        if _MEASURED in item.stash:
            del item.stash[_MEASURED]
        item.user_properties[:] = [
            one for one in item.user_properties if not one[0].startswith(_PROPERTY)
        ]


def _sentence(error: BaseException) -> str:
    if isinstance(error, OSError) and error.filename is not None:
        return f"{error.strerror}: {error.filename}"
    return str(error)
