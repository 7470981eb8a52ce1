# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Matching, splitting, and compiling a pattern that is not in the cache."""

from __future__ import annotations

import re

TEXT = "one two three " * 2000
WORD = re.compile(r"(\w)(\w+)")


def work() -> None:
    found = WORD.findall(TEXT)
    first = WORD.match(TEXT)
    replaced = WORD.sub(r"\2\1", TEXT)
    words = re.split(r"\s+", TEXT)
    matches = list(WORD.finditer(TEXT[:1000]))
    re.purge()
    pattern = re.compile(r"(a|b)*c{2,5}[^x-z]")
    del found, first, replaced
    del words, matches, pattern
