# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""The ledger: what this process allocates and frees, counted block by block.

Counting begins at the first call of `start()` and goes on for the life of the process: a ledger
with a gap would be wrong for ever. It costs a few nanoseconds for each block.
"""

from __future__ import annotations

import ctypes
import sys
import time
from functools import cache
from typing import Any, NamedTuple

from peakline import _agent
from peakline._natives import natives

_COUNTS = 1
_COUNTS_SMALL_OBJECTS = 2
_PRELOADED = 4
_SEES_LATER_OBJECTS = 8
_READS_CHUNKS = 16
_LOST_SMALL_OBJECTS = 32
_HIDES_OBJECTS = 64
_NO_ALLOCATOR = 256
_SANITIZER = 512

_EVENT_OBJECTS = {(3, 12): (32, 28), (3, 13): (32, 32)}
"""What CPython allocates for the number that comes with an event: bytes, and bytes asked for."""


class HeapUnavailable(RuntimeError):
    """The heap cannot be counted in this process; the message says why and what to do."""


class Totals(NamedTuple):
    """What all threads together did since accounting began; negative where more was freed.

    Bytes, but for `malloc_blocks` and `lost`.
    """

    malloc_live: int
    """What malloc gave out, as many bytes as its owners may use."""
    malloc_blocks: int
    """The change in the number of its blocks."""
    python_live: int
    """Small objects of Python: the sizes of their blocks."""
    mapped_live: int
    """Private anonymous writable memory that was mapped directly."""
    reserved: int
    """Private anonymous address space without access; never part of the heap."""
    mapped_files: int
    """Mapped files and shared memory; never part of the heap."""
    lost: int
    """Events that could not be counted."""


_state: int = 0
_malloc_at_start: int = 0
_ledger_at_start: int = 0
_baseline: int = 0
"""What was in use when counting began, in bytes."""
_usage_is_whole: bool = True
_was_traced: bool = False
"""Whether tracemalloc was on when counting began: what it allocates at each request keeps the
small objects from being told apart."""


def available() -> str | None:
    """Why the heap cannot be counted in this process, as a sentence; None if it can."""
    if _state & _COUNTS:
        return None
    other = _agent.other_preloaded()
    if other is not None:
        return (
            f"the heap cannot be counted here, because another installation's agent is preloaded "
            f"({other}): take it out of LD_PRELOAD, or use '--backend rss'"
        )
    return _explain(natives().heap_obstacle())


def _explain(obstacle: int) -> str | None:
    if not obstacle & ~0xFF:
        return None
    if obstacle & _SANITIZER:
        return (
            "the heap cannot be counted under an AddressSanitizer, which replaces the allocator: "
            "use '--backend rss', or a build without it"
        )
    if obstacle & _NO_ALLOCATOR:
        return (
            "the heap cannot be counted here, because this process has no malloc that other "
            "libraries could share: use '--backend rss'"
        )
    return (
        "the heap cannot be counted here, because the allocator that replaces malloc does not tell "
        "the sizes of its blocks: use '--backend rss', or start the program without that allocator"
    )


def start() -> None:
    """Begins to count; once it has, looks that all hooks are in place. Raises HeapUnavailable."""
    global _state, _malloc_at_start, _ledger_at_start, _usage_is_whole, _was_traced, _baseline
    if _state & _COUNTS:
        # Another tool may have taken the hooks out with its own.
        _state = natives().heap_start(ctypes.pythonapi._handle, 0)
        return
    wanted = 0 if _why_no_small_objects() else 1
    # Only before: with hooks in place the statistics leave the pools out.
    python_at_start = python_in_use()
    why = available()
    if why is not None:
        raise HeapUnavailable(why)
    _was_traced = _is_traced()
    state = natives().heap_start(ctypes.pythonapi._handle, wanted)
    why = _explain(state)
    if why is not None:
        raise HeapUnavailable(why)
    _state = state
    _malloc_at_start, _ledger_at_start = malloc_in_use(), _malloc_by_ledger()
    small_objects = _state & _COUNTS_SMALL_OBJECTS
    _usage_is_whole = bool(_malloc_at_start and (python_at_start or not small_objects))
    size, request = _EVENT_OBJECTS.get(sys.version_info[:2], (0, 0))
    natives().heap_baseline(_malloc_at_start + python_at_start, size, request)
    now = totals()
    # A preloaded agent has counted since the process began.
    _baseline = _malloc_at_start + python_at_start
    _baseline -= now.malloc_live + now.python_live + now.mapped_live


def is_on() -> bool:
    """Whether accounting has begun."""
    return bool(_state & _COUNTS)


def _why_no_small_objects() -> str | None:
    """Why this interpreter's small objects cannot be told apart; None if it is worth a try."""
    if sys.implementation.name != "cpython":
        return f"small objects of {sys.implementation.name} are not counted one by one"
    # Not sysconfig, which imports threading: where that is imported first is its main thread.
    if "t" in sys.abiflags:
        return "a free-threaded Python keeps its small objects in an allocator of its own"
    return None


def _is_traced() -> bool:
    # Not tracemalloc itself, which loads much; this part of it is built in.
    import _tracemalloc

    return _tracemalloc.is_tracing()


def caveats() -> list[str]:
    """What a report of the heap must say about its figures, as sentences."""
    if not is_on():
        return []
    start()
    found = []
    if not _state & _COUNTS_SMALL_OBJECTS and not _small_objects_are_mallocs():
        reason = _why_no_small_objects() or (
            "tracemalloc was on when counting began: begin without it"
            if _was_traced
            else "this Python's pools are not as expected"
        )
        found.append(f"Small objects are not in these figures: {reason}.")
    if not _state & _SEES_LATER_OBJECTS:
        found.append(
            "Libraries that were loaded while a function ran are not counted in these figures."
        )
    if _state & _HIDES_OBJECTS:
        found.append(
            "What C++ code allocates with 'new' is not in these figures: the allocator that stands "
            "in for malloc serves it itself."
        )
    if _state & _LOST_SMALL_OBJECTS:
        found.append(
            "Another tool (tracemalloc?) took the hooks for small objects out with its own: what "
            "was made or freed until they were put back is missing."
        )
    if not _usage_is_whole:
        found.append(
            "What was in use before counting began could not be told in full: the usage is too low "
            "by that, the other figures are right."
        )
    lost = totals().lost
    if lost:
        found.append(f"{lost} allocations could not be counted.")
    return found + _coverage()


_SLACK = 2 << 20
"""How far malloc's own account may be off: what threads keep of freed blocks is in use for it."""

_CHUNK_HEADER = 8
"""What malloc's own account holds for each block beside the usable bytes."""


def _coverage() -> list[str]:
    """What the ledger lacks by malloc's own account, as a sentence."""
    if not _state & _READS_CHUNKS:
        return [
            "Another allocator stands in for malloc: what it gave out past the hooks is not known."
        ]
    if not _malloc_at_start:
        return []
    global _next_check, _coverage_found
    began = time.monotonic()
    if began < _next_check:
        return _coverage_found
    malloc = malloc_in_use() - _malloc_at_start
    # It walks malloc's free lists, with its locks held: of a table's time, at most a hundredth.
    now = time.monotonic()
    _next_check = now + 100 * (now - began)
    _coverage_found = _lacking(malloc)
    return _coverage_found


_next_check: float = 0.0
_coverage_found: list[str] = []


def _lacking(malloc: int) -> list[str]:
    """The sentence, for what malloc says that it has given out since counting began."""
    ledger = _malloc_by_ledger() - _ledger_at_start
    lacking = malloc - ledger
    if abs(lacking) <= max(_SLACK, abs(malloc) // 100):
        return []
    share = f"{ledger / malloc:.0%}" if malloc > 0 <= ledger else "not all"
    return [
        f"The ledger holds {share} of what malloc gave out since counting began: "
        f"{abs(lacking) / 1048576:.1f} MiB were {'allocated' if lacking > 0 else 'freed'} past it, "
        "by code that had kept malloc's address."
    ]


def _malloc_by_ledger() -> int:
    now = totals()
    return now.malloc_live + _CHUNK_HEADER * now.malloc_blocks


@cache
def _small_objects_are_mallocs() -> bool:
    """Whether this Python was told to take every object from malloc (PYTHONMALLOC=malloc)."""
    name = getattr(ctypes.pythonapi, "_PyMem_GetCurrentAllocatorName", None)
    if name is None:
        return False
    name.restype = ctypes.c_char_p
    return (name() or b"").startswith(b"malloc")


def totals() -> Totals:
    """What all threads did since accounting began; zeros if it has not."""
    words = (ctypes.c_ssize_t * len(Totals._fields))()
    natives().heap_totals(words)
    return Totals(*words)


def in_use() -> int:
    """Bytes of the heap that are in use now, as far as it was told when counting began."""
    now = totals()
    return _baseline + now.malloc_live + now.python_live + now.mapped_live


# What the allocators say themselves


class _MallInfo2(ctypes.Structure):
    _fields_ = tuple(
        (name, ctypes.c_size_t)
        for name in (
            *("arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks", "fsmblks"),
            *("uordblks", "fordblks", "keepcost"),
        )
    )


def malloc_in_use() -> int:
    """Bytes in use by malloc's own account, its headers included; 0 where it does not tell.

    Blocks that a thread keeps for itself after they were freed count as in use. Needs glibc 2.33.
    """
    try:
        mallinfo2: Any = ctypes.CDLL(None).mallinfo2
    except AttributeError:
        return 0
    mallinfo2.restype = _MallInfo2
    info = mallinfo2()
    return int(info.uordblks + info.hblkhd)


def python_in_use() -> int:
    """Bytes of Python's small objects, by its allocator's own statistics; 0 where it does not tell.

    It tells nothing while anybody's hooks are in its place.
    """
    import re

    text = _allocator_statistics()
    found = re.search(rb"# bytes in allocated blocks\s+=\s+([\d,]+)", text)
    return int(found[1].replace(b",", b"")) if found else 0


def _allocator_statistics() -> bytes:
    """What `sys._debugmallocstats()` prints, read from a file in memory."""
    try:
        write: Any = ctypes.pythonapi._PyObject_DebugMallocStats
        libc: Any = ctypes.PyDLL(None)
        open_stream, close_stream, free = libc.open_memstream, libc.fclose, libc.free
    except AttributeError:
        return b""
    open_stream.restype = ctypes.c_void_p
    close_stream.argtypes = write.argtypes = free.argtypes = [ctypes.c_void_p]
    text, size = ctypes.c_void_p(), ctypes.c_size_t()
    stream = open_stream(ctypes.byref(text), ctypes.byref(size))
    if not stream:
        return b""
    write(stream)
    close_stream(stream)
    read = ctypes.string_at(text.value, size.value) if text.value else b""
    free(text)
    return read
