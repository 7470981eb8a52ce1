# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Runs a script or a module with a profiler: `python -m memory_profiler`, and its two functions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Sequence

from memory_profiler._line_profiler import LineProfiler
from peakline import _run, _spawn
from peakline._target import Target

if TYPE_CHECKING:
    from types import CodeType, ModuleType
    from typing import Callable


class ScriptProfiler(LineProfiler):
    """The `profile` of a script: enabled from its start to its end, on all of its threads.

    A decorated function comes back as itself, so that it pickles, and is whatever kind of function it was.
    """

    _all_threads = True

    def wrap_function(self, func: Any) -> Any:
        """The function itself; where a trace function in Python is needed, one that enables it."""
        return super().wrap_function(func) if self._is_traced_in_python() else func

    def start(self) -> None:
        """The program begins."""
        if not self._is_traced_in_python():
            self.enable_by_count()

    def stop(self) -> None:
        """The program has ended."""
        self.disable_by_count()


def run(target: Target, profiler: Any, report: Callable[[], object]) -> int:
    """Runs `target` under `profiler`, whose name in the program is `profile`; the status to exit with."""

    def before(code: CodeType, main: ModuleType) -> None:
        _spawn.install()
        if isinstance(profiler, ScriptProfiler):
            profiler.start()

    def after() -> None:
        if isinstance(profiler, ScriptProfiler):
            profiler.stop()
        _spawn.uninstall()
        report()

    return _run.run(target, before, after, profile=profiler)


def exec_with_profiler(
    filename: str, profiler: Any, backend: str, passed_args: Sequence[str] = ()
) -> None:
    """Runs a script as `__main__`, with `profiler` under the name `profile`."""
    run(Target(filename, passed_args), profiler, lambda: None)


def run_module_with_profiler(
    module: str, profiler: Any, backend: str, passed_args: Sequence[str] = ()
) -> None:
    """Runs a module as `__main__`, with `profiler` under the name `profile`."""
    run(Target(module, passed_args, is_module=True), profiler, lambda: None)
