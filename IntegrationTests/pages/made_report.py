# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""A recording that is described, so that every number of it is known."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

MIB = 1024 * 1024
ROOT, THREAD, LINE, OUTSIDE, HIDDEN, UNKNOWN, PROCESS = range(7)
AMOUNTS = ("peak", "peakBlocks", "live", "allocated", "allocations", "temporary", "temporaryBlocks")


@dataclass
class Description:
    """A recording. Stacks are entered with `hold`; the columns follow from them."""

    title: str = "python job.py"
    duration: int = 3200
    sampled: int = 0
    """Bytes between samples; nothing for exact."""
    about: list[str] = field(default_factory=list)
    findings: list[tuple[str, tuple[str, int, str] | None]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    processes: list[dict[str, Any]] = field(default_factory=list)
    threads: list[tuple[str, int]] = field(default_factory=list)
    texts: dict[str, list[str | None]] = field(default_factory=dict)
    marks: list[tuple[int, int, str]] = field(default_factory=list)
    baseline: int = 0
    folded: dict[str, Any] | None = None
    moments: list[int] = field(default_factory=list)
    resident: bool = False
    before: dict[str, Any] | None = None

    def __post_init__(self) -> None:
        self.places: dict[tuple[int, int, int, int], int] = {(ROOT, -1, -1, -1): 0}
        self.files: dict[str, int] = {}
        self.functions: dict[str, int] = {}
        self.nodes: dict[tuple[int, int], int] = {}
        self.parent, self.place = [0], [0]
        self.own: dict[str, list[float]] = {name: [0.0] for name in AMOUNTS}
        self.other: dict[str, list[float]] = {}
        self.counters: list[tuple[int, float, int, int]] = []
        self.changes: list[tuple[int, int, float]] = []

    # ---- Entering --------------------------------------------------------------------------------

    def place_of(self, what: Any) -> int:
        """A place: ("file", line, "function"), ("thread", n), ("process", n) or a kind."""
        if isinstance(what, int):
            key = (what, -1, -1, -1)
        elif len(what) == 2:
            key = (THREAD if what[0] == "thread" else PROCESS, -1, what[1], -1)
        else:
            file = self.files.setdefault(what[0], len(self.files))
            function = self.functions.setdefault(what[2], len(self.functions))
            key = (LINE, file, what[1], function)
        return self.places.setdefault(key, len(self.places))

    def node_of(self, stack: Sequence[Any]) -> int:
        node = 0
        for what in stack:
            key = (node, self.place_of(what))
            if key not in self.nodes:
                self.nodes[key] = len(self.parent)
                self.parent.append(node)
                self.place.append(key[1])
                for column in [*self.own.values(), *self.other.values()]:
                    column.append(0.0)
            node = self.nodes[key]
        return node

    def hold(
        self,
        stack: Sequence[Any],
        course: Sequence[tuple[int, float]],
        *,
        process: int = 0,
        thread: int = 0,
        allocated: float = 0,
        blocks: float = 1,
        temporary: float = 0,
        before: dict[str, float] | None = None,
    ) -> int:
        """A stack that holds each amount from its moment on; the peak's share of it follows."""
        node = self.node_of(stack)
        counter = len(self.counters)
        steps = [(0, 0.0), *course]
        for (_, amount), (until, _) in itertools.pairwise(steps):
            if until > 0:
                self.changes.append((counter, until, amount))
        self.counters.append((node, steps[-1][1], process, thread))
        rises = sum(max(0.0, b - a) for (_, a), (_, b) in itertools.pairwise(steps))
        self.own["live"][node] += steps[-1][1]
        self.own["allocated"][node] += max(allocated, rises)
        self.own["allocations"][node] += blocks
        self.own["temporary"][node] += temporary
        self.own["temporaryBlocks"][node] += 1 if temporary else 0
        for name, amount in (before or {}).items():
            column = self.other.setdefault(f"{name}Before", [0.0] * len(self.parent))
            column[node] += amount
        return node

    # ---- What follows ----------------------------------------------------------------------------

    def held(self, ms: float) -> list[float]:
        """What each counter holds at a moment, by the rule of the format."""
        held = [live for _, live, _, _ in self.counters]
        for counter, until, live in sorted(self.changes, key=lambda each: -each[1]):
            if until > ms:
                held[counter] = live
        for counter, (_, _, process, _) in enumerate(self.counters):
            lives = self.processes[process] if self.processes else {"begin": 0, "end": 1e12}
            if not lives["begin"] <= ms <= lives["end"]:
                held[counter] = 0.0
        return held

    def finish(self, peak_ms: int | None = None) -> dict[str, Any]:
        """The JSON and the columns."""
        if not self.processes:
            self.processes = [
                {"pid": 1234, "label": f"1234 {self.title}", "begin": 0, "end": self.duration}
            ]
        if not self.threads:
            self.threads = [("", 0)]
        self.changes.sort(key=lambda each: each[1])
        moments = self.moments or list(range(0, self.duration + 1, max(1, self.duration // 320)))
        live = self.usage(moments)
        index = max(range(len(live)), key=live.__getitem__) if live else 0
        peak_ms = moments[index] if peak_ms is None else peak_ms
        for (node, _, _, _), held in zip(self.counters, self.held(peak_ms), strict=True):
            self.own["peak"][node] += held
            self.own["peakBlocks"][node] += 1 if held else 0
        columns: list[tuple[str, str, Iterable[float]]] = []
        keys = list(self.places)
        for number, name in enumerate(("kind", "file", "line", "function")):
            columns.append((f"place.{name}", "i32", [key[number] for key in keys]))
        columns += [("node.parent", "i32", self.parent), ("node.place", "i32", self.place)]
        columns += [(f"node.{name}", "f64", column) for name, column in self.own.items()]
        if self.before:
            for name in ("peak", "live", "allocated", "allocations"):
                column = self.other.get(f"{name}Before", [0.0] * len(self.parent))
                columns.append((f"node.{name}Before", "f64", column))
        if self.sampled:
            # Each sample stands for so many bytes: that is its variance, too.
            suffixes = ("Variance", "VarianceBefore") if self.before else ("Variance",)
            for suffix in suffixes:
                for name in ("peak", "live", "allocated"):
                    source = self.own[name]
                    if suffix != "Variance":
                        source = self.other.get(f"{name}Before", [0.0] * len(self.parent))
                    columns.append(
                        (f"node.{name}{suffix}", "f64", [each * self.sampled for each in source])
                    )
        for number, (name, kind) in enumerate(
            (("node", "i32"), ("live", "f64"), ("process", "i32"), ("thread", "i32"))
        ):
            columns.append((f"counter.{name}", kind, [row[number] for row in self.counters]))
        for number, (name, kind) in enumerate(
            (("counter", "i32"), ("until", "i32"), ("live", "f64"))
        ):
            columns.append((f"change.{name}", kind, [row[number] for row in self.changes]))
        resident = [each * 1.2 + 30 * MIB if self.resident else 0.0 for each in live]
        usage: list[tuple[str, Sequence[float]]] = [
            ("ms", moments),
            ("live", live),
            ("highest", live),
            ("resident", resident),
        ]
        columns += [(f"moment.{name}", "f64", column) for name, column in usage]
        for process in self.processes:
            process.setdefault("peak", max(live, default=0))
            process.setdefault("ending", "ended")
        head = {
            "schema": 1,
            "kind": "difference" if self.before else "capture",
            "title": self.title,
            "about": self.about,
            "isSampled": bool(self.sampled),
            "interval": self.sampled,
            "step": max(1, self.duration // 320),
            "duration": self.duration,
            "peak": {
                "bytes": round(max(live, default=0)),
                "ms": peak_ms,
                "bound": 0,
                "resident": round(max(resident, default=0)),
            },
            "end": {"bytes": round(live[-1] if live else 0)},
            "baseline": self.baseline,
            "findings": [
                {"text": text, "place": None if where is None else self.place_of(where)}
                for text, where in self.findings
            ],
            "notes": self.notes,
            "processes": self.processes,
            "threads": [{"label": label, "process": process} for label, process in self.threads],
            "files": list(self.files),
            "short": [short(name) for name in self.files],
            "libraries": [library(name) for name in self.files],
            "functions": list(self.functions),
            "sources": [
                {"file": self.files[name], "lines": lines}
                for name, lines in self.texts.items()
                if name in self.files
            ],
            "marks": [{"ms": begin, "until": end, "text": text} for begin, end, text in self.marks],
            "folded": self.folded,
        }
        if self.before:
            head["before"] = self.before
        return {"head": head, "columns": columns}

    def usage(self, moments: list[int]) -> list[float]:
        """All that is in use at each moment, with what was there before."""
        after: list[float] = []
        last = [live for _, live, _, _ in self.counters]
        for counter, _, live in reversed(self.changes):
            after.append(last[counter])
            last[counter] = live
        after.reverse()
        sums = [0.0] * len(self.processes)
        for counter, (_, _, process, _) in enumerate(self.counters):
            sums[process] += last[counter]
        usage, next_change = [], 0
        for ms in moments:
            while next_change < len(self.changes) and self.changes[next_change][1] <= ms:
                counter, _, live = self.changes[next_change]
                sums[self.counters[counter][2]] += after[next_change] - live
                next_change += 1
            alive = [p["begin"] <= ms <= p["end"] for p in self.processes]
            here = sum(each for each, is_alive in zip(sums, alive, strict=True) if is_alive)
            usage.append(self.baseline + here)
        return usage


_FOLDER = re.compile(r"(?:-packages|lib(?:64)?/python3[^/]*)/(?!site-)")


def library(path: str) -> str | None:
    """The library that a file belongs to; nothing for the program's own."""
    if path.startswith("<frozen "):
        return "Python's import system" if path.startswith("<frozen importlib") else "Python"
    return short(path).partition("/")[0].removesuffix(".py") if _FOLDER.search(path) else None


def short(path: str) -> str:
    """A file's path as it is shown."""
    if found := [*_FOLDER.finditer(path)]:
        return path[found[-1].end() :]
    return path.rsplit("/", 1)[-1]
