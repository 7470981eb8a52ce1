# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""A made-up capture with as many stacks as are wanted, as docs/format.md draws it."""

from __future__ import annotations

import random
import struct
from pathlib import Path
from typing import BinaryIO

CHUNK = 1 << 16
INTERVAL = 512 << 10
DEEPEST = 60
LINES_OF_A_FUNCTION = 20

STRINGS, FUNCTIONS, STACKS, COUNTERS, THREADS, MOMENTS, TIMELINE = range(1, 8)
ENTRY = {
    STRINGS: 4,
    FUNCTIONS: 16,
    STACKS: 16,
    COUNTERS: 128,
    THREADS: 16,
    MOMENTS: 32,
    TIMELINE: 16,
}


class Texts:
    """The table of strings."""

    def __init__(self) -> None:
        self.bytes = bytearray(4)

    def number(self, text: str) -> int:
        """Adds a text."""
        number = len(self.bytes)
        encoded = text.encode()
        self.bytes += struct.pack("<I", len(encoded)) + encoded
        self.bytes += bytes(-len(self.bytes) % 4)
        return number


def make(path: Path, stacks: int, lines: int) -> None:
    """Writes a sampled capture with a tree of so many stacks over so many lines at most."""
    chance = random.Random(7)
    texts = Texts()
    command, folder = texts.number("python job.py"), texts.number("/srv/project")
    functions = [(0, 0, 0, 0)]
    for index in range(max(1, lines // LINES_OF_A_FUNCTION)):
        name = texts.number(f"Class{index % 97}.method_{index}")
        file = texts.number(f"/srv/project/package_{index % 50}/module_{index % 400}.py")
        functions.append((name, file, 1 + index % 400, 0))
    tree, depths = [(0, 0, 0, 0), (0, 0, 1, 0)], [0, 0]
    counters = [bytes(ENTRY[COUNTERS])]
    peak = live = 0
    for index in range(2, stacks + 2):
        # Mostly deeper and deeper, now and then from somewhere else.
        parent = chance.randrange(max(1, index - 40) if chance.random() < 0.7 else 1, index)
        if depths[parent] > DEEPEST:
            parent = chance.randrange(1, min(index, 1000))
        # A few functions are met often.
        function = 1 + int((len(functions) - 1) * chance.random() ** 2)
        line = functions[function][2] + chance.randrange(LINES_OF_A_FUNCTION)
        tree.append((parent, function, line, index - 1))
        depths.append(depths[parent] + 1)
        size = int(chance.paretovariate(1.1) * 600)
        at_peak, at_end = (size * (chance.random() < part) for part in (0.6, 0.5))
        counters.append(_counters(index, size, at_peak, at_end, chance.randrange(3, 6)))
        peak, live = peak + at_peak, live + at_end
    tables = {
        FUNCTIONS: _pack("<IIII", functions),
        STACKS: _pack("<IIII", tree),
        COUNTERS: b"".join(counters),
        THREADS: bytes(16) + struct.pack("<IIq", 4711, texts.number("MainThread"), 0),
        MOMENTS: _pack("<qqqq", [(n * 10**7, n * 10**6, n * 10**6, 0) for n in range(1000)]),
        TIMELINE: _pack(
            "<IIq", [(1 + n, chance.randrange(10_000), 1 + n % 997) for n in range(0, stacks, 2)]
        ),
    }
    with path.open("wb") as file_:
        _write(file_, {STRINGS: bytes(texts.bytes), **tables}, command, folder, peak, live)


def _counters(stack: int, size: int, at_peak: int, live: int, epoch: int) -> bytes:
    """An entry of the counters: blocks of a kilobyte, all three times as often as they are held."""
    figures = [live, live / 1024, at_peak, at_peak / 1024, epoch, 3 * size, 3 * size / 1024]
    variances = [float(INTERVAL) * bytes_ for bytes_ in (live, at_peak, 3 * size)]
    packed = struct.pack("<qdqdQqdII", *figures, stack, 0)
    packed += struct.pack("<qdddd", size // 3, size / 3072, *variances)
    return packed.ljust(ENTRY[COUNTERS], b"\0")


def _pack(form: str, entries: list[tuple[int, ...]]) -> bytes:
    return b"".join(struct.pack(form, *entry) for entry in entries)


def _write(
    file: BinaryIO, tables: dict[int, bytes], command: int, folder: int, peak: int, live: int
) -> None:
    """The header, the directory and the chunks, table by table."""
    directory = [table for table, content in tables.items() for _ in range(0, len(content), CHUNK)]
    counts = [len(tables.get(table, b"")) // ENTRY.get(table, 1) for table in range(16)]
    first = bytearray(CHUNK)
    for place, form, value in (
        (0, "8s", b"PEAKLINE"),
        (8, "I", 1),  # the version
        (12, "I", CHUNK),
        (16, "I", 1 + len(directory)),
        (24, "I", 2),  # the process ended
        (28, "I", 1),  # Python's stacks are recorded
        (32, "I", 3),  # all of the process, and its small objects
        (36, "I", 0x030C04F0),
        (40, "I", 4711),
        (48, "I", command),
        (52, "I", folder),
        (56, "I", 1),  # it returned 0
        (64, "q", INTERVAL),
        (72, "q", 1_772_330_400 * 10**9),
        (80, "q", 10**10),
        (96, "q", live),
        (104, "q", peak),
        (112, "q", 9 * 10**9),
        (120, "q", 5),
        (144, "q", 3 * peak),
        (152, "q", 3 * peak - live),
        (288, "I", 10),
    ):
        struct.pack_into("<" + form, first, place, value)
    struct.pack_into("<16I", first, 168, *counts)
    struct.pack_into(f"<{len(directory)}I", first, 4096, *directory)
    file.write(first)
    for content in tables.values():
        file.write(content.ljust(-(-len(content) // CHUNK) * CHUNK, b"\0"))
