# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Runs alternatives in processes of their own, in turn, and collects what they measured.

The order is a, b, a, b, …: what the machine does meanwhile meets all of them alike. A run is two
processes: one counts the memory; the other takes the time, since counting makes a tight loop over
numbers up to a fifth slower. An alternative that failed once is not run again.

This runs in the middle of somebody's program: SIGCHLD may be ignored or handled by code that reaps
every child, the standard streams may be closed.
"""

from __future__ import annotations

import fcntl
import marshal
import os
import signal
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from peakline._heap import HeapUnavailable
from peakline._trial import MEMORY, TIME

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from peakline._trial import Outcome

    Start = Callable[[int, int, str, bool], int]
    """Starts a process for the alternative with this number, which writes into this pipe, for the
    memory or the time, silent or not; the process's number."""


class Results:
    """What the runs of one alternative gave."""

    def __init__(self) -> None:
        self.figures: list[tuple[Any, ...]] = []
        self.error: str | None = None


def run(start: Start, names: Sequence[str], repeat: int) -> tuple[list[Results], list[str]]:
    """All results, and the caveats. Raises HeapUnavailable."""
    results = [Results() for _ in names]
    caveats: dict[str, None] = {}
    for turn in range(repeat):
        for index, result in enumerate(results):
            if result.error is not None:
                continue
            memory = _outcome(start, index, MEMORY, is_silent=turn > 0)
            if "unavailable" in memory:
                raise HeapUnavailable(memory["unavailable"])
            time = memory if "error" in memory else _outcome(start, index, TIME, is_silent=True)
            result.error = time.get("error")
            if result.error is not None:
                continue
            result.figures.append(memory["figures"] + time["figures"])
            caveats.update(dict.fromkeys(memory["caveats"]))
            if memory["has_threads"]:
                sentence = f"What the threads of {names[index]!r} allocate is not in its figures."
                caveats[sentence] = None
            if time["counts"]:
                caveats[_COUNTS] = None
    return results, list(caveats)


_COUNTS = "The times include counting the memory, which was on in the program already."


def _outcome(start: Start, index: int, kind: str, *, is_silent: bool) -> Outcome:
    pipe = [_above_standard(end) for end in os.pipe()]
    try:
        try:
            child = start(index, pipe[1], kind, is_silent)
        finally:
            os.close(pipe[1])
        status = _wait(child)
        # Whoever it left behind may hold the other end: what there is was written before its end.
        os.set_blocking(pipe[0], False)
        with suppress(BlockingIOError):
            message = os.read(pipe[0], 1 << 16)
            if message:
                return marshal.loads(message)  # type: ignore[no-any-return]
    finally:
        os.close(pipe[0])
    return {"error": _how_it_ended(status)}


def _above_standard(number: int) -> int:
    """The descriptor, with a number that cannot be taken for a standard stream's."""
    if number > 2:
        return number
    try:
        return fcntl.fcntl(number, fcntl.F_DUPFD_CLOEXEC, 3)
    finally:
        os.close(number)


def _wait(child: int) -> int | None:
    """Waits until the child has ended, whoever reaps it. Whatever interrupts that kills it."""
    try:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    except ChildProcessError:
        # SIGCHLD is ignored, or a handler or another thread was faster: it has ended.
        return None
    except BaseException:
        with suppress(OSError):
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
        raise


def _how_it_ended(status: int | None) -> str:
    """Why a process said nothing, as a sentence."""
    if status is None:
        return "Its process ended before it returned."
    if status >= 0:
        return f"It ended its process with status {status} before it returned."
    try:
        name = signal.Signals(-status).name
    except ValueError:
        name = f"signal {-status}"
    if -status == signal.SIGKILL:
        return f"It was killed by {name}, which is what the kernel does when memory runs out."
    return f"It was killed by {name}."
