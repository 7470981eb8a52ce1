# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""What goes wrong with a recording of workers is said, and never the computation's trouble."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import work
from conftest import of_line, report
from distributed import Client

import peakline
import peakline.dask
from peakline.dask import RecordingIncomplete, record_workers

PAGE = 4096


def kill_one(client: Client) -> int:
    """Kills a worker's process, and waits until another has taken its place; the number."""
    processes = client.run(os.getpid)
    address, victim = next(iter(processes.items()))
    kept = client.submit(work.keep, 1, workers=[address], allow_other_workers=True, pure=False)
    assert kept.result() == victim
    os.kill(victim, signal.SIGKILL)
    until = time.monotonic() + 60
    while victim in client.run(os.getpid, on_error="ignore").values() or (
        len(client.run(os.getpid, on_error="ignore")) < len(processes)
    ):
        assert time.monotonic() < until, "the worker has not come back"
        time.sleep(0.1)
    return victim


def test_a_killed_worker_is_in_it_as_far_as_it_came(
    cluster: Callable[..., Client], tmp_path: Path
) -> None:
    client = cluster()
    path = tmp_path / "job.peakline"
    with record_workers(client, path, exact=True):
        kill_one(client)
        for address in client.run(os.getpid):
            client.submit(work.hold, 1, workers=[address], pure=False).result()
    found = report(path)
    held, kept = of_line(found, "held"), of_line(found, "kept")
    assert 3 * work.SIZE <= held["allocated"] <= 3 * (work.SIZE + 3 * PAGE)
    # The scheduler may have had it done again elsewhere.
    assert work.SIZE <= kept["allocated"] <= 2 * (work.SIZE + 3 * PAGE)


def test_a_killed_worker_whose_capture_is_gone_is_named(
    cluster: Callable[..., Client], tmp_path: Path
) -> None:
    client = cluster()
    path = tmp_path / "job.peakline"
    recording = record_workers(client, path, exact=True).start()
    victim = kill_one(client)
    (facts,) = [one for one in recording._workers.values() if one["process"] == victim]
    # As on another machine.
    shutil.rmtree(os.path.dirname(facts["path"]))
    client.submit(work.hold, 1, pure=False).result()
    with pytest.warns(RecordingIncomplete, match=f"process {victim} on .* is gone") as said:
        recording.stop()
    assert len(said) == 1
    assert of_line(report(path), "held")["allocated"] >= work.SIZE


def test_a_worker_without_peakline_is_named_and_works(
    cluster: Callable[..., Client], tmp_path: Path
) -> None:
    client = cluster(n_workers=1)
    # Hides the package from one worker.
    (tmp_path / "shadow" / "peakline").mkdir(parents=True)
    (tmp_path / "shadow" / "peakline" / "__init__.py").write_text("raise ImportError('hidden')\n")
    shadow = str(tmp_path / "shadow")
    here = str(Path(work.__file__).parent)
    other = subprocess.Popen(
        [
            *(sys.executable, "-m", "distributed.cli.dask_worker", client.scheduler.address),
            *("--no-nanny", "--no-dashboard", "--nthreads", "1", "--name", "bare"),
        ],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([shadow, here])},
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        client.wait_for_workers(2, timeout=60)
        path = tmp_path / "job.peakline"
        with pytest.warns(RecordingIncomplete, match=r"bare at .* no suitable Peakline") as said:
            recording = record_workers(client, path, exact=True).start()
        assert len(said) == 1
        (address,) = [at for at, process in client.run(os.getpid).items() if process == other.pid]
        assert client.submit(work.hold, 7, workers=[address], pure=False).result() == 7
        client.run(work.hold, 1, workers=[at for at in client.run(int) if at != address])
        recording.stop()
        assert of_line(report(path), "held")["allocated"] < 2 * work.SIZE
    finally:
        other.terminate()
        other.wait()


def test_more_recordings_than_a_process_can_have(
    cluster: Callable[..., Client], tmp_path: Path
) -> None:
    client = cluster(n_workers=1)

    def occupy() -> None:
        import tempfile

        import peakline

        folder = tempfile.mkdtemp(prefix="occupied-")
        peakline.occupying = [
            peakline.record(f"{folder}/{number}.peakline").start() for number in range(4)
        ]

    def leave() -> None:
        import peakline

        for one in peakline.occupying:
            one.stop()
            os.unlink(one.path)
        os.rmdir(os.path.dirname(one.path))

    client.run(occupy)
    path = tmp_path / "job.peakline"
    with pytest.warns(RecordingIncomplete, match="4 recordings are on already"):
        recording = record_workers(client, path).start()
    assert client.submit(work.hold, 3, pure=False).result() == 3
    with pytest.warns(RecordingIncomplete, match="nothing was recorded"):
        recording.stop()
    client.run(leave)
    assert not path.exists()


def test_the_users_exception_comes_through_and_the_capture_is_there(
    cluster: Callable[..., Client], tmp_path: Path
) -> None:
    client = cluster(n_workers=2)
    path = tmp_path / "job.peakline"

    def fail_within() -> None:
        with record_workers(client, path, exact=True):
            client.submit(work.hold, 1, pure=False).result()
            client.submit(lambda: 1 // 0, pure=False).result()

    with pytest.raises(ZeroDivisionError):
        fail_within()
    assert of_line(report(path), "held")["allocated"] >= work.SIZE


def test_a_cluster_that_is_closed_within_leaves_its_captures(
    cluster: Callable[..., Client], tmp_path: Path
) -> None:
    client = cluster(n_workers=2)
    path = tmp_path / "job.peakline"
    recording = record_workers(client, path, exact=True).start()
    client.gather(client.map(work.hold, range(4), pure=False))
    closing = client.cluster
    client.close()
    closing.close()
    with pytest.warns(RecordingIncomplete, match="could not all be asked"):
        recording.stop()
    held = of_line(report(path), "held")
    assert 4 * work.SIZE <= held["allocated"] <= 4 * (work.SIZE + 3 * PAGE)


def test_what_cannot_begin_says_so(cluster: Callable[..., Client], tmp_path: Path) -> None:
    client = cluster(n_workers=1, processes=False)
    there = tmp_path / "there.peakline"
    there.write_text("precious")
    with pytest.raises(FileExistsError, match="force=True"):
        record_workers(client, there).start()
    with pytest.raises(FileNotFoundError, match="no folder"):
        record_workers(client, tmp_path / "missing" / "job.peakline").start()
    with pytest.raises(PermissionError, match="cannot be written"):
        record_workers(client, tmp_path, force=True).start()
    with pytest.raises(TypeError, match=r"distributed\.Client, not a str"):
        record_workers("tcp://127.0.0.1:8786", there)
    with pytest.raises(ValueError, match="1024 bytes"):
        record_workers(client, there, sample=1)
    recording = record_workers(client, there, force=True)
    with recording, pytest.raises(peakline.CannotRecord, match="on already"):
        recording.start()
    assert there.read_bytes().startswith(b"PEAKLINE")
    assert recording.stop() == str(there)


def test_a_worker_that_cannot_write_is_named(
    cluster: Callable[..., Client], tmp_path: Path
) -> None:
    client = cluster(n_workers=2)

    def lose_the_folder(folder: str) -> None:
        import tempfile

        tempfile.tempdir = folder

    address = next(iter(client.run(int)))
    client.run(lose_the_folder, str(tmp_path / "missing"), workers=[address])
    path = tmp_path / "job.peakline"
    with (
        pytest.warns(RecordingIncomplete, match="No such file"),
        record_workers(client, path, exact=True),
    ):
        client.run(work.hold, 1)
    assert work.SIZE <= of_line(report(path), "held")["allocated"] < 2 * work.SIZE
