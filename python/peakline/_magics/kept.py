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
        """A path where no file is: beside what the user calls it, or one of our own.

        Raises UsageError for a file that is there and is no capture.
        """
        if not name:
            return self._own()
        path = _absolute(name)
        if os.path.lexists(path) and not _is_capture(path):
            raise usage_error(f"{name} is there and is no capture: name another file")
        self._count += 1
        return f"{path}.{os.getpid()}-{self._count}"

    def named(self, path: str, name: str) -> str:
        """Gives a file of `new(name)`, which is there now, the user's name; what it is called then.

        A capture that is there is kept like the others if it is one of these, else it is replaced.
        Raises OSError.
        """
        if not name:
            return path
        wanted = _absolute(name)
        try:
            if wanted in self.paths and os.path.exists(wanted):
                other = self._own()
                shutil.move(wanted, other)
                self.paths = [other if one == wanted else one for one in self.paths]
            os.replace(path, wanted)
        except OSError:
            os.unlink(path)
            raise
        return wanted

    def add(self, path: str) -> None:
        """Keeps a capture, and of those in our folder the last several only."""
        self.paths = [*(one for one in self.paths if one != path), path]
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


def _absolute(name: str) -> str:
    return os.path.abspath(os.path.expanduser(name))


def _is_capture(path: str) -> bool:
    try:
        with open(path, "rb") as file:
            return file.read(len(_MAGIC)) == _MAGIC
    except OSError:
        return False


def _remove(folder: str, owner: int) -> None:
    if os.getpid() == owner:
        shutil.rmtree(folder, ignore_errors=True)
