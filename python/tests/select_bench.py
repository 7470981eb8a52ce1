# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""A selector that remembers what it chose."""

from __future__ import annotations

from pathlib import Path
from types import CodeType

from peakline._select import Selector


class Chosen:
    """Remembers what a selector registered, as "file:name"."""

    def __init__(self, *patterns: str) -> None:
        self.names: list[str] = []
        self.codes: list[CodeType] = []
        self.selector = Selector(patterns, self.register)

    def register(self, code: CodeType, name: str) -> None:
        self.names.append(name)
        self.codes.append(code)

    def places(self) -> list[str]:
        return [
            f"{Path(code.co_filename).stem}:{name}"
            for code, name in zip(self.codes, self.names, strict=True)
        ]
