# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Runs a script or a module with a profiler: `python -m memory_profiler`, and its two functions."""

from __future__ import annotations

import builtins
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from memory_profiler._line_profiler import LineProfiler
from peakline import _run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from types import CodeType, ModuleType

    from peakline._target import Target


class ScriptProfiler(LineProfiler):
    """The `profile` of a script: enabled from its start to its end, on all of its threads.

    A decorated function comes back as itself, so that it pickles, and is whatever kind of function
    it was.
    """

    _all_threads = True

    def wrap_function(self, func: Any) -> Any:
        """The function itself."""
        return func

    def start(self) -> None:
        """The program begins."""
        self.enable_by_count()
        if self._is_traced_in_python():
            import threading

            threading.settrace(self._trace_function())

    def stop(self) -> None:
        """The program has ended."""
        self.disable_by_count()


def run(target: Target, profiler: Any, report: Callable[[], object]) -> int:
    """Runs `target` under `profiler`, whose name in the program is `profile`; the status to exit
    with.
    """

    is_line_profiler = isinstance(profiler, ScriptProfiler)

    def before(code: CodeType, main: ModuleType) -> None:
        if is_line_profiler:
            profiler.start()

    def after() -> None:
        if is_line_profiler:
            profiler.stop()
        report()

    return _run.run(target, before, after, profile=profiler)


def _find_script(script_name: str) -> str:
    """The path of a script: the file itself, else the first of its name on $PATH.

    Raises SystemExit, with a sentence on stderr, if there is none.
    """
    from peakline._target import CannotRun, find_script

    try:
        return find_script(script_name)
    except CannotRun as error:
        sys.stderr.write(f"{error}\n")
        raise SystemExit(1) from None


def exec_with_profiler(
    filename: str, profiler: Any, backend: str, passed_args: Sequence[str] = ()
) -> None:
    """Runs a script, as `__main__`, with `profiler` under the name `profile`; its exceptions pass.

    `backend` is accepted and ignored: the profiler has its own.
    """
    import os
    import runpy

    path = os.path.realpath(_find_script(filename))
    with _lent(profiler, [filename, *passed_args], os.path.dirname(path)):
        runpy.run_path(path, {"profile": profiler}, "__main__")


def run_module_with_profiler(
    module: str, profiler: Any, backend: str, passed_args: Sequence[str] = ()
) -> None:
    """The same for a module."""
    import runpy

    with _lent(profiler, [module, *passed_args]):
        runpy.run_module(module, {"profile": profiler}, "__main__", alter_sys=False)


@contextmanager
def _lent(profiler: Any, argv: list[str], folder: str | None = None) -> Iterator[None]:
    """`profile` as a builtin, and a program's own `sys.argv` and `sys.path`, for a while."""
    absent = object()
    earlier = getattr(builtins, "profile", absent)
    sys_argv, sys_path = sys.argv, sys.path[:]
    builtins.__dict__["profile"] = profiler
    sys.argv = argv
    if folder is not None:
        sys.path.insert(0, folder)
    try:
        yield
    finally:
        sys.argv, sys.path[:] = sys_argv, sys_path
        if earlier is absent:
            del builtins.__dict__["profile"]
        else:
            builtins.__dict__["profile"] = earlier
