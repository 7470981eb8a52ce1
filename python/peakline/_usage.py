# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""`memory_usage`: the memory of a function call or of a process, over time or at its peak."""

from __future__ import annotations

import warnings
from math import inf, isfinite
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from peakline import _memory
from peakline._backends import HEAP, RSS, TRACEMALLOC, number_of
from peakline._series import ADDED, IGNORED, LISTED, Peak, Reading, SampledSeries, TracedSeries
from peakline._watch import MIB, Target, readings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping


class _Call(NamedTuple):
    """A function and what to call it with."""

    function: Callable[..., Any]
    args: Iterable[Any] = ()
    keywords: Mapping[str, Any] = MappingProxyType({})

    def run(self) -> Any:
        return self.function(*self.args, **self.keywords)


class _Wishes(NamedTuple):
    """What the caller of `memory_usage` wants, apart from the process."""

    backend: int
    interval: float
    timeout: float | None
    timestamps: bool
    include_children: bool
    multiprocess: bool
    max_usage: bool
    retval: bool
    stream: Any


_NOT_MEASURED: Final = object()


def memory_usage(
    proc: Any = -1,
    interval: float = 0.1,
    timeout: float | None = None,
    timestamps: bool = False,
    include_children: bool = False,
    multiprocess: bool = False,
    max_usage: bool = False,
    retval: bool = False,
    stream: Any = None,
    backend: str | None = None,
    max_iterations: int | None = None,
) -> Any:
    """Memory of a function call or a process, in MiB (2**20 bytes).

    A function is called exactly once, in this thread; its exceptions pass unchanged. No process is
    started. The greatest value of its series is the kernel's own record of the resident set,
    however short the peak was. Linux counts pages in batches, so a peak that is over may be shown
    up to 32 pages (128 KiB) too low for each processor that the program ran on.

    proc
        what to measure: a callable, or `(function, args, keywords)`, the last two optional; a pid,
        as a number or a string of digits, -1 for this process; a `subprocess.Popen`, until it ends
    interval
        seconds between two readings
    timeout
        a pid: how many seconds to read, that is round(timeout / interval) times; without it, once.
        A Popen or a function: after so many seconds the series ends. The function itself is never
        interrupted, and `max_usage` always covers all of its call
    timestamps
        (MiB, seconds since 1970) instead of MiB
    include_children
        add the memory of all descendants
    multiprocess
        a pid or Popen: lists `[MiB, MiB of each descendant …]`. A function: no effect on the result
    max_usage
        only the greatest value. For a function's resident set this costs no thread
    retval
        a function: `(memory, what it returned)`
    stream
        an open text file that gets a line `MEM <MiB> <seconds>` for each reading, and with
        `multiprocess` a line `CHLD <pid> <MiB> <seconds>` for each descendant, *instead of* the
        list being returned: a list becomes None. A function's greatest value and returned object
        are returned all the same; its lines are written at its end, also when it raises
    backend
        'rss' (also 'psutil', 'posix'), 'pss' ('psutil_pss'), 'uss' ('psutil_uss'), or 'tracemalloc'
        for what Python allocated during a function's call
    max_iterations
        accepted and ignored: it once limited how often a function was repeated

    Returns a list, for a function never shorter than three values: the start, …, the end; one value
    with `max_usage`. Raises ProcessLookupError and PermissionError for a process that is not there
    or not ours (psutil's errors, too, in programs that use psutil), and UnknownBackend (both a
    ValueError and a KeyError).
    """
    wishes = _Wishes(
        number_of(backend),
        _seconds("interval", interval),
        # An endless wait is one of thirty years: what counts the readings needs a number.
        None if timeout is None else _seconds("timeout", 1e9 if timeout == inf else timeout),
        timestamps,
        include_children,
        multiprocess,
        max_usage,
        retval,
        stream,
    )
    call = _as_call(proc)
    return _of_process(Target(proc), wishes) if call is None else _of_call(call, wishes)


def _seconds(name: str, value: Any) -> float:
    """`value` itself, if it is a number of seconds that can be waited."""
    try:
        fits = isfinite(value) and value >= 0
    except TypeError:
        raise TypeError(
            f"memory_usage takes {name} in seconds: {type(value).__name__!r} is not a number"
        ) from None
    except OverflowError:  # An integer beyond all floats.
        fits = False
    if not fits:
        raise ValueError(
            f"memory_usage takes {name} in seconds, finite and not negative: not {value!r:.40}"
        )
    return value  # type: ignore[no-any-return]


def _as_call(proc: Any) -> _Call | None:
    if callable(proc):
        return _Call(proc)
    if not isinstance(proc, (list, tuple)):
        return None
    if not 1 <= len(proc) <= 3:
        raise ValueError(
            "memory_usage takes (function,), (function, args) or (function, args, keywords): "
            f"this has {len(proc)} items"
        )
    if not callable(proc[0]):
        raise TypeError(
            "memory_usage takes (function, args, keywords): the first item is "
            f"{type(proc[0]).__name__!r}, which cannot be called"
        )
    return _Call(*proc)


def _of_process(target: Target, wishes: _Wishes) -> Any:
    series: list[Any] = []
    highest: float | None = None
    for found in readings(
        target, wishes.backend, wishes.interval, wishes.timeout, wishes.include_children
    ):
        rows: list[tuple[int, int]] = []
        if wishes.multiprocess and wishes.backend not in (TRACEMALLOC, HEAP):
            rows = _memory.descendants(target.pid, wishes.backend)
        highest = found[0] if highest is None else max(highest, found[0])
        if wishes.stream is not None:
            wishes.stream.write(_line(0, *found))
            for pid, size in rows:
                wishes.stream.write(_line(pid, size / MIB, found[1]))
        elif not wishes.max_usage:
            value: Any = found if wishes.timestamps else found[0]
            series.append(
                [value, *(size / MIB for _, size in rows)] if wishes.multiprocess else value
            )
    if wishes.stream is not None:
        return None
    if not wishes.max_usage:
        return series
    if highest is None:
        raise _memory.no_such_process(target.pid)
    return highest


def _of_call(call: _Call, wishes: _Wishes) -> Any:
    memory, returned = _NOT_MEASURED, None
    wants_only_peak = wishes.max_usage and not wishes.timestamps and wishes.stream is None
    if wants_only_peak and wishes.backend == RSS and not wishes.include_children:
        memory, returned = _peak_of_call(call)
    if memory is _NOT_MEASURED:
        memory, returned = _series_of_call(call, wishes)
    return (memory, returned) if wishes.retval else memory


def _peak_of_call(call: _Call) -> tuple[Any, Any]:
    """(MiB, what the function returned); nothing is called where the kernel does not keep peaks."""
    peak = Peak()
    if not peak.is_kept:
        return _NOT_MEASURED, None
    try:
        returned = call.run()
    finally:
        height = peak.stop()
    return height / MIB, returned


def _series_of_call(call: _Call, wishes: _Wishes) -> tuple[Any, Any]:
    """(the values the caller asked for, what the function returned)."""
    series: SampledSeries | TracedSeries
    if wishes.backend in (TRACEMALLOC, HEAP) and wishes.include_children:
        raise _memory.only_this_process(wishes.backend)
    if wishes.backend == TRACEMALLOC:
        series = TracedSeries()
    else:
        # Where memory cannot be read at all, the function is not called in vain.
        _memory.own_bytes(wishes.backend)
        series = SampledSeries()
    found: list[Reading] = []
    try:
        if isinstance(series, SampledSeries):
            series.start(wishes.backend, _children(wishes), wishes.interval, _limit(wishes))
        returned = call.run()
    finally:
        found = series.stop()
        if wishes.include_children and _children(wishes) == LISTED:
            found = _added_up(found)
        if wishes.stream is not None:
            _write(found, wishes.stream)
    main = [reading for reading in found if reading.pid == 0]
    values: list[Any] = [reading.bytes / MIB for reading in main]
    if wishes.timestamps:
        values = [(r.bytes / MIB, r.seconds) for r in main]
    if wishes.max_usage:
        return max(values), returned
    return (values if wishes.stream is None else None), returned


def _children(wishes: _Wishes) -> int:
    if wishes.multiprocess and wishes.stream is not None:
        return LISTED
    return ADDED if wishes.include_children else IGNORED


def _limit(wishes: _Wishes) -> float | None:
    return None if wishes.max_usage else wishes.timeout


def _added_up(found: list[Reading]) -> list[Reading]:
    """The same readings, each of the series raised by the descendants' that follow it."""
    result: list[Reading] = []
    main = 0
    for reading in found:
        if reading.pid == 0:
            main = len(result)
        else:
            result[main] = result[main]._replace(bytes=result[main].bytes + reading.bytes)
        result.append(reading)
    return result


def _write(found: list[Reading], stream: Any) -> None:
    """Write the lines; what goes wrong here must not cost the program its function's result."""
    try:
        for reading in found:
            stream.write(_line(reading.pid, reading.bytes / MIB, reading.seconds))
    except (OSError, ValueError) as error:
        warnings.warn(
            f"memory_usage could not write its readings to the stream: {error}",
            RuntimeWarning,
            stacklevel=5,
        )


def _line(pid: int, mib: float, seconds: float) -> str:
    return f"CHLD {pid} {mib:.6f} {seconds:.4f}\n" if pid else f"MEM {mib:.6f} {seconds:.4f}\n"
