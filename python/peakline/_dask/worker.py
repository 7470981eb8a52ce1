# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""What runs in the workers' processes: begins and ends their recordings, and gives them out.

Several workers may live in one process (`processes=False`): that is recorded once, from its first
worker to its last.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
import threading
from typing import TYPE_CHECKING, TypeVar

from peakline._record import Recording, seal

if TYPE_CHECKING:
    from collections.abc import Callable

PREFIX = "peakline-dask-"
"""How the names of the folders begin that captures are in until they are fetched."""

_Result = TypeVar("_Result")


class _Held:
    """What this process has recorded for one client's recording."""

    def __init__(self) -> None:
        self.folder = tempfile.mkdtemp(prefix=PREFIX)
        self.paths: list[str] = []
        self.recording: Recording | None = None
        self.workers: set[str] = set()


_held: dict[tuple[str, int], _Held] = {}
"""By the recording's token and the process: a forked child has none of its parent's."""
_lock = threading.Lock()


def begin(token: str, worker: str, interval: int, max_size: int) -> str:
    """Begins to record for a worker, unless its process is recorded already; the capture's path.

    Raises what `Recording.start()` raises.
    """
    with _lock:
        held = _held.get(_key(token))
        if held is None:
            held = _held[_key(token)] = _Held()
        if held.recording is None:
            path = os.path.join(held.folder, f"{len(held.paths) + 1}.peakline")
            held.recording = Recording(path, interval, max_size)
            try:
                held.recording.start()
            except BaseException:
                held.recording = None
                if not held.paths:
                    del _held[_key(token)]
                    shutil.rmtree(held.folder, ignore_errors=True)
                raise
            held.paths.append(path)
        held.workers.add(worker)
        return held.recording.path


def end(token: str, worker: str) -> None:
    """Ends the recording if this was the last worker in the process; the capture stays."""
    with _lock:
        held = _held.get(_key(token))
        if held is None:
            return
        held.workers.discard(worker)
        if not held.workers and held.recording is not None:
            held.recording.end()
            held.recording = None


async def finish(token: str, source: bool) -> dict[str, int]:
    """Ends and completes what was recorded in this process: the captures' paths and sizes."""

    def complete() -> dict[str, int]:
        with _lock:
            held = _held.get(_key(token))
            if held is None:
                return {}
            held.workers.clear()
            if held.recording is not None:
                held.recording.end()
                held.recording = None
            for path in held.paths:
                seal(path, source=source)
            return {path: os.path.getsize(path) for path in held.paths}

    return await _aside(complete)


async def read(token: str, path: str, offset: int, size: int) -> bytes:
    """A piece of one of the captures. Raises OSError."""

    def piece() -> bytes:
        held = _held.get(_key(token))
        if held is None or path not in held.paths:
            raise FileNotFoundError(path)
        with open(path, "rb") as file:
            file.seek(offset)
            return file.read(size)

    return await _aside(piece)


async def forget(token: str) -> None:
    """Removes the captures."""

    def remove() -> None:
        with _lock:
            held = _held.pop(_key(token), None)
        if held is not None:
            shutil.rmtree(held.folder, ignore_errors=True)

    await _aside(remove)


def _key(token: str) -> tuple[str, int]:
    return token, os.getpid()


async def _aside(work: Callable[[], _Result]) -> _Result:
    """Does it on another thread: the worker's own has heartbeats to send."""
    return await asyncio.get_running_loop().run_in_executor(None, work)
