# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Fetches the captures of workers to the client's machine."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
from typing import TYPE_CHECKING, Any

from peakline._dask import worker as there
from peakline._record import seal

if TYPE_CHECKING:
    from collections.abc import Awaitable, Iterable

    from distributed import Client

PATIENCE = 120.0
"""Seconds until a worker that does not answer is given up."""
_PIECE = 4 << 20
_AT_ONCE = 8

Facts = dict[str, Any]
"""What a worker has said of itself when its recording was to begin."""


class Collecting:
    """Fetches what the workers of a recording have, into a folder.

    What was fetched is in `captures`; what is to be known besides, as sentences, in `complaints`.
    """

    def __init__(self, client: Client, token: str, folder: str, *, source: bool) -> None:
        self.captures: list[str] = []
        self.complaints: list[str] = []
        self._client = client
        self._token = token
        self.folder = folder
        self._source = source
        self._met: set[tuple[str, str]] = set()
        """Host and path of captures: several workers may share one."""
        self._count = 0

    async def fetch(self, workers: Iterable[Facts]) -> None:
        """Asks all workers that were recorded; who does not answer is left to `salvage`."""
        gate = asyncio.Semaphore(_AT_ONCE)

        async def ask(address: str, host: str) -> None:
            async with gate:
                # Gone, or going.
                with contextlib.suppress(Exception):
                    await self._fetch_from(address, host)

        # To ask one that is gone would take as long as the cluster's connections may take.
        there_still = await patiently(self._client.nthreads())
        hosts = {
            facts["worker"]: facts["host"]
            for facts in workers
            if "path" in facts and facts["worker"] in there_still
        }
        await asyncio.gather(*(ask(address, host) for address, host in hosts.items()))

    def salvage(self, workers: Iterable[Facts]) -> None:
        """Takes what is still missing from this machine's disk, or complains of it."""
        for facts in workers:
            if "path" in facts and (facts["host"], facts["path"]) not in self._met:
                self._met.add((facts["host"], facts["path"]))
                self._salvage(facts)

    async def _fetch_from(self, address: str, host: str) -> None:
        """All captures of a worker's process. Raises what its answer raises, or TimeoutError."""
        sizes = await self._run(address, there.finish, self._token, self._source)
        for path, size in sizes.items():
            if (host, path) not in self._met:
                self._met.add((host, path))
                try:
                    await self._fetch(address, path, size)
                except BaseException:
                    self._met.discard((host, path))
                    raise
        await self._run(address, there.forget, self._token)

    async def _fetch(self, address: str, path: str, size: int) -> None:
        target = self._new_path()
        with open(target, "wb") as file:
            while file.tell() < size:
                piece = await self._run(address, there.read, self._token, path, file.tell(), _PIECE)
                if not piece:
                    raise EOFError(path)
                file.write(piece)
        self.captures.append(target)

    def _salvage(self, facts: Facts) -> None:
        path = facts["path"]
        target = self._new_path()
        try:
            # No other machine has a folder of this name, which was made up by chance.
            shutil.copyfile(path, target)
        except OSError:
            self.complaints.append(
                f"{described(facts)} is gone, and its capture with it: what it did is not in the "
                "figures"
            )
            return
        seal(target, source=self._source)
        self.captures.append(target)
        folder = os.path.dirname(path)
        if os.path.basename(folder).startswith(there.PREFIX):
            shutil.rmtree(folder, ignore_errors=True)

    def _new_path(self) -> str:
        self._count += 1
        return os.path.join(self.folder, f"{self._count}.peakline")

    async def _run(self, address: str, function: Any, *arguments: Any) -> Any:
        """What the function returns in a worker. Raises what it raises there, or TimeoutError."""
        answers = await patiently(
            self._client.run(function, *arguments, workers=[address], on_error="raise")
        )
        return answers[address]


async def patiently(asked: Awaitable[Any]) -> Any:
    """Waits for an answer, but not for ever. Raises TimeoutError."""
    return await asyncio.wait_for(asked, PATIENCE)


def described(facts: Facts) -> str:
    """Which worker it is."""
    address, name = facts.get("worker", "?"), facts.get("name", "?")
    named = "" if name == address else f"{name} at "
    return f"worker {named}{address} (process {facts['process']} on {facts['host']})"
