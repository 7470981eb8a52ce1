# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Records the workers of a Dask cluster: which lines of the computation held the memory.

    import peakline.dask

    with peakline.dask.record_workers(client, "job.peakline"):
        result = frame.groupby("key").sum().compute()

Needs distributed, the extra `dask`; and Peakline on the workers, whose machines may be others.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import tempfile
import time
import uuid
import warnings
from typing import TYPE_CHECKING

try:
    import distributed
except ImportError as error:
    raise ImportError(
        f"peakline.dask needs distributed ({error}): install it with 'pip install peakline[dask]'"
    ) from error

from peakline import _executable
from peakline._dask.collecting import Collecting, Facts, described, patiently
from peakline._dask.plugin import plugin
from peakline._record import DEFAULT_INTERVAL, DEFAULT_SIZE, CannotRecord, interval_of
from peakline._sizes import size_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import TracebackType

__all__ = ["RecordingIncomplete", "WorkersRecording", "record_workers"]

_SECONDS_FOR_EVENTS = 5.0


class RecordingIncomplete(UserWarning):
    """Something that workers did is not in the capture; the computation has gone on without it."""


class WorkersRecording:
    """A recording of all workers of a client, from `start()` (or `with`) to `stop()`.

    For an asynchronous client `async with` does the same.
    """

    def __init__(
        self,
        client: distributed.Client,
        path: str | os.PathLike[str],
        interval: int,
        max_size: int,
        *,
        source: bool,
        force: bool,
    ) -> None:
        self.path = os.path.abspath(os.fspath(path))
        """The capture that there is when it has ended, an absolute path."""
        self._client = client
        self._interval = interval
        self._max_size = max_size
        self._source = source
        self._force = force
        self._token = ""
        """The name of its plugin, and the topic of its events; empty while it is not on."""
        self._workers: dict[str, Facts] = {}
        """What the workers have said of themselves, by what tells one from another."""
        self._said: set[str] = set()

    def start(self) -> WorkersRecording:
        """Begins in all workers that are there, and in those that will come.

        Raises FileExistsError, or another OSError, where the capture could not be written, and
        CannotRecord where the workers cannot be reached.
        """
        self._start()
        return self

    def stop(self) -> str:
        """Ends, and makes one capture of what all workers did: its path. Again, it does nothing.

        What is missing in it is said in warnings (RecordingIncomplete); nothing is raised.
        """
        self._stop()
        return self.path

    def __enter__(self) -> WorkersRecording:
        self._start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._stop()

    async def __aenter__(self) -> WorkersRecording:
        self._check(is_asynchronous=True)
        await self._begin()
        self._say(_obstacles(self._workers.values()))
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._token:
            collecting = self._collecting()
            await self._fetch(collecting)
            self._say(await asyncio.to_thread(self._complete, collecting))

    def _start(self) -> None:
        self._check(is_asynchronous=False)
        self._client.sync(self._begin)
        self._say(_obstacles(self._workers.values()))

    def _stop(self) -> None:
        if not self._token:
            return
        collecting = self._collecting()
        try:
            self._client.sync(self._fetch, collecting)
        except Exception as error:  # The client may have been closed meanwhile.
            self._token = ""
            collecting.complaints.append(_cut_short(error))
        self._say(self._complete(collecting))

    def _check(self, *, is_asynchronous: bool) -> None:
        """Whether it can begin. Raises what `start()` raises."""
        if self._token:
            raise CannotRecord("this recording is on already: make another with record_workers()")
        if bool(self._client.asynchronous) != is_asynchronous:
            wanted = "with" if is_asynchronous else "async with"
            raise CannotRecord(f"for this client write '{wanted} record_workers(…)'")
        # Now, not when hours of work have been recorded.
        if os.path.lexists(self.path) and not self._force:
            raise FileExistsError(
                f"{self.path} is there already: name another file, or replace it with force=True"
            )
        folder = os.path.dirname(self.path)
        if not os.path.isdir(folder):
            raise FileNotFoundError(f"there is no folder {folder}: make it, or name another place")
        if os.path.isdir(self.path) or not os.access(folder, os.W_OK):
            raise PermissionError(f"{self.path} cannot be written: name another place")
        _executable.find()

    async def _begin(self) -> None:
        """Registers the plugin, and hears from the workers that are there."""
        token = f"peakline-{uuid.uuid4().hex}"
        began = plugin(token, self._interval, self._max_size)
        try:
            answers = await patiently(self._client.register_plugin(began, name=token))
        except Exception as error:
            await self._withdraw(token)
            raise CannotRecord(f"the workers cannot be recorded: {_words(error)}") from error
        self._token = token
        # What they say of themselves comes by another way than their answers.
        until = time.monotonic() + _SECONDS_FOR_EVENTS
        await self._listen()
        while len(self._workers) < len(answers or ()) and time.monotonic() < until:
            await asyncio.sleep(0.02)
            await self._listen()

    async def _listen(self) -> None:
        """Takes in what workers have said; a scheduler that is gone has said all there is."""
        try:
            events = await patiently(self._client.get_events(self._token))
        except Exception:
            return
        for _, facts in events or ():
            self._workers[repr(sorted(facts.items()))] = facts

    async def _withdraw(self, token: str) -> str | None:
        """Takes the plugin out, which ends the recording in all workers; why that failed."""
        try:
            await patiently(self._client.unregister_worker_plugin(token))
        except Exception as error:
            return _cut_short(error)
        return None

    async def _fetch(self, collecting: Collecting) -> None:
        # First, so that no worker that comes now begins what nobody would fetch.
        obstacle = await self._withdraw(self._token)
        if obstacle is not None:
            collecting.complaints.append(obstacle)
        await self._listen()
        self._token = ""
        await collecting.fetch(self._workers.values())

    def _collecting(self) -> Collecting:
        folder = tempfile.mkdtemp(prefix=".peakline-", dir=os.path.dirname(self.path))
        return Collecting(self._client, self._token, folder, source=self._source)

    def _complete(self, collecting: Collecting) -> list[str]:
        """Makes one capture of those that are there; what is to be said of it."""
        collecting.salvage(self._workers.values())
        complaints = [*_obstacles(self._workers.values()), *collecting.complaints]
        if not collecting.captures:
            complaints.append("nothing was recorded: no worker has a capture")
            obstacle = None
        else:
            obstacle = _join(collecting, self.path, force=self._force)
        if obstacle is None:
            shutil.rmtree(collecting.folder, ignore_errors=True)
        else:
            complaints.append(
                f"the captures of the workers could not be joined ({obstacle}): "
                f"they are in {collecting.folder}, for 'peakline join'"
            )
        return complaints

    def _say(self, complaints: list[str]) -> None:
        """Each once, as a warning where `start()` or `stop()` was called, or the `with` is."""
        for sentence in complaints:
            if sentence not in self._said:
                self._said.add(sentence)
                warnings.warn(sentence, RecordingIncomplete, stacklevel=4)


def record_workers(
    client: distributed.Client,
    path: str | os.PathLike[str] = "dask.peakline",
    *,
    sample: int | str = DEFAULT_INTERVAL,
    exact: bool = False,
    max_size: int | str = DEFAULT_SIZE,
    source: bool = True,
    force: bool = False,
) -> WorkersRecording:
    """Records which lines of a Dask computation hold the memory, in all workers of `client`.

        with peakline.dask.record_workers(client, "job.peakline"):
            result = frame.groupby("key").sum().compute()

    Workers that join later are recorded from their beginning. In the end there is one capture on
    the client's machine, of all workers as of the processes of one program, for `peakline report`.
    `path` must not exist yet, unless `force` says to replace it. `sample`, `exact`, `max_size` (for
    each worker) and `source` are those of `peakline.record()`.

    A worker that is killed is in it as far as it came, if it ran on the client's machine; of other
    machines nothing is left to be fetched. What is missing is said in warnings
    (RecordingIncomplete); the computation goes on in any case. Workers in the client's own process
    (`processes=False`) are recorded together with it.

    Raises TypeError for what is no client, and ValueError for a size that is none.
    """
    if not isinstance(client, distributed.Client):
        raise TypeError(f"record_workers needs a distributed.Client, not a {type(client).__name__}")
    return WorkersRecording(
        client,
        path,
        interval_of(sample, exact=exact),
        size_of(max_size),
        source=source,
        force=force,
    )


def _join(collecting: Collecting, path: str, *, force: bool) -> str | None:
    """Makes one capture of all that were fetched; why not."""
    options = ["--force"] if force else []
    names = [os.path.basename(capture) for capture in collecting.captures]
    try:
        done = subprocess.run(
            [_executable.find(), "join", "-o", path, *options, *names],
            cwd=collecting.folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError as error:
        return str(error)
    return None if done.returncode == 0 else done.stderr.strip().removeprefix("peakline: ")


def _obstacles(workers: Iterable[Facts]) -> list[str]:
    """Of the workers that could not be recorded why that is."""
    return [
        f"{described(facts)} is not recorded: {facts['error']}"
        for facts in workers
        if "error" in facts
    ]


def _cut_short(error: Exception) -> str:
    return f"the workers could not all be asked for what they recorded ({_words(error)})"


def _words(error: Exception) -> str:
    return str(error) or type(error).__name__
