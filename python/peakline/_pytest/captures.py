# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""The captures of tests: where they are, and what they say."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import struct
import tempfile
from contextlib import suppress
from os import getpid
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from peakline._render import answer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peakline._pytest.settings import Settings

_LONGEST_NAME = 200
_LIBRARIES = ("site-packages", "dist-packages")
_HIDDEN = [word for name in _LIBRARIES for word in ("--hide", name)]

_HEADER = struct.Struct("<88x10q64x3q")
"""A capture's header from `baseline` to `allocations`, and what was dropped: docs/format.md."""

# As they were: fixtures may have replaced them when a test ends.
_open, _pread, _close = os.open, os.pread, os.close


class Figures(NamedTuple):
    """What a test did, in bytes; picklable and plain, so that workers can send it."""

    peak: int
    """The most that it held at once."""
    bound: int
    """The peak may have been higher by so much: threads report what they allocate in batches."""
    allocated: int
    """All that it allocated."""
    allocations: int
    """In how many blocks."""
    lost: int
    """Blocks that are in no figure, because there was no room to record them."""


class Line(NamedTuple):
    """A line of a test's capture."""

    file: str | None
    """Relative to the root of the project if it is below; None for what is no line."""
    line: int | None
    function: str
    source: str | None
    held: int
    """Bytes at the peak."""
    blocks: float


class Captures:
    """A folder of captures: a temporary one, or that of `--peakline-captures`."""

    def __init__(self, root: str, kept: str | None, shared: str | None) -> None:
        self.root = root
        self.are_kept = kept is not None
        # Made at once: a child that pytest-forked makes for a test would leave its own behind.
        self._owner = 0 if kept or shared else getpid()
        self.folder = kept or shared or tempfile.mkdtemp(prefix="peakline-tests-")
        self._count = 0

    @staticmethod
    def of(config: pytest.Config, settings: Settings) -> Captures:
        """Those of a session; workers of pytest-xdist use their controller's. Raises UsageError."""
        shared = getattr(config, "workerinput", {}).get("peakline_captures")
        kept = settings.captures
        try:
            if kept is not None:
                os.makedirs(kept, exist_ok=True)
            return Captures(str(config.rootpath), kept, shared)
        except OSError as error:
            folder = f"the folder '{kept}'" if kept else "a temporary folder"
            raise pytest.UsageError(
                f"--peakline-captures: {folder} cannot be made: {error.strerror}"
            ) from None

    def new(self, nodeid: str) -> str:
        """The path for a test's capture, where no file is."""
        if self.are_kept:
            path = os.path.join(self.folder, _file_name(nodeid))
            with suppress(FileNotFoundError):
                os.unlink(path)
            return path
        self._count += 1
        return os.path.join(self.folder, f"{getpid()}-{self._count}.peakline")

    def drop(self, path: str | None) -> None:
        """Deletes a capture, unless they are kept."""
        if path is not None and not self.are_kept:
            with suppress(OSError):
                os.unlink(path)

    def close(self) -> None:
        """Deletes the temporary folder, in the process that made it."""
        if self._owner == getpid():
            self._owner = 0
            shutil.rmtree(self.folder, ignore_errors=True)

    def lines(self, path: str, thread: int | None = None) -> list[Line]:
        """The project's lines that held something at the peak, what held most first.

        What libraries hold counts with the line of the project that called them. Raises
        CannotRender.
        """
        words = ["report", "--json", "--only", f"{self.root}/*", *_HIDDEN]
        if thread is not None:
            words += ["--thread", str(thread)]
        found: dict[str, Any] = json.loads(answer([*words, path]))
        return [
            Line(
                self.relative(one["file"]),
                one["line"],
                one["function"],
                one["source"],
                one["at_peak"],
                one["blocks"],
            )
            for one in found["lines"]
            if one["at_peak"] > 0
        ]

    def growth(self, paths: Sequence[str], thread: int | None = None) -> list[dict[str, Any]]:
        """The stacks that held more in each of some copies of a capture. Raises CannotRender."""
        words = ["growth"] if thread is None else ["growth", "--thread", str(thread)]
        stacks: list[dict[str, Any]] = json.loads(answer([*words, *paths]))["stacks"]
        return stacks

    def is_of_project(self, file: str | None) -> bool:
        """Whether a file is the project's own."""
        if file is None or not file.startswith(self.root + "/"):
            return False
        return not any(f"/{name}/" in file for name in _LIBRARIES)

    def relative(self, file: str | None) -> str | None:
        """A file as seen from the root of the project, if it is below."""
        return None if file is None else file.removeprefix(self.root + "/")


def figures_of(path: str) -> Figures:
    """What a capture says of the whole. Raises OSError."""
    file = _open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        words = _HEADER.unpack(_pread(file, _HEADER.size, 0))
    finally:
        _close(file)
    baseline, _, peak, _, _, bound, _, allocated, _, allocations, *lost = words
    return Figures(peak - baseline, bound, allocated, allocations, sum(lost))


def _file_name(nodeid: str) -> str:
    name = re.sub(r"[^\w.,=\[\]+-]+", "-", nodeid.replace("::", "-")).strip("-")
    is_unlike = name != nodeid.replace("::", "-").replace("/", "-")
    # Another test may have a dash where this one has a slash or colons.
    is_ambiguous = "-" in nodeid or re.search(r"\[.*(/|::)", nodeid, re.DOTALL) is not None
    if is_unlike or is_ambiguous or len(name.encode()) > _LONGEST_NAME:
        # What is altered or cut off must not be another test's.
        digest = hashlib.sha256(nodeid.encode("utf-8", "surrogatepass")).hexdigest()[:12]
        name = f"{name.encode()[:_LONGEST_NAME].decode(errors='ignore')}-{digest}"
    return f"{name}.peakline"
