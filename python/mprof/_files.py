# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Recordings as Python programs read them: the dictionary that `read_mprofile_file` gives."""

from __future__ import annotations

import os
import warnings
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

PATTERN = "mprofile_" + "?" * 14 + ".dat"
"""The usual name: fourteen digits of year to second, though any characters are taken."""

Profile = dict[str, Any]


def get_profile_filenames(args: Iterable[str] | str) -> list[str]:
    """The files that words mean: "all", or each a number in the list of this folder, or a name.

    Raises ValueError for a number that the list does not have, and a file that is not there.
    """
    from glob import glob

    listed = sorted(glob(PATTERN))
    if args == "all":
        return listed
    names = []
    for word in args:
        try:
            place = int(word)
        except ValueError:
            if not os.path.exists(word):
                raise ValueError(f"there is no file '{word}'") from None
            names.append(word)
            continue
        if not -len(listed) <= place < len(listed):
            raise ValueError(f"there is no recording {place}: this folder has {len(listed)}")
        names.append(listed[place])
    return names


def get_profiles(args: Any) -> list[str]:
    """The files in `args.profiles`; the newest where none is named. Ends with status 255 if there
    is none.
    """
    import sys

    if args.profiles:
        found = []
        listed = get_profile_filenames("all")
        for word in args.profiles:
            if os.path.exists(word):
                found.append(word)
            elif _is_place(word, len(listed)):
                found.append(listed[int(word)])
            else:
                print(f"Input file not found: {word}")
        if not found:
            print("No files found from given input.")
            sys.exit(-1)
        return found
    listed = get_profile_filenames("all")
    if not listed:
        print("No input file found. \nRecordings are mprofile_*.dat, and 'mprof run' makes them.")
        sys.exit(-1)
    print("Using last profile data.")
    return listed[-1:]


def _is_place(word: str, count: int) -> bool:
    try:
        return -count <= int(word) < count
    except ValueError:
        return False


def read_mprofile_file(filename: str) -> Profile:
    """Reads a recording.

    The keys: `mem_usage` and `timestamp`, two lists; `func_timestamp`, a list of `[start, end,
    memory at the start, memory at the end, level]` for each function, and for each name that
    `peakline.mark` was given, without the level where the file has none; `children`, a list of
    `(memory, time)` for each process; `cmd_line`, with its newline, or None; `filename`. MiB,
    seconds since the epoch.

    What cannot be read is left out, with one warning. Raises ValueError for a file with an empty
    line in which nothing can be read, and OSError.
    """
    memory: list[float] = []
    times: list[float] = []
    calls: dict[str, list[list[Any]]] = {}
    children: defaultdict[str, list[tuple[float, float]]] = defaultdict(list)
    command: str | None = None
    bad: list[int] = []
    has_empty_line = False
    with open(filename, encoding="utf-8", errors="surrogateescape") as file:
        for number, line in enumerate(file, 1):
            kind, _, rest = line.partition(" ")
            try:
                if kind == "MEM":
                    amount, time = _figures(line, rest)
                    memory.append(amount)
                    times.append(time)
                elif kind == "FUNC":
                    name, call = _call(rest)
                    calls.setdefault(name, []).append(call)
                elif kind in ("MARK", "SPAN"):
                    name, call = _named(rest, 2 if kind == "MARK" else 5)
                    found = calls.setdefault(name, [])
                    # A stretch began as a mark, whose place it takes.
                    instant = [call[0], call[0], call[2], call[2], 0]
                    if kind == "SPAN" and instant in found:
                        found[found.index(instant)] = call
                    else:
                        found.append(call)
                elif kind == "CHLD":
                    process, _, rest = rest.partition(" ")
                    children[process].append(_figures(line, rest))
                elif kind == "CMDLINE":
                    command = rest
                elif not rest:
                    has_empty_line |= line == "\n"
                    raise ValueError(line)
            except ValueError:
                bad.append(number)
    if has_empty_line and not (memory or calls or children):
        raise ValueError(f"Sampling time was too short: {filename} has no samples")
    if bad:
        lines = f"line {bad[0]}" if len(bad) == 1 else f"{len(bad)} lines, line {bad[0]} first,"
        warnings.warn(f"{filename}: {lines} could not be read", stacklevel=2)
    return {
        "mem_usage": memory,
        "timestamp": times,
        "func_timestamp": calls,
        "filename": filename,
        "cmd_line": command,
        "children": children,
    }


def _figures(line: str, rest: str) -> tuple[float, float]:
    """Memory and time. A last line that was cut off has another time than it had."""
    amount, time = rest.split(" ")
    if not line.endswith("\n") and time[-5:-4] != ".":
        raise ValueError(line)
    return _figure(amount), _figure(time)


def _figure(word: str) -> float:
    """What is beyond all memory and all time is no figure."""
    figure = float(word)
    if not abs(figure) < 1e12:
        raise ValueError(word)
    return figure


def _call(rest: str) -> tuple[str, list[Any]]:
    """The figures are counted from the end: some names have blanks in them. The level, which old
    files do not have, is the only figure without a point.
    """
    words = rest.split()
    count = 5 if len(words) > 5 and words[-1].isdigit() else 4
    name, figures = words[:-count], words[-count:]
    if not name:
        raise ValueError(rest)
    memory, start, after, end = map(_figure, figures[:4])
    return " ".join(name), [start, end, memory, after, *map(int, figures[4:])]


def _named(rest: str, count: int) -> tuple[str, list[Any]]:
    """So many figures, and the rest of the line."""
    *figures, name = rest.rstrip("\n").split(" ", count)
    if count == 2:
        memory, time = map(_figure, figures)
        return name, [time, time, memory, memory, 0]
    memory, start, after, end = map(_figure, figures[:4])
    return name, [start, end, memory, after, int(figures[4])]


def filter_mprofile_mem_usage_by_function(prof: Profile, func: str | None) -> list[float]:
    """The samples that were taken while a function ran; all of them where it is None.

    Raises ValueError for a function that the recording does not have.
    """
    if func is None:
        usage: list[float] = prof["mem_usage"]
        return usage
    if func not in prof["func_timestamp"]:
        raise ValueError(f"{func} was not found.")
    # A sample within two calls, as a recursive function has them, is there twice.
    return [
        amount
        for amount, time in zip(prof["mem_usage"], prof["timestamp"], strict=True)
        for start, end, *_ in prof["func_timestamp"][func]
        if start <= time <= end
    ]
