# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Small private names of memory_profiler that other projects import, over Peakline's readings."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any, Final

from peakline import _memory
from peakline._backends import choose_backend as choose_backend
from peakline._backends import number_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_TWO_20: Final = float(2**20)
has_tracemalloc: Final = True


def _get_memory(
    pid: int,
    backend: str | None = None,
    timestamps: bool = False,
    include_children: bool = False,
    filename: str | None = None,
) -> Any:
    """MiB of a process (-1: this one), or (MiB, seconds since 1970) with `timestamps`.

    `filename` is accepted and ignored. Raises NoSuchProcess and PermissionError as memory_usage
    does.
    """
    del filename
    found = _memory.read(pid, number_of(backend), include_children=include_children)
    return (found / _TWO_20, time.time()) if timestamps else found / _TWO_20


def _get_child_memory(
    process: Any, meminfo_attr: str | None = None, memory_metric: int = 0
) -> Iterator[tuple[int, float]]:
    """(pid, MiB) of each descendant of a process, given as pid, psutil.Process or Popen.

    `meminfo_attr` is 'rss', 'pss' or 'uss'; resident sets without it. `memory_metric` is accepted
    and ignored. Raises NoSuchProcess for a pid that is not there; a process object that has ended
    yields the single pair (0, 0.0).
    """
    del memory_metric
    pid = process if isinstance(process, int) else process.pid
    if pid != -1 and not os.path.exists(f"/proc/{pid}"):
        if isinstance(process, int):
            raise _memory.no_such_process(pid)
        yield 0, 0.0
        return
    for child, size in _memory.descendants(pid, number_of(meminfo_attr)):
        yield child, size / _TWO_20


def _func_exec(stmt: str, ns: dict[str, Any]) -> None:
    """Run a statement in a namespace: what %memit hands to memory_usage."""
    exec(stmt, ns)


def __getattr__(name: str) -> Any:
    """What memory_profiler had imported from elsewhere, imported when somebody asks for it."""
    if name in ("Pipe", "Process"):
        import multiprocessing

        return getattr(multiprocessing, name)
    if name == "SIGKILL":
        import signal

        return signal.SIGKILL
    if name == "psutil":
        try:
            import psutil  # type: ignore[import-untyped, unused-ignore]
        except ImportError:
            raise AttributeError(
                "memory_profiler no longer needs psutil, and it is not installed: 'pip install "
                "psutil'"
            ) from None
        return psutil
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
