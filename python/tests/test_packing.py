# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Large captures are packed when they are sealed: nothing is lost, and what cannot be stays."""

from __future__ import annotations

import json
import os
import resource
import shutil
import stat
import subprocess
from pathlib import Path

import pytest
from captures import Capture, read, record

from peakline import _executable

# Some thousand stacks; a copy of the capture before it is packed.
MANY = """
import os, shutil

def made(n):
    return [bytes(300 + n) for _ in range(3)]

kept = []
for n in range(9_000):
    exec("\\n" * (n % 3000) + "kept.append(made(n))")
shutil.copy(f"out.peakline/{os.getpid()}.peakline", "live.peakline")
os._exit(0)
"""
REPORTS = ("report", "lines", "tree", "tree --reverse", "leaks", "stats")


def version(path: Path) -> int:
    """1: live, 2: packed."""
    return int.from_bytes(path.read_bytes()[8:12], "little")


def seal(path: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Seals a capture."""
    command = [_executable.find(), "seal", *options, str(path)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def reports(path: Path) -> list[object]:
    """All reports as JSON, but for the file's size, and as text."""
    found: list[object] = []
    for report in REPORTS:
        command = [_executable.find(), *report.split(), str(path)]
        answer = subprocess.run([*command, "--json"], capture_output=True, check=True)
        document = json.loads(answer.stdout)
        document.pop("file_size", None)
        found.append(document)
        if report != "stats":
            found.append(subprocess.run(command, capture_output=True, check=True).stdout)
    return found


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Capture]:
    """A folder with a packed capture, and its copy of before; and what is in the former."""
    folder = tmp_path_factory.mktemp("packing")
    capture, done = record(folder, MANY, "--exact", "-q")
    assert (done.returncode, done.stderr) == (0, "")
    return folder, capture


@pytest.fixture
def live(recorded: tuple[Path, Capture], tmp_path: Path) -> Path:
    """A capture that is not sealed."""
    path = tmp_path / "live.peakline"
    shutil.copy(recorded[0] / path.name, path)
    assert version(path) == 1
    return path


def test_what_is_recorded_is_packed(recorded: tuple[Path, Capture]) -> None:
    folder, capture = recorded
    assert version(folder / "out.peakline") == 2
    size = (folder / "out.peakline").stat().st_size
    assert size * 5 < (folder / "live.peakline").stat().st_size
    assert sorted(path.name for path in folder.iterdir()) == [
        "live.peakline",
        "out.peakline",
        "program.py",
    ]
    made = [stack for stack in capture.stacks if ("made", 5) in stack.frames[:2]]
    assert sum(stack.live for stack in made) > 9_000 * 3 * 1_000


def test_both_forms_hold_the_same(live: Path) -> None:
    before, shown = read(live), reports(live)
    assert seal(live, "--no-source").returncode == 0
    assert version(live) == 2
    assert read(live) == before
    assert reports(live) == shown
    with live.open("rb") as file:
        piped = subprocess.run(
            [_executable.find(), "report", "-"], stdin=file, capture_output=True, check=True
        )
    assert piped.stdout == shown[1]


def test_how_the_process_ended_is_noted_afterwards_too(live: Path) -> None:
    assert seal(live).returncode == 0
    assert seal(live, "--signal", "9").returncode == 0
    assert version(live) == 2
    (process,) = reports(live)[0]["processes"]  # type: ignore[index]
    assert process["exit"] == {"kind": "killed", "signal": 9}


def test_the_mode_and_the_owner_stay(live: Path) -> None:
    live.chmod(0o604)
    if os.getuid() == 0:
        os.chown(live, 1234, 4321)
    before = live.stat()
    assert seal(live).returncode == 0
    after = live.stat()
    assert version(live) == 2
    assert stat.S_IMODE(after.st_mode) == 0o604
    assert (after.st_uid, after.st_gid) == (before.st_uid, before.st_gid)


def test_what_has_no_room_to_be_packed_stays_as_it_is(live: Path) -> None:
    before = live.read_bytes()
    done = subprocess.run(
        [_executable.find(), "seal", "--no-source", str(live)],
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000)),
        # So that writing fails, and is no signal.
        restore_signals=False,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert live.read_bytes() == before
    assert list(live.parent.iterdir()) == [live]


def test_a_packed_capture_that_is_damaged_is_refused_in_a_sentence(
    recorded: tuple[Path, Capture], tmp_path: Path
) -> None:
    whole = (recorded[0] / "out.peakline").read_bytes()
    path = tmp_path / "odd.peakline"
    odd = bytearray(whole)
    odd[len(odd) // 2] ^= 4
    for data, reason in (
        (whole[:-1], f"cut off after {len(whole) - 1} of {len(whole)} bytes"),
        (whole + b"x", "damaged (it goes on behind its end)"),
        (odd, "damaged (its bytes are not those that were written)"),
    ):
        path.write_bytes(data)
        done = subprocess.run(
            [_executable.find(), "report", str(path)], capture_output=True, text=True, check=False
        )
        assert done.returncode in (1, 2)
        assert reason in done.stderr
        assert done.stderr.count("\n") == 1
