# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""`peakline.dask.record_workers()`: tasks that know what they allocate, on every worker."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import work
from conftest import of_line, report
from distributed import Client, wait

import peakline.dask

PAGE = 4096


def on_each(client: Client, function: Callable[..., Any], times: int, *arguments: Any) -> list[Any]:
    """Results of so many calls on every worker."""
    workers = list(client.run(int))
    futures = [
        client.submit(function, 100 * place + number, *arguments, workers=[address], pure=False)
        for place, address in enumerate(workers)
        for number in range(times)
    ]
    return client.gather(futures)


def test_every_line_of_every_worker_is_right_to_the_block(
    cluster: Callable[..., Client], tmp_path: Path
) -> None:
    client = cluster()
    path = tmp_path / "job.peakline"
    with peakline.dask.record_workers(client, path, exact=True) as recording:
        on_each(client, work.hold, 4)
        processes = set(on_each(client, work.keep, 5))
        on_each(client, work.churn, 2)
    assert recording.path == str(path)
    assert len(processes) == 3

    found = report(path)
    # Of each: the object and its bytes, which glibc rounds up to pages.
    held, kept, pieces = (of_line(found, mark) for mark in ("held", "kept", "pieces"))
    assert 12 * work.SIZE <= held["allocated"] <= 12 * (work.SIZE + 3 * PAGE)
    assert held["live_at_end"] == 0
    assert 15 * work.SIZE <= kept["live_at_end"] <= 15 * (work.SIZE + 3 * PAGE)
    assert kept["live_at_end"] - 4096 <= kept["allocated"]
    blocks = 6 * (work.SIZE // work.SMALL)
    assert blocks <= pieces["allocations"] <= blocks + 6 * 100
    assert pieces["live_at_end"] == 0


def test_the_joint_peak_is_that_of_all_workers_and_threads_together(
    cluster: Callable[..., Client], tmp_path: Path
) -> None:
    client = cluster()
    path = tmp_path / "job.peakline"
    with peakline.dask.record_workers(client, path, exact=True):
        # Two threads of three workers: six at once, for long enough to overlap.
        on_each(client, work.hold, 2, 1.0)
    found = report(path)
    held = of_line(found, "held")
    assert 6 * work.SIZE <= held["at_peak"] <= 6 * (work.SIZE + 3 * PAGE)
    assert found["peak"]["bytes"] - found["baseline"] == pytest.approx(6 * work.SIZE, rel=0.1)


def test_samples_are_right_to_within_their_error(
    cluster: Callable[..., Client], tmp_path: Path
) -> None:
    client = cluster()
    path = tmp_path / "job.peakline"
    with peakline.dask.record_workers(client, path, sample="64KiB"):
        on_each(client, work.keep, 5)
        on_each(client, work.churn, 2)
    found = report(path)
    assert found["mode"] == "sampled"
    assert len(found["processes"]) == 3
    assert found["interval"] == 64 << 10
    # Blocks that are much larger than the interval are all sampled.
    kept = of_line(found, "kept")
    assert kept["live_at_end"] == pytest.approx(15 * work.SIZE, rel=0.01)
    pieces = of_line(found, "pieces")
    off = abs(pieces["allocated"] - 6 * work.SIZE)
    assert off < 5 * pieces["allocated_standard_error"] + 0.01 * work.SIZE


def test_a_worker_that_joins_later_is_recorded(
    cluster: Callable[..., Client], tmp_path: Path
) -> None:
    client = cluster()
    path = tmp_path / "job.peakline"
    with peakline.dask.record_workers(client, path, exact=True):
        before = set(on_each(client, work.keep, 1))
        client.cluster.scale(4)
        client.wait_for_workers(4, timeout=60)
        after = set(on_each(client, work.keep, 1))
    assert (len(before), len(after)) == (3, 4)
    kept = of_line(report(path), "kept")
    assert 7 * work.SIZE <= kept["live_at_end"] <= 7 * (work.SIZE + 3 * PAGE)


def test_a_worker_that_leaves_is_in_it(cluster: Callable[..., Client], tmp_path: Path) -> None:
    client = cluster()
    path = tmp_path / "job.peakline"
    with peakline.dask.record_workers(client, path, exact=True):
        on_each(client, work.hold, 3)
        client.cluster.scale(1)
        _until(lambda: len(client.run(int)) == 1)
        on_each(client, work.hold, 3)
    held = of_line(report(path), "held")
    assert 12 * work.SIZE <= held["allocated"] <= 12 * (work.SIZE + 3 * PAGE)


def test_threads_in_the_clients_own_process_are_recorded_once(
    cluster: Callable[..., Client], tmp_path: Path
) -> None:
    client = cluster(processes=False)
    path = tmp_path / "job.peakline"
    with peakline.dask.record_workers(client, path, exact=True):
        on_each(client, work.hold, 4)
        here = work.hold(1)
    assert here == 1
    found = report(path)
    held = of_line(found, "held")
    assert 13 * work.SIZE <= held["allocated"] <= 13 * (work.SIZE + 3 * PAGE)
    assert len(found["processes"]) == 1


def test_two_recordings_at_once_are_both_right(
    cluster: Callable[..., Client], tmp_path: Path
) -> None:
    client = cluster(n_workers=2)
    outer, inner = tmp_path / "outer.peakline", tmp_path / "inner.peakline"
    with peakline.dask.record_workers(client, outer, exact=True):
        on_each(client, work.hold, 1)
        with peakline.dask.record_workers(client, inner, exact=True):
            on_each(client, work.hold, 2)
        on_each(client, work.hold, 1)
    for path, calls in [(outer, 8), (inner, 4)]:
        held = of_line(report(path), "held")
        assert calls * work.SIZE <= held["allocated"] <= calls * (work.SIZE + 3 * PAGE)


def test_an_asynchronous_client(tmp_path: Path) -> None:
    import asyncio

    from distributed import LocalCluster

    path = tmp_path / "job.peakline"

    async def main() -> None:
        async with (
            LocalCluster(
                n_workers=2, threads_per_worker=1, dashboard_address=None, asynchronous=True
            ) as made,
            Client(made, asynchronous=True) as client,
        ):
            with pytest.raises(peakline.CannotRecord, match="async with"):
                peakline.dask.record_workers(client, path).start()
            async with peakline.dask.record_workers(client, path, exact=True):
                await wait(client.map(work.hold, range(6), pure=False))

    asyncio.run(main())
    held = of_line(report(path), "held")
    assert 6 * work.SIZE <= held["allocated"] <= 6 * (work.SIZE + 3 * PAGE)


def _until(is_so: Callable[[], bool], seconds: float = 30) -> None:
    until = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < until, "it did not come"
        time.sleep(0.1)
