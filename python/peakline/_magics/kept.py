# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""The captures of the cells that were recorded: the last several, as long as this process lives."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from contextlib import suppress

from peakline._magics.arguments import usage_error

_MOST = 8
_MAGIC = b"PEAKLINE"


class Kept:
    """Paths of captures, the last one last; those without a name of the user's are in a folder
    that is removed with this process.
    """

    def __init__(self) -> None:
        self.paths: list[str] = []
        self._folder = ""
        self._owner = 0
        self._count = 0

    def new(self, name: str) -> str:
        """A path where no file is: what the user calls it, or one of our own.

        A capture that is there is kept like the others if it is one of these, else it is replaced.
        Raises UsageError for a file that is none.
        """
        if not name:
            return self._own()
        path = os.path.abspath(os.path.expanduser(name))
        if not os.path.lexists(path):
            return path
        if not _is_capture(path):
            raise usage_error(f"{name} is there and is no capture: name another file")
        try:
            if path in self.paths:
                other = self._own()
                shutil.move(path, other)
                self.paths = [other if one == path else one for one in self.paths]
            else:
                os.unlink(path)
        except OSError as error:
            raise usage_error(f"{name} cannot be replaced: {error.strerror}") from None
        return path

    def add(self, path: str) -> None:
        """Keeps a capture, and of those in our folder the last several only."""
        self.paths.append(path)
        for one in self.paths[:-_MOST]:
            if os.path.dirname(one) == self._folder:
                with suppress(OSError):
                    os.unlink(one)
        del self.paths[:-_MOST]

    def last_two(self) -> tuple[str, str]:
        """The last two that are there, the later one last. Raises UsageError."""
        there = [path for path in self.paths if os.path.exists(path)]
        if len(there) < 2:
            count = "one was" if there else "none were"
            raise usage_error(
                "the last two cells that '%%peakline' recorded would be compared, but "
                f"{count} recorded so far"
            )
        return there[-2], there[-1]

    def _own(self) -> str:
        # A forked child has a folder of its own: its parent's goes with its parent.
        if self._owner != os.getpid():
            self._folder = tempfile.mkdtemp(prefix="peakline-cells-")
            self._owner = os.getpid()
            atexit.register(_remove, self._folder, self._owner)
        self._count += 1
        return os.path.join(self._folder, f"{self._count}.peakline")


def _is_capture(path: str) -> bool:
    try:
        with open(path, "rb") as file:
            return file.read(len(_MAGIC)) == _MAGIC
    except OSError:
        return False


def _remove(folder: str, owner: int) -> None:
    if os.getpid() == owner:
        shutil.rmtree(folder, ignore_errors=True)
