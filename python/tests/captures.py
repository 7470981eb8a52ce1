# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Reads captures, and makes them: a reader of its own, written from docs/format.md alone."""

from __future__ import annotations

import os
import struct
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import packing

CHUNK = 1 << 16
DIRECTORY = 4096
# Of a tree's file: where its header stands, and where its members are described.
TREE, MEMBERS = 320, 408
STRINGS, FUNCTIONS, STACKS, COUNTERS, THREADS, MARKS = 1, 2, 3, 4, 5, 9


class Stack(NamedTuple):
    """What was allocated with one stack; the innermost frame comes first."""

    frames: tuple[tuple[str, int], ...]
    thread: str
    live: int
    at_peak: int
    allocated: int
    allocations: float
    temporary: float
    variance: float
    """Of what there was at the peak."""
    live_variance: float
    allocated_variance: float


class Mark(NamedTuple):
    """A moment or a stretch with a name; nanoseconds since the recording began."""

    name: str
    begin: int
    end: int
    process: int


class Capture(NamedTuple):
    """All of a capture that tests ask for; sizes in bytes."""

    is_exact: bool
    state: int
    stacks_kind: int
    baseline: int
    live: int
    peak: int
    peak_bound: int
    dropped: tuple[int, int, int, int]
    agent_bytes: int
    command: str
    stacks: list[Stack]
    marks: list[Mark]

    def line(self, function: str, line: int) -> Stack:
        """The sums over all stacks whose innermost frame is a line of a function."""
        found = [stack for stack in self.stacks if stack.frames[:1] == ((function, line),)]
        sums = [sum(stack[index] for stack in found) for index in range(2, len(Stack._fields))]
        return Stack(((function, line),), "", *sums)  # type: ignore[arg-type]


def read(path: Path) -> Capture:
    """Reads the capture of one process."""
    return _capture(path.read_bytes())


def members(path: Path) -> dict[str, Capture]:
    """The captures in a tree's folder or file, by their names; of the file in its order."""
    if path.is_dir():
        return {one.stem: read(one) for one in path.glob("*.peakline")}
    data = path.read_bytes()
    length, written, count, unrecorded = struct.unpack_from("<2Q2I", data, TREE)
    start = MEMBERS + 24 * count + unrecorded
    assert struct.unpack_from("<I", data, 8) == (3,)
    assert length == len(data)
    assert written == packing.checksum(data[TREE + 16 : start])
    found = {}
    for place in range(MEMBERS, MEMBERS + 24 * count, 24):
        offset, size, process, image = struct.unpack_from("<2Q2I", data, place)
        assert offset >= start
        start = offset + size
        name = f"{process}" if image == 1 else f"{process}-{image}"
        found[name] = _capture(data[offset:start])
    assert start == length
    return found


def _capture(data: bytes) -> Capture:
    words = struct.unpack_from("<Q12I2i", data)
    (magic, version, chunk_size, _chunks, mode, state, stacks_kind) = words[:7]
    assert (magic.to_bytes(8, "little"), chunk_size) == (b"PEAKLINE", CHUNK)
    baseline, live, peak, _moment, epoch, peak_bound = struct.unpack_from("<6q", data, 88)
    counts = struct.unpack_from("<16I", data, 168)
    dropped = struct.unpack_from("<4q", data, 232)
    tables = {1: _live, 2: packing.tables}[version](data)

    def text(number: int) -> str:
        if not number:
            return ""
        (length,) = struct.unpack_from("<I", tables[STRINGS], number)
        return tables[STRINGS][number + 4 : number + 4 + length].decode()

    functions = [
        struct.unpack_from("<4I", tables[FUNCTIONS], 16 * index)
        for index in range(counts[FUNCTIONS])
    ]
    nodes = [
        struct.unpack_from("<4I", tables[STACKS], 16 * index) for index in range(counts[STACKS])
    ]
    threads = [
        struct.unpack_from("<2Iq", tables[THREADS], 16 * index) for index in range(counts[THREADS])
    ]

    def frames(node: int) -> tuple[tuple[tuple[str, int], ...], str]:
        found = []
        while node:
            parent, function, line, _ = nodes[node]
            assert parent < node
            if not function:
                return tuple(found), text(threads[line][1]) if line else ""
            found.append((text(functions[function][0]), line))
            node = parent
        raise AssertionError("a stack without a thread")

    stacks = []
    for index in range(1, counts[COUNTERS]):
        at = 128 * index
        one = struct.unpack_from("<qdqdQqd2Iqd3d", tables[COUNTERS], at)
        is_old = one[4] < epoch
        where, thread = frames(one[7])
        stacks.append(
            Stack(
                where,
                thread,
                live=one[0],
                at_peak=one[0] if is_old else one[2],
                allocated=one[5],
                allocations=one[6],
                temporary=one[10],
                variance=one[11] if is_old else one[12],
                live_variance=one[11],
                allocated_variance=one[13],
            )
        )
    return Capture(
        is_exact=bool(mode),
        state=state,
        stacks_kind=stacks_kind,
        baseline=baseline,
        live=live,
        peak=peak,
        peak_bound=peak_bound,
        dropped=dropped,
        agent_bytes=struct.unpack_from("<q", data, 272)[0],
        command=text(words[11]),
        stacks=stacks,
        marks=[
            Mark(text(name), begin, end, process)
            for begin, end, name, process in (
                struct.unpack_from("<2q2I", tables[MARKS], 24 * index)
                for index in range(1, counts[MARKS])
            )
        ],
    )


def _live(data: bytes) -> dict[int, bytes]:
    """The tables of a capture that is not packed, by their numbers."""
    (chunks,) = struct.unpack_from("<I", data, 16)
    assert len(data) >= chunks * CHUNK
    found: dict[int, bytes] = {}
    for index, table in enumerate(struct.unpack_from(f"<{chunks - 1}I", data, DIRECTORY), 1):
        found[table] = found.get(table, b"") + data[index * CHUNK : (index + 1) * CHUNK]
    return found


def record(
    folder: Path, source: str, *options: str, **environment: str
) -> tuple[Capture, subprocess.CompletedProcess[str]]:
    """Records a program of one process; what was captured, and how it ended."""
    done = run_recorded(folder, source, *options, **environment)
    return read(folder / "out.peakline"), done


def run_recorded(
    folder: Path, source: str, *options: str, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Records a program into `out.peakline`; how it ended."""
    # Only here: who reads captures need not have Peakline.
    from peakline import _executable

    (folder / "program.py").write_text(source, encoding="utf-8")
    capture = folder / "out.peakline"
    return subprocess.run(
        [
            _executable.find(),
            "record",
            "--force",
            "-o",
            str(capture),
            *options,
            sys.executable,
            "program.py",
        ],
        cwd=folder,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
