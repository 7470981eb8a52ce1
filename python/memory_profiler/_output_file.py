# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""The file of `-o`: opened before the program begins, written to when it has ended."""

from __future__ import annotations

import os
from typing import IO


class OutputFile:
    """A file that reports are appended to. Raises OSError if it cannot be written to.

    It stays open meanwhile, so that a program that changes its rights or its user cannot lose it.
    But a program may close all descriptors, and another file may then have the number: in that case
    the file is opened again by its name.
    """

    def __init__(self, path: str) -> None:
        self.path = os.path.abspath(path)
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o666)
        self._identity = self._found()

    def _found(self) -> tuple[int, int] | None:
        try:
            status = os.fstat(self._file)
        except OSError:
            return None
        return status.st_dev, status.st_ino

    def stream(self) -> IO[str]:
        """The file, for the report; who gets it closes it. Raises OSError."""
        is_there = self._found() == self._identity
        return open(self._file if is_there else self.path, "a", encoding="utf-8")
