# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Memory of this and other processes, in bytes, as the agent reads it from the kernel."""

from __future__ import annotations

import ctypes
import os
import sys
from functools import cache
from typing import TYPE_CHECKING, Final

from peakline import _agent
from peakline._backends import HEAP, RSS, TRACEMALLOC

if TYPE_CHECKING:
    from collections.abc import Callable

_ESRCH: Final = -3


@cache
def _bind() -> ctypes.PyDLL:
    library = _agent.library()
    library.peakline_usage_self.argtypes = [ctypes.c_int32]
    library.peakline_usage_self.restype = ctypes.c_int64
    library.peakline_usage_of.argtypes = [ctypes.c_int32, ctypes.c_int32]
    library.peakline_usage_of.restype = ctypes.c_int64
    library.peakline_usage_descendants.argtypes = [
        ctypes.c_int32,
        ctypes.c_int32,
        ctypes.c_void_p,
        ctypes.c_int32,
        ctypes.c_int32,
    ]
    library.peakline_usage_descendants.restype = ctypes.c_int32
    return library


def own_bytes(backend: int) -> int:
    """Bytes of this process: resident, proportional or unique set, or heap.

    Raises OSError; HeapUnavailable.
    """
    if backend == HEAP:
        from peakline import _heap

        _heap.start()
    found: int = _bind().peakline_usage_self(backend)
    if found < 0:
        raise OSError(
            "the memory of this process cannot be read: /proc is not mounted or lacks "
            + ("'statm'" if backend == RSS else "'smaps_rollup' and 'smaps'")
        )
    return found


def process_bytes(pid: int, backend: int) -> int:
    """Bytes of another process. Raises NoSuchProcess or PermissionError."""
    if not 0 < pid < 2**31:
        raise no_such_process(pid)
    found: int = _bind().peakline_usage_of(pid, backend)
    if found == _ESRCH:
        raise no_such_process(pid)
    if found < 0:
        raise _error(
            PermissionError,
            "AccessDenied",
            pid,
            f"the memory of process {pid} may not be read: it belongs to another user; run this "
            "as that user or as root",
        )
    return found


def descendants(pid: int, backend: int, *, scanning: bool = False) -> list[tuple[int, int]]:
    """(pid, bytes) of each living descendant of a process (-1: this one).

    Whoever may not be read is left out. With `scanning` the kernel's own lists of children, which
    it may lack, are not used.
    """
    if pid == -1:
        pid = os.getpid()
    room = 64
    while True:
        pairs = (ctypes.c_int64 * (2 * room))()
        count: int = _bind().peakline_usage_descendants(pid, backend, pairs, room, int(scanning))
        if count <= room:
            return [(pairs[2 * i], pairs[2 * i + 1]) for i in range(count)]
        room = count + 64


def no_such_process(pid: int) -> OSError:
    """NoSuchProcess, a ProcessLookupError: the error for a process that is not there."""
    return _error(ProcessLookupError, "NoSuchProcess", pid, f"no process with pid {pid} is running")


def _error(kind: type[OSError], psutil_name: str, pid: int, sentence: str) -> OSError:
    """An error of a kind, which is also psutil's of that name where the program uses psutil.

    memory_profiler read through psutil, so programs catch psutil's errors.
    """
    psutil = sys.modules.get("psutil")
    theirs = getattr(psutil, psutil_name, None)
    bases: tuple[type, ...] = (kind,) if theirs is None else (kind, theirs)

    def set_up(self: OSError, *args: object) -> None:
        OSError.__init__(self, *args)

    namespace: dict[str, object] = {
        "__init__": set_up,
        "__str__": lambda self: sentence,
        "__repr__": lambda self: f"{psutil_name}({sentence!r})",
        "__reduce__": lambda self: (kind, (sentence,)),
        "__module__": __name__,
        "pid": pid,
        "ppid": None,
        "name": None,
        "msg": sentence,
    }
    made: Callable[[str], OSError] = type(psutil_name, bases, namespace)
    return made(sentence)


def read(pid: int, backend: int, *, include_children: bool = False) -> int:
    """Bytes of a process (-1: this one), its descendants' too if asked for.

    Raises NoSuchProcess, PermissionError or, for tracemalloc, RuntimeError.
    """
    is_own = pid == -1 or pid == os.getpid()
    if backend in (TRACEMALLOC, HEAP):
        if not is_own or include_children:
            raise only_this_process(backend)
        return _traced_bytes() if backend == TRACEMALLOC else own_bytes(HEAP)
    found = own_bytes(backend) if is_own else process_bytes(pid, backend)
    if include_children:
        found += sum(size for _, size in descendants(pid, backend))
    return found


def only_this_process(backend: int) -> RuntimeError:
    """The error for a backend that is asked about others than this process."""
    return RuntimeError(
        f"the {'heap' if backend == HEAP else 'tracemalloc'} backend sees only this process: "
        "choose 'rss', 'pss' or 'uss'"
    )


def refuse_children(backend: int) -> None:
    """Raises ValueError if a backend cannot count child processes, which are asked for."""
    if backend in (TRACEMALLOC, HEAP):
        raise ValueError(f"{only_this_process(backend)}, or leave out include_children")


def _traced_bytes() -> int:
    import tracemalloc

    if not tracemalloc.is_tracing():
        raise RuntimeError(
            "the tracemalloc backend sees nothing yet: call tracemalloc.start() first, or let "
            "memory_usage call the function"
        )
    return tracemalloc.get_traced_memory()[0]
