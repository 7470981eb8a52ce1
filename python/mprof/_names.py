# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""What recordings and plots call things: functions, commands, processes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple


def function_labels(dotted_function_names: Iterable[str]) -> dict[str, str]:
    """For each name the shortest end of it, by whole words, that is no other's end as well."""
    names = set(dotted_function_names)
    ends = {name: _ends(name) for name in names}
    users = Counter(end for candidates in ends.values() for end in candidates)
    labels = {}
    for name, candidates in ends.items():
        labels[name] = next((end for end in candidates if users[end] == 1), name)
    return labels


def _ends(name: str) -> list[str]:
    """The ends of a dotted name, the shortest first; the last is all of it."""
    words = name.split(".")
    return [".".join(words[start:]) for start in range(len(words) - 1, -1, -1)]


def get_cmd_line(args: Sequence[str]) -> str:
    """The words of a command with blanks between; one with a blank or a tab in it stands in
    quotation marks.
    """
    return " ".join(f"'{word}'" if " " in word or "\t" in word else word for word in args)


class FoundProcess(NamedTuple):
    """A process, where psutil is not installed."""

    pid: int
    its_name: str

    def name(self) -> str:
        """What the kernel calls it."""
        return self.its_name


def find_first_process(name: str) -> Any:
    """The first process whose name contains `name`, this one left out: psutil's object where psutil
    is installed, else one with `pid` and `name()`. None if there is none.
    """
    import os

    for number in sorted(int(entry) for entry in os.listdir("/proc") if entry.isdigit()):
        try:
            with open(f"/proc/{number}/comm", encoding="utf-8", errors="replace") as file:
                found = file.read().rstrip("\n")
        except OSError:
            continue
        if name in found and number != os.getpid():
            try:
                import psutil  # type: ignore[import-untyped, unused-ignore]
            except ImportError:
                return FoundProcess(number, found)
            return psutil.Process(number)
    return None
