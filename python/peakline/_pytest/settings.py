# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""What the options say."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from peakline._sizes import size_of

if TYPE_CHECKING:
    from collections.abc import Mapping

_LEAST_INTERVAL = 1024


class Settings(NamedTuple):
    """The options, checked."""

    top: int
    """How many tests the table shows; 0 for all."""
    lines: int
    """How many lines of each."""
    sample: int
    """Bytes between two samples in the mean; 0 records every block."""
    captures: str | None
    """The folder for captures that are kept, an absolute path."""
    json: str | None
    """The file for the figures, an absolute path."""

    @staticmethod
    def of(values: Mapping[str, Any]) -> Settings:
        """From texts. Raises UsageError."""
        sample = 0
        if values["sample"]:
            try:
                sample = size_of(values["sample"])
            except ValueError as error:
                raise pytest.UsageError(f"--peakline-sample: {error}") from None
            if sample < _LEAST_INTERVAL:
                raise pytest.UsageError("--peakline-sample needs 1024 bytes or more")
        return Settings(
            _count("top", values["top"], 10),
            _count("lines", values["lines"], 3),
            sample,
            os.path.abspath(values["captures"]) if values["captures"] else None,
            _file("json", values["json"]),
        )


def _file(name: str, path: str | None) -> str | None:
    """An absolute path. Raises UsageError where no file can be written."""
    if not path:
        return None
    folder = os.path.dirname(os.path.abspath(path))
    if os.path.isdir(path) or not os.access(folder, os.W_OK):
        why = (
            "it is a folder"
            if os.path.isdir(path)
            else f"there is no folder '{folder}' to write to"
        )
        raise pytest.UsageError(f"--peakline-{name}: '{path}' cannot be written: {why}")
    return os.path.abspath(path)


def _count(name: str, text: str | None, usual: int) -> int:
    if not text:
        return usual
    if not (text.isascii() and text.isdigit()):
        raise pytest.UsageError(f"--peakline-{name} needs a number, 0 or more, not '{text}'")
    return int(text)
