# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""An IPython shell in this process, for the tests of the magics."""

from __future__ import annotations

import builtins
import sys
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from types import ModuleType
from typing import Any, NamedTuple

import pytest

pytest.importorskip("IPython", reason="IPython is not installed: pip install ipython")

from IPython import version_info
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

MIB = 1048576


class Ran(NamedTuple):
    """What a cell did."""

    text: str
    """What it printed, errors among it."""
    error: BaseException | None
    value: Any


class Shell:
    """Runs cells, numbered from 1 as their prompts are."""

    def __init__(self, ip: Any) -> None:
        self.ip = ip
        self.names: dict[str, Any] = ip.user_ns

    def run(self, *cells: str) -> Ran:
        """Runs cells, of which all but the last must succeed; what the last one did."""
        *first, last = cells
        for cell in first:
            ran = self._run(cell)
            assert ran.error is None, (cell, ran)
            assert "UsageError" not in ran.text, (cell, ran)
        return self._run(last)

    def _run(self, cell: str) -> Ran:
        printed = StringIO()
        with redirect_stdout(printed), redirect_stderr(printed):
            result = self.ip.run_cell(cell, store_history=True)
        error = result.error_in_exec or result.error_before_exec
        return Ran(printed.getvalue(), error, result.result)

    def profile(self, line: str, cell: str | None = None) -> dict[str, dict[int, Any]]:
        """Runs `%mprun -r` of `%load_ext peakline`: by function, its lines by their numbers."""
        magic = "%mprun" if cell is None else "%%mprun"
        ran = self.run(f"{magic} -r {line}" + ("" if cell is None else f"\n{cell}"))
        assert ran.error is None, ran.text
        return {
            function.name: {line.line: line for line in function.lines}
            for function in ran.value.functions
        }


def shell_with(extension: str | None) -> Iterator[Shell]:
    """A fresh shell with an extension, for a fixture."""
    if not InteractiveShell.initialized():
        config = Config()
        config.HistoryManager.enabled = False
        # Not in the place of `__main__`, which other tests need.
        module = ModuleType("shell")
        colors = "NoColor" if version_info < (9,) else "nocolor"
        InteractiveShell.instance(config=config, user_module=module, colors=colors)
    ip = InteractiveShell.instance()
    ip.reset(new_session=True)
    shell = Shell(ip)
    before = set(vars(builtins))
    if extension is not None:
        # Its own cell has the number 0.
        ip.run_line_magic("load_ext", extension)
    with pytest.MonkeyPatch.context() as patch:
        # There is no pager in such a terminal.
        patch.setenv("TERM", "dumb")
        yield shell
    for name in ("peakline", "memory_profiler", "autoreload"):
        if name in ip.extension_manager.loaded:
            ip.run_line_magic("unload_ext", name)
    left = {name for name in set(vars(builtins)) - before if not name.startswith("_")}
    assert not left
    assert sys.gettrace() is None or "coverage" in sys.modules
