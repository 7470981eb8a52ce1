# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""What the tests of wrapping share: a recording that notes what it is told."""

from __future__ import annotations

from typing import Any


class Log:
    """Stands for the engine: notes what it is told, in order."""

    def __init__(self) -> None:
        self.events: list[str] = []
        self.functions: list[Any] = []

    def open_call(self, function: Any) -> Log:
        self.functions.append(function)
        self.events.append("open")
        return self

    def begin(self) -> None:
        self.events.append("begin")

    def end(self) -> None:
        self.events.append("end")

    def finish(self) -> None:
        self.events.append("finish")

    def steps(self) -> int:
        """The number of steps; each must have ended, and each call have been finished once."""
        assert self.events.count("begin") == self.events.count("end")
        assert self.events.count("open") == self.events.count("finish")
        assert self.events[-1:] == ["finish"]
        return self.events.count("begin")


class Thing:
    """Something that can be watched as it dies."""
