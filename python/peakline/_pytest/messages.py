# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""What a test is told that exceeds a limit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from peakline._sizes import shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peakline._pytest.captures import Captures, Line
    from peakline._pytest.limits import LeakLimit, MemoryLimit

_MOST_LINES = 10
_MOST_STACKS = 5


def over_limit(held: int, limit: MemoryLimit, lines: Sequence[Line] | str) -> str:
    """Of a test that held too much; `lines` may be the reason why they are not known."""
    whose = "its thread" if limit.current_thread_only else "the test"
    head = (
        f"{whose} held {shown(held)} at the peak, and limit_memory allows less than "
        f"{shown(limit.size)} ({held:,} of {limit.size:,} bytes)"
    )
    if isinstance(lines, str):
        return f"{head}; which lines they are in is not known: {lines}"
    listed = [line for line in lines[:_MOST_LINES] if line.held >= held / 100]
    left = lines[len(listed) :]
    rows = [row_of(line) for line in listed]
    if left:
        places = "1 other line" if len(left) == 1 else f"{len(left)} other lines"
        rows.append(f"{shown(sum(line.held for line in left)):>10}  in {places}")
    return "\n".join([head, *rows])


def row_of(line: Line) -> str:
    """A line with what it held."""
    place = line.function if line.file is None else f"{line.file}:{line.line} {line.function}"
    source = (line.source or "").strip()
    return f"{shown(line.held):>10}  {place:<40}  {source}".rstrip()


def grown(growth: Sequence[dict[str, Any]], limit: LeakLimit, captures: Captures) -> str:
    """Of a test that holds more each time it is repeated."""
    times = "once" if limit.repetitions == 1 else f"{limit.repetitions} times in a row"
    places = "one place" if len(growth) == 1 else f"{len(growth)} places"
    rows = [
        f"the test held at least {shown(limit.size)} more {times} when it was repeated, "
        f"in {places}; limit_leaks allows less"
    ]
    for stack in growth[:_MOST_STACKS]:
        rows += _grown(stack, captures)
    if len(growth) > _MOST_STACKS:
        rows.append(f"and {len(growth) - _MOST_STACKS} places that grow less")
    return "\n".join(rows)


def _grown(stack: dict[str, Any], captures: Captures) -> list[str]:
    frames = stack["frames"]
    own = [frame for frame in frames if captures.is_of_project(frame["file"])]
    shown_frames = own or frames[-1:]
    last = shown_frames[-1]
    steps = ", ".join(shown(step) for step in stack["steps"])
    rows = [f"{shown(stack['least']):>10}  {_place(last, captures):<40}  {_source(last)}".rstrip()]
    rows.append(f"{'':10}  by {steps}")
    if len(shown_frames) > 1:
        path = " → ".join(_place(frame, captures) for frame in shown_frames)
        rows.append(f"{'':10}  on {path}")
    return rows


def _place(frame: dict[str, Any], captures: Captures) -> str:
    if frame["file"] is None:
        return str(frame["function"])
    return f"{captures.relative(frame['file'])}:{frame['line']} {frame['function']}"


def _source(frame: dict[str, Any]) -> str:
    return (frame["source"] or "").strip()
