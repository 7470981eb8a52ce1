# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Buffers of streams: over-allocated while they grow, shared when they are asked."""

from __future__ import annotations

import io
import tempfile

DATA = bytes(100_000)
FILE = tempfile.TemporaryFile()  # noqa: SIM115
FILE.write(DATA * 5)


def work() -> None:
    buffer = io.BytesIO()
    for _ in range(20):
        buffer.write(DATA)
    whole = buffer.getvalue()
    text = io.StringIO()
    for number in range(500):
        print(number, file=text)
    lines = text.getvalue()
    FILE.seek(0)
    read = FILE.read()  #: keeps ~ 5 * len(DATA)
    del buffer, whole
    del text, lines, read
