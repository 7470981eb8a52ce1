# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""What a program says about itself, in comments, known by arithmetic.

    block = bytearray(SIZE)  #: keeps ~ SIZE; blocks == 2

`==` is to the byte; `~` within 1 % and a few KiB, which leaves room for the headers of objects
and for rounding up to pages. Names are the program's own. With `or` either holds.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_NAMES = {
    "keeps": "heap_increment",
    "peak": "own_peak",
    "takes": "allocated",
    "drops": "freed",
    "blocks": "allocations",
    "asks": "requested",
    "others": "other_threads",
}
_CLAIM = re.compile(r"(\w+) (==|~) (.+)")


def unkept(
    source: str, names: Mapping[str, Any], truth: Mapping[int, Mapping[str, int]]
) -> Iterator[str]:
    """The claims that the recorded truth does not bear out, as sentences."""
    for number, text in enumerate(source.splitlines(), 1):
        if "#:" not in text:
            continue
        row = truth.get(_start_of(source, number))
        for claim in text.split("#:")[1].split(";"):
            if row is None:
                yield f"line {number} did not run"
            elif not any(_holds(part.strip(), names, row) for part in claim.split(" or ")):
                yield f"line {number}: {claim.strip()}, but {dict(row)}"


def _start_of(source: str, number: int) -> int:
    """The first line of the statement that a line belongs to."""
    import ast

    found = number
    for node in ast.walk(ast.parse(source)):
        is_simple = isinstance(node, ast.stmt) and not hasattr(node, "body")
        if is_simple and node.lineno <= number <= (node.end_lineno or number):
            found = node.lineno
    return found


def _holds(claim: str, names: Mapping[str, Any], row: Mapping[str, int]) -> bool:
    match = _CLAIM.fullmatch(claim)
    if match is None:
        raise ValueError(f"what does {claim!r} mean?")
    value = row[_NAMES[match[1]]]
    said = eval(match[3], dict(names))
    if match[2] == "==":
        return bool(value == said)
    return bool(
        abs(value - said) <= 0.01 * abs(said) + 4096 * max(1, row["allocations"]).bit_length()
    )
