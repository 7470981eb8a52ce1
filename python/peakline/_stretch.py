# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""`peakline.watch()`: what a block of code does to the heap, to the byte.

An empty block shows zeros. So what the `with` statement itself does must not be in the block:

- The bound method `__enter__` lives when the figures begin and is freed right after. How much that
  is depends on the interpreter and its allocator; it is measured before first use. (With
  PYTHONMALLOC=malloc two blocks of one size may differ by 16 bytes, and so may an empty block.)
- `with watch() as w` in a loop replaces the `w` of the time before within the block. If that were
  freed then, the block would show it. So watches are not freed: those of a small stock are used in
  turn, but for those that the program still holds.

Entering and leaving take about 0.4 µs together.
"""

from __future__ import annotations

import ctypes
import sys
from collections import deque
from contextlib import suppress
from struct import Struct
from sys import getrefcount
from types import coroutine
from typing import TYPE_CHECKING, Any

from peakline import _agent, _drivers, _heap
from peakline._errors import say

if TYPE_CHECKING:
    from collections.abc import Awaitable, Generator
    from types import TracebackType

_FIGURES = Struct("8q")
_MIB = 1048576

# The agent's functions; None until the first watch.
_begin: Any = None
_end: Any = None
_read: Any = None

# What is freed as soon as `__enter__` and `__aenter__` have returned, in bytes.
_passing = 0
_passing_async = 0
_tells_small_objects = True

_stock: deque[Watch] = deque()
_FEW, _MOST = 32, 256
_idle = 0
"""How many references `watch()` sees to one of the stock that nobody holds."""


def watch() -> Watch:
    """Watches a block of code: what it does to the heap, in bytes.

        with peakline.watch() as w:
            rows = load()
        print(w.peak, w.increment, w.allocated, w.freed)

    The figures may be read within the block, until now, and after it. Also `async with`. Watches
    nest, overlap, and may begin and end anywhere.

    They are the figures of the thread that enters the block, whatever runs on it meanwhile: in a
    block with an `await` or a `yield`, that includes what other tasks or the caller do. What the
    process's other threads do is in `other_threads` alone. In a child that is forked within the
    block the watch goes on, from the same beginning.

    Counting costs a few nanoseconds for each block of memory, from the first watch to the end of
    the process. Raises HeapUnavailable where the heap cannot be counted; what limits the figures is
    said on stderr, once.
    """
    if not _stock:
        _start()
        for sentence in _heap.caveats():
            say(sentence)
    spare = _stock[0]
    _stock.rotate(-1)
    if getrefcount(spare) > _idle:
        return _other()
    if spare._handle:
        spare.__exit__()  # It was dropped in the middle of its block.
    spare._handle = None
    return spare


def _other() -> Watch:
    """Another one of the stock, or a new one in it; where the program holds very many, one that is
    in no stock.
    """
    for _ in range(4):
        spare = _stock[0]
        _stock.rotate(-1)
        if getrefcount(spare) <= _idle and not spare._handle:
            spare._handle = None
            return spare
    spare = Watch()
    if len(_stock) < _MOST:
        _stock.append(spare)
    return spare


class Watch:
    """What `peakline.watch()` gives: the figures of a block, all in bytes but for `allocations`.

    May be used again, one block after the other: its figures begin anew each time.
    """

    __slots__ = ("_figures", "_handle")

    _figures: bytes
    _handle: int | None
    """The agent's name for it while it runs; 0 after that, None before."""

    def __init__(self) -> None:
        if _begin is None:
            _start()
        self._handle = None
        self._figures = b""

    def __enter__(self) -> Watch:
        if self._handle:
            raise RuntimeError("this watch has begun already: take another peakline.watch()")
        # Nothing may come between this and the block.
        self._handle = _begin(_passing)
        return self

    # Parameters by name: a tuple of them would be in the block.
    def __exit__(
        self,
        kind: type[BaseException] | None = None,
        error: BaseException | None = None,
        trace: TracebackType | None = None,
    ) -> None:
        handle = self._handle
        if handle:
            # Now it cannot be ended twice: a signal handler may raise as soon as it has ended.
            self._handle = None
            self._figures = _end(handle)
            self._handle = 0

    # A generator, not a coroutine: that would note where it was made, in asyncio's debug mode.
    @coroutine
    def __aenter__(self) -> Generator[None, None, Watch]:
        if self._handle:
            raise RuntimeError("this watch has begun already: take another peakline.watch()")
        self._handle = _begin(_passing_async)
        return self
        yield

    # No coroutine either: it would be made within the block.
    def __aexit__(
        self,
        kind: type[BaseException] | None = None,
        error: BaseException | None = None,
        trace: TracebackType | None = None,
    ) -> Awaitable[None]:
        self.__exit__()
        return _DONE

    @property
    def peak(self) -> int:
        """The most that the thread's heap stood above where it began; never negative."""
        return self._words()[1]

    @property
    def increment(self) -> int:
        """What the heap has more than at the beginning: `allocated` less `freed`."""
        return self._words()[0]

    @property
    def allocated(self) -> int:
        """The bytes of all blocks that were allocated."""
        return self._words()[2]

    @property
    def freed(self) -> int:
        """The bytes of all blocks that were freed, whenever and by whom they had been allocated."""
        return self._words()[3]

    @property
    def allocations(self) -> int:
        """How many blocks were allocated."""
        return self._words()[4]

    @property
    def requested(self) -> int:
        """The bytes that were asked for, of those in `allocated`; allocators round up."""
        return self._words()[6]

    @property
    def python_increment(self) -> int:
        """The part of `increment` that is Python's small objects, where they are told apart."""
        return self._words()[5] if _tells_small_objects else 0

    @property
    def other_threads(self) -> int:
        """What the process's other threads changed the heap by meanwhile; in no other figure."""
        return self._words()[7]

    def _words(self) -> tuple[int, ...]:
        handle = self._handle
        if handle:
            # Another thread may have ended it since, but not between the look and the call.
            figures = _read(self._handle)
            if self._handle == handle:
                return _unpacked(figures)
        if handle is None:
            raise RuntimeError("this watch has no figures yet: they begin with its 'with' block")
        return _unpacked(self._figures)

    def __repr__(self) -> str:
        if self._handle is None:
            return "<Watch, not begun>"
        try:
            words = self._words()
        except RuntimeError:
            return "<Watch of a thread that has ended>"
        names = "peak", "increment", "allocated", "freed"
        sizes = zip(names, (words[1], words[0], words[2], words[3]), strict=True)
        text = ", ".join(f"{name} {size / _MIB:.3f} MiB" for name, size in sizes)
        until = " until now" if self._handle else ""
        return f"<Watch{until}: {text}, {words[4]:,} allocations>"

    def __reduce__(self) -> Any:
        raise TypeError("a watch cannot be copied or pickled; its figures are numbers, which can")


class _Done:
    """Awaited, it is done at once."""

    __slots__ = ()

    def __await__(self) -> Generator[Any, Any, None]:
        return
        yield


_DONE = _Done()


# MARK: the first time


def _start() -> None:
    """Begins to count, and measures what the `with` statement itself frees.

    Not guarded by a lock, which a forked child might inherit held: whoever is here at the same time
    measures the same.
    """
    global _begin, _end, _read, _idle
    _heap.start()
    if not getattr(sys, "_is_gil_enabled", lambda: True)():
        raise _heap.HeapUnavailable("blocks cannot be watched in a Python that runs without a GIL")
    agent = _agent.library()
    if not agent.peakline_attach_python(ctypes.c_ssize_t(ctypes.pythonapi._handle)):
        raise _heap.HeapUnavailable(
            "blocks cannot be watched here, because this Python lacks a function of the C API"
        )
    if _begin is None:
        _end = _drivers.builtin(agent, "peakline_watch_end")
        _read = _drivers.builtin(agent, "peakline_watch_read")
        _begin = _drivers.builtin(agent, "peakline_watch_begin")
    trial = Watch()
    _calibrate(trial)
    _calibrate_async(trial)
    repr(trial)
    for kind in vars(Watch).values():
        if isinstance(kind, property):
            kind.__get__(trial)
    stock = deque(Watch() for _ in range(_FEW))
    for spare in stock:
        # What it keeps of one block for the next is allocated now, and not in somebody's block.
        with spare:
            pass
    del spare
    _idle = _references(stock)
    _stock.extend(stock)


def _references(stock: deque[Watch]) -> int:
    """What `watch()` sees of one that nobody holds."""
    spare = stock[0]
    return getrefcount(spare)


_ROUNDS = 20
_ALIKE = 3


def _calibrate(trial: Watch) -> None:
    """Also has the interpreter make what it keeps of a function after its first calls."""
    global _passing, _tells_small_objects
    method = trial.__enter__
    _passing = usual = -(-sys.getsizeof(method) // 16) * 16
    del method
    alike = 0
    for _ in range(_ROUNDS):
        with trial:
            pass
        found = _found(trial)
        alike = alike + 1 if found == 0 else 0
        if alike == _ALIKE:
            # If not zero: every object is malloc's (PYTHONMALLOC=malloc), and so was what passed.
            _tells_small_objects = trial._words()[5] == 0
            return
        if found is not None:
            _passing -= found
    # A tracer or profiler in Python is on, whose own objects come and go.
    _passing = usual


def _calibrate_async(trial: Watch) -> None:
    global _passing_async
    _passing_async = usual = sys.getsizeof(trial.__aenter__())
    alike = 0
    for _ in range(_ROUNDS):
        steps = _empty_block(trial)
        with suppress(StopIteration):
            steps.send(None)
        found = _found(trial)
        alike = alike + 1 if found == 0 else 0
        if alike == _ALIKE:
            return
        if found is not None:
            _passing_async -= found
    _passing_async = usual


async def _empty_block(trial: Watch) -> None:
    async with trial:
        pass


def _found(trial: Watch) -> int | None:
    """What an empty block showed; None if something was allocated in it, which is no part of it."""
    words = trial._words()
    return None if words[4] else words[0]


def _unpacked(figures: bytes) -> tuple[int, ...]:
    if not figures:
        raise RuntimeError(
            "the thread that began this watch has ended: read its figures before it does"
        )
    return _FIGURES.unpack(figures)
