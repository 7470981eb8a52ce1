# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""`limit_leaks`: repeats a test, and looks at what is held more each time.

Each repetition is a whole one, with fresh fixtures of the test's own; those of wider scope stay.
One recording goes on over all, and is copied after each, when the garbage is collected. What the
test's calls allocated and is still there, is there because somebody holds it; a place where there
is more of it every time leaks. A cache that is filled once, or whose content is replaced, is not
such a place.
"""

from __future__ import annotations

import gc
import shutil
import threading
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from _pytest.runner import runtestprotocol

from peakline import _heap
from peakline._agent import AgentUnavailable
from peakline._pytest import messages
from peakline._pytest.limits import LeakLimit, Stack, StackFrame
from peakline._record import CannotRecord, Recording
from peakline._render import CannotRender

if TYPE_CHECKING:
    from peakline._pytest.captures import Captures

_CALL = ("pytest_runtest_call", "_pytest/runner.py")
"""The frame below which a test's call is."""


class NotRepeatable(Exception):
    """A test did not pass when it was repeated; the message says how."""


_TROUBLE = (
    *(NotRepeatable, _heap.HeapUnavailable, AgentUnavailable),
    *(CannotRecord, CannotRender, OSError),
)


class _Repeated(NamedTuple):
    """What repetitions have shown."""

    limit: LeakLimit
    growth: list[dict[str, Any]]
    """Stacks that hold at least the limit more each time."""
    trouble: str | None
    """Why that is not known."""


_REPEATED = pytest.StashKey[_Repeated]()


class Repeating:
    """Repeats tests; `is_on` meanwhile."""

    def __init__(self, captures: Captures) -> None:
        self._captures = captures
        self.is_on = False

    def repeat(self, item: pytest.Item, limit: LeakLimit) -> None:
        """Runs a test again and again before it runs for good, and notes what grew."""
        if item.config.getoption("setuponly", False) or item.config.getoption("setupplan", False):
            return
        growth: list[dict[str, Any]] = []
        trouble: str | None = None
        self.is_on = True
        try:
            with TemporaryDirectory(prefix="peakline-repeated-") as folder:
                copies = self._run_all(item, limit, folder)
                growth = self._growth(limit, copies)
        except _TROUBLE as error:
            trouble = str(error)
        finally:
            self.is_on = False
        item.stash[_REPEATED] = _Repeated(limit, growth, trouble)

    def check(self, item: pytest.Item) -> None:
        """Fails a test whose repetitions have grown; called when it has passed."""
        repeated = item.stash.get(_REPEATED, None)
        if repeated is None or self.is_on:
            return
        del item.stash[_REPEATED]
        if repeated.trouble:
            pytest.fail(f"limit_leaks cannot be checked: {repeated.trouble}", pytrace=False)
        choose = repeated.limit.filter_fn
        growth = [one for one in repeated.growth if choose is None or choose(_stack(one))]
        if growth:
            text = messages.grown(growth, repeated.limit, self._captures)
            pytest.fail(text, pytrace=False)

    def _run_all(self, item: pytest.Item, limit: LeakLimit, folder: str) -> list[str]:
        """Runs a test as often as is wanted; the copies of its capture after each run that counts.

        Raises NotRepeatable if a run does not pass.
        """
        copies = []
        recording = Recording(f"{folder}/all.peakline", only_new=True)
        try:
            recording.start()
            for run in range(limit.warmups + limit.repetitions + 1):
                if run > 0:
                    self._run(item, run)
                if run >= limit.warmups:
                    gc.collect()
                    copies.append(f"{folder}/{run}.peakline")
                    shutil.copyfile(recording.path, copies[-1])
        finally:
            recording.end()
        return copies

    def _run(self, item: pytest.Item, run: int) -> None:
        """Runs a test once, with nothing logged and nothing left behind."""
        properties, sections = list(item.user_properties), list(item._report_sections)
        # Who comes next is of the same module and class: so fixtures of wider scope are left alone.
        reports = runtestprotocol(item, log=False, nextitem=item.parent)  # type: ignore[arg-type]
        item.user_properties[:], item._report_sections[:] = properties, sections
        if hasattr(item, "_initrequest"):
            item._initrequest()
        for report in reports:
            if not report.passed:
                raise NotRepeatable(
                    f"the test {report.outcome} in the {report.when} of repetition {run}:\n"
                    f"{report.longreprtext}"
                )

    def _growth(self, limit: LeakLimit, copies: list[str]) -> list[dict[str, Any]]:
        thread = threading.get_native_id()
        wanted = thread if limit.current_thread_only else None
        return [
            stack
            for stack in self._captures.growth(copies, wanted)
            if stack["least"] >= limit.size and _is_of_call(stack, thread)
        ]


def _is_of_call(stack: dict[str, Any], thread: int) -> bool:
    """Whether a stack is the test's: below its call, or on a thread of its own."""
    name, file = _CALL
    return stack["thread"] != thread or any(
        frame["function"] == name and (frame["file"] or "").endswith(file)
        for frame in stack["frames"]
    )


def _stack(stack: dict[str, Any]) -> Stack:
    frames = [
        StackFrame(one["function"], one["file"] or "???", one["line"] or 0)
        for one in stack["frames"]
    ]
    return Stack(tuple(reversed(frames)))
