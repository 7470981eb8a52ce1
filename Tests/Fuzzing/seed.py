# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0

"""Makes seeds for the fuzzer of captures: seed.py FOLDER CAPTURE…

What a seed consists of is said in FuzzedCapture.swift.
"""

import sys
from pathlib import Path

CHUNK = 1 << 16
HEADER = 320
DIRECTORY = 4096
CHUNKS = 16
# Bytes of each chunk, by the moment that is asked about: peak, end, a time, a window.
LENGTHS = (256, 1024, 512, 768)
CHANGES = 48
REPORTS = 7


def seed(capture: bytes, question: bytes, length: int) -> bytes:
    """The question, the header, the directory, so many bytes of each chunk, and no changes."""
    parts = [question, capture[:HEADER], capture[DIRECTORY : DIRECTORY + 4 * CHUNKS]]
    for chunk in range(1, CHUNKS + 1):
        parts.append(capture[chunk * CHUNK :][:length].ljust(length, b"\0"))
    return b"".join([*parts, bytes(CHANGES)])


def main() -> None:
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for path in map(Path, sys.argv[2:]):
        capture = path.read_bytes()
        for when, length in enumerate(LENGTHS):
            for report in range(REPORTS):
                for packed in (0, 128):
                    question = bytes([when, 1, 2, packed + report, 64 * when, report, 0, 0])
                    name = f"{path.stem}-{when}-{report}-{packed}"
                    (folder / name).write_bytes(seed(capture, question, length))


if __name__ == "__main__":
    main()
