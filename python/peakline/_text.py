# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""memory_profiler's four-column text, to the byte.

It prints from anything that has the `items()` of a `CodeMap`, subclasses of other projects
included, so nothing more is asked for: `source_line(filename, line)` and `source_note(filename,
line)` are used where a code map has them, and linecache otherwise. A file that vanished or shrank
costs the text of its lines, never the numbers. One row is one `write()`: streams in the wild look
at each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple, Protocol

from peakline._errors import BrokenStream, is_of_call, say

Measurement = tuple[float, float, int]
"""Increment in MiB, usage in MiB, occurrences."""

Row = tuple[int, "Measurement | None", str]
"""Line number, what was measured there, the line's text with its newline."""

UNAVAILABLE = "<source unavailable>\n"
"""Stands where a line's text is not known."""

_TEMPLATE = "{0:>6} {1:>12} {2:>12}  {3:>10}   {4:<}"
_HEADER = _TEMPLATE.format("Line #", "Mem usage", "Increment", "Occurrences", "Line Contents")


class Stream(Protocol):
    """What a table is written to."""

    def write(self, text: str, /) -> object:
        """Takes a piece of text."""


class CodeMapLike(Protocol):
    """What tables are made from."""

    def items(self) -> Any:
        """Per function its file name and an iterable of (line, measurement or None)."""


class Block(NamedTuple):
    """The table of one function; `note` is printed below the file's name."""

    filename: str
    rows: Iterable[Row]
    note: str | None = None


def write_code_map(code_map: CodeMapLike, stream: Stream | None = None, precision: int = 1) -> None:
    """Writes the tables of a code map. `stream` None is `sys.stdout` as it is now."""
    if stream is None:
        import sys

        stream = sys.stdout
        if stream is None:  # A program without a standard output.
            return
    show(_blocks(code_map), stream, precision)


def show(entries: Iterable[Block], stream: Stream, precision: int = 1) -> None:
    """Writes one table per entry; `precision` is the number of decimals of the MiB figures."""
    cell = f"{{0:{precision + 4}.{precision}f}} MiB"
    for filename, rows, note in entries:
        below = f"{note}\n" if note else ""
        write(stream, f"Filename: {filename}\n{below}\n")
        write(stream, _HEADER + "\n")
        write(stream, "=" * len(_HEADER) + "\n")
        for line, measured, text in rows:
            if measured:
                increment, usage, occurrences = measured[:3]
                cells = (cell.format(usage), cell.format(increment), occurrences)
                write(stream, _TEMPLATE.format(line, *cells, text))
            else:
                write(stream, _TEMPLATE.format(line, "", "", "", text))
        write(stream, "\n\n")


def guarded(report: Callable[[], object], what: str = "the table") -> bool:
    """Calls `report`; a stream that is closed, full or broken costs the report, nothing else.

    Whether it was written. If not, one line says why on the interpreter's original standard error.
    """
    try:
        report()
    except BrokenStream as error:
        say(f"could not write {what}: {error}")
        return False
    return True


def write(stream: Stream, text: str) -> None:
    """Writes; what the encoding cannot say is written as an escape. Raises BrokenStream."""
    try:
        stream.write(text)
    except UnicodeEncodeError:
        encoding = getattr(stream, "encoding", None) or "ascii"
        stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
    except Exception as error:
        if is_of_call(error, stream.write):
            raise BrokenStream(str(error)) from error
        raise


def _blocks(code_map: CodeMapLike) -> Iterator[Block]:
    for filename, lines in code_map.items():
        measured = list(lines)
        first = measured[0][0] if measured else 0
        line_of = _line_reader(code_map, filename)
        rows: list[Row] = []
        missing = False
        for number, values in measured:
            text = line_of(number)
            missing = missing or text is None
            rows.append((number, values, UNAVAILABLE if text is None else text))
        yield Block(filename, rows, _note(code_map, filename, first, missing))


def _line_reader(code_map: CodeMapLike, filename: str) -> Callable[[int], str | None]:
    """Gives a line's text: as captured when the function was registered, else as linecache has it.

    A code map that knows better than the file (the file changed) returns a mark such as
    `UNAVAILABLE`, not None.
    """
    captured = getattr(code_map, "source_line", None)
    lines: list[str] | None = None

    def line_of(number: int) -> str | None:
        nonlocal lines
        text: str | None = captured(filename, number) if captured is not None else None
        if text is None:
            lines = _file_lines(filename) if lines is None else lines
            text = lines[number - 1] if 1 <= number <= len(lines) else None
        return text

    return line_of


def _file_lines(filename: str) -> list[str]:
    import linecache

    try:
        return list(linecache.getlines(filename))
    except Exception:
        # Whatever a loader or an odd name provokes: the numbers are printed without the text.
        return []


def _note(code_map: CodeMapLike, filename: str, first: int, missing: bool) -> str | None:
    noted = getattr(code_map, "source_note", None)
    note: str | None = noted(filename, first) if noted is not None else None
    if note is None and missing:
        note = "NOTE: the source of these lines could not be found; the numbers are right"
    return note
