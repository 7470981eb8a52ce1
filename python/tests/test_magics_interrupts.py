# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""A KeyboardInterrupt at any instruction of a magic: what it had changed for the time of the
statement is as it was.
"""

from __future__ import annotations

import builtins
import sys
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout, suppress
from io import StringIO
from types import FrameType
from typing import Any

import pytest
from shells import Shell, shell_with

from peakline import _imports
from peakline._magics import lent, loading, memit, mprun, show, tracing, undoing

DEFINITIONS = """\
def work(n=1):
    return [n]
"""


@pytest.fixture
def shell() -> Iterator[Shell]:
    for shell in shell_with("memory_profiler"):
        shell.run(DEFINITIONS, "%mprun -f work work()", "%memit work()")
        yield shell


def interrupted_everywhere(
    function: Callable[[], Any], *modules: Any, every: int = 1
) -> Iterator[int]:
    """Calls a function again and again, each time with an interrupt at another instruction of these
    modules, until there are no more.

    Where that takes long, at every so many instructions: others on each version of Python.
    """
    files = {module.__file__ for module in modules}
    left = 0
    at = sys.version_info.minor % every - every + 1

    def trace(frame: FrameType, event: str, arg: Any) -> Any:
        nonlocal left
        if frame.f_code.co_filename not in files:
            return None
        frame.f_trace_opcodes = True
        if event == "opcode":
            left -= 1
            if left == 0:
                raise KeyboardInterrupt
        return trace

    outer = sys.gettrace()
    # CPython 3.12 looks whether any frame wants them when it is given the function.
    sys._getframe().f_trace_opcodes = True
    while left == 0:
        at += every
        left = at
        try:
            sys.settrace(trace)
            with suppress(KeyboardInterrupt):
                function()
        finally:
            sys.settrace(outer)
        yield at


def state() -> tuple[Any, ...]:
    absent = object
    return (vars(builtins).get("profile", absent), tuple(sys.meta_path), sys.__stderr__)


@pytest.mark.parametrize("has_profile", [False, True])
def test_the_builtin_profile_is_what_it_was(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, has_profile: bool
) -> None:
    monkeypatch.setattr(mprun, "_show", lambda *_: None)
    if has_profile:
        monkeypatch.setitem(vars(builtins), "profile", object())
    before = state()

    def run() -> None:
        with redirect_stdout(StringIO()):
            shell.ip.run_line_magic("mprun", "-f work work()")

    times = 0
    for at in interrupted_everywhere(run, lent, undoing, mprun, show, tracing):
        assert state() == before, at
        times += 1
    assert times > 100


def test_the_finder_of_modules_is_gone(shell: Shell) -> None:
    before = state()
    times = 0
    run = lambda: shell.ip.run_line_magic("memit", "-q work()")  # noqa: E731
    for at in interrupted_everywhere(run, undoing, memit, loading, _imports, show, every=4):
        assert state() == before, at
        times += 1
    assert times > 100


def test_in_a_notebook_the_standard_error_is_what_it_was(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(show, "is_notebook", lambda shell: True)
    before = state()
    run = lambda: show.complaining_in_cell(shell.ip, lambda: None)  # noqa: E731
    for at in interrupted_everywhere(run, undoing, show):
        assert state() == before, at


def test_magics_that_overlap_leave_what_was_there_before_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from memory_profiler import LineProfiler

    theirs = object()
    monkeypatch.setitem(vars(builtins), "profile", theirs)
    first, second = lent.Lent(), lent.Lent()
    profilers = LineProfiler(), LineProfiler()
    first.begin(profilers[0])
    second.begin(profilers[1])
    first.end()
    assert vars(builtins)["profile"] is profilers[1]
    second.end()
    assert vars(builtins)["profile"] is theirs


def test_what_an_interrupt_left_is_taken_away_by_the_next_magic(shell: Shell) -> None:
    from memory_profiler import LineProfiler

    left, profiler = lent.Lent(), LineProfiler()
    left.begin(profiler)
    left._is_over = True
    shell.run("%mprun -f work work()")
    assert "profile" not in vars(builtins)
