# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Report pages of recordings that are described here, so that every number on them is known."""

from __future__ import annotations

import base64
import itertools
import json
import random
import re
import zlib
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SOURCES = Path(__file__).resolve().parents[2] / "Sources/Reports"
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
            "functions": list(self.functions),
            "sources": [
                {"file": self.files[name], "lines": lines}
                for name, lines in self.texts.items()
                if name in self.files
            ],
            "marks": [
                {"ms": begin, "until": end, "text": text} for begin, end, text in self.marks
            ],
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


def short(path: str) -> str:
    """A file's path as it is shown."""
    return (
        re.split(r"-packages/|lib/python3[^/]*/(?!site)", path)[-1]
        if "python3" in path
        else (path.rsplit("/", 1)[-1])
    )


# ---- Pages ---------------------------------------------------------------------------------------


def packed(columns: list[tuple[str, str, Iterable[float]]]) -> tuple[list[dict[str, Any]], str]:
    """The list of the columns, and the blob they are in."""
    listed, blob = [], bytearray()
    for name, kind, values in columns:
        integers = array("i", [int(value) for value in values] if kind == "i32" else [])
        numbers = array("d", values if kind == "f64" else [])
        listed.append({"name": name, "type": kind, "count": len(integers) + len(numbers)})
        blob += integers.tobytes() + numbers.tobytes()
        blob += bytes(-len(blob) % 8)
    return listed, base64.b64encode(zlib.compress(bytes(blob), 6)).decode()


def themes() -> str:
    """The style sheet's variables, as the palette in Swift has them."""
    text = (SOURCES / "Plots/PlotPalette.swift").read_text(encoding="utf-8")
    pages = re.findall(r'\("page", "(#\w+)"\)', (SOURCES / "HTML/Palette.swift").read_text())
    made = []
    for name, page in zip(("light", "dark"), pages, strict=True):
        part = text[text.index(f"static let {name} ") :]
        part = part[: part.index("])")]
        colors = {
            key: re.search(rf'{key}: "(#\w+)"', part) for key in ("text", "quiet", "rule", "peak")
        }
        curves = re.findall(r'"(#\w+)"', part[part.index("curves:") :])
        pairs = [("page", page), *((key, found[1]) for key, found in colors.items() if found)]
        pairs += [(f"c{number}", color) for number, color in enumerate(curves)]
        made.append(";".join(f"--pl-{key}:{color}" for key, color in pairs))
    light, dark = made
    return (
        f":root{{color-scheme:light dark;{light}}}"
        f"@media(prefers-color-scheme:dark){{:root{{{dark}}}}}"
        f":root[data-theme=light]{{color-scheme:light;{light}}}"
        f":root[data-theme=dark]{{color-scheme:dark;{dark}}}\n"
    )


def script() -> str:
    """All files of the script; the one that starts it is the last."""
    files = sorted(
        (SOURCES / "Web/report").glob("*.js"),
        key=lambda path: (path.name == "opening.js", path.name),
    )
    return "".join(bare(path.read_text(encoding="utf-8")) for path in files)


def bare(text: str) -> str:
    """Without comments that begin a line, and without indentation, which a page need not carry."""
    rows = (re.sub(r"^/\*.*?\*/", "", row.strip()).strip() for row in text.split("\n"))
    return "\n".join(row for row in rows if row and not row.startswith(("//", "/*", "*"))) + "\n"


def page(recording: dict[str, Any]) -> str:
    """The page, as the writer in Swift puts it together."""
    listed, blob = packed(recording["columns"])
    head = json.dumps({**recording["head"], "columns": listed}, ensure_ascii=False)
    web = SOURCES / "Web/report"
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="Peakline">
<title>Memory</title>
<style>{themes()}{bare((web / "report.css").read_text(encoding="utf-8"))}</style>
</head>
<body>
{(web / "skeleton.html").read_text(encoding="utf-8")}
<script type="application/json" id="report">{head.replace("<", chr(92) + "u003c")}</script>
<script type="application/octet-stream" id="columns">{blob}</script>
<script type="module">
{script()}</script>
</body>
</html>
"""


def write(recording: dict[str, Any], path: Path) -> Path:
    path.write_text(page(recording), encoding="utf-8")
    return path


# ---- Recordings ----------------------------------------------------------------------------------

JOB = "/home/ada/shop/job.py"
READER = "/home/ada/shop/reader.py"
PANDAS = "/opt/python3.12/lib/python3.12/site-packages/pandas"
CSV = f"{PANDAS}/io/parsers/readers.py"
C_PARSER = f"{PANDAS}/io/parsers/c_parser_wrapper.py"
GROUPBY = f"{PANDAS}/core/groupby/groupby.py"
MERGE = f"{PANDAS}/core/reshape/merge.py"
MANAGERS = f"{PANDAS}/core/internals/managers.py"
JSON = "/opt/python3.12/lib/python3.12/json/decoder.py"
THREADING = "/opt/python3.12/lib/python3.12/threading.py"

JOB_TEXT = '''"""What each region sold, month by month."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

import pandas as pd

from reader import read_orders, read_customers

CACHE: dict[str, pd.DataFrame] = {}


@profile
def by_region(orders: pd.DataFrame, customers: pd.DataFrame) -> pd.DataFrame:
    """Joins every order with its customer, then sums by region and month.

    The join is as long as the orders: it is what needs memory.
    """
    joined = orders.merge(customers, on="customer", how="left")
    joined["month"] = joined["date"].dt.to_period("M")
    sums = joined.groupby(["region", "month"])["cents"].sum()
    return sums.reset_index()


def remember(name: str, table: pd.DataFrame) -> None:
    CACHE[name] = table.copy()  # for the next report


def main(folder: Path) -> int:
    orders = read_orders(folder / "orders.csv")
    customers = read_customers(folder / "customers.json")
    watcher = threading.Thread(target=watch, name="watcher")
    watcher.start()
    table = by_region(orders, customers)
    remember("by_region", table)
    print(f"{len(table):,} rows of {len(orders):,} orders")
    return 0


def watch() -> None:
    seen = [bytes(1 << 16) for _ in range(200)]
    del seen


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
'''
READER_TEXT = """import json
from pathlib import Path

import pandas as pd


def read_orders(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, parse_dates=["date"])


def read_customers(path: Path) -> pd.DataFrame:
    rows = json.loads(path.read_text())
    return pd.DataFrame(rows)
"""


def at(text: str, part: str) -> int:
    """The line that has a part."""
    return 1 + text[: text.index(part)].count("\n")


JOIN, MONTH, SUMS, KEEP = (
    at(JOB_TEXT, part) for part in ("orders.merge", '["month"] =', "joined.groupby", "CACHE[name]")
)
READ, CUSTOMERS, REPORT, REMEMBER = (
    at(JOB_TEXT, part)
    for part in ("= read_orders", "= read_customers", "table = by", 'remember("by')
)
RUN, WATCH = at(JOB_TEXT, "sys.exit"), at(JOB_TEXT, "seen = ")
READ_CSV, LOADS, FRAME = (
    at(READER_TEXT, part) for part in ("read_csv", "json.loads", "pd.DataFrame(rows)")
)


def lines(text: str) -> list[str | None]:
    return [*text.split("\n")[:-1]]


def grow(start: int, end: int, amount: float, steps: int = 12) -> list[tuple[int, float]]:
    """Rising from nothing to an amount, in steps."""
    return [
        (start + (end - start) * n // steps, round(amount * n / steps)) for n in range(1, steps + 1)
    ]


def job(*, sampled: int = 0) -> Description:
    """A job with pandas: it reads, joins, and is done; the join makes the peak."""
    made = Description(
        title="python job.py data/2026",
        sampled=sampled,
        about=[
            "process 1234",
            "CPython 3.12.1",
            f"sampled every {sampled // 1024} KiB" if sampled else "exact",
            "began 2026-11-27 06:51:51 UTC",
            "It ended after 3.2 s",
        ],
        findings=[
            (f"Line {JOIN} of job.py holds 65 % of the peak.", (JOB, JOIN, "by_region")),
            (
                f"Line {KEEP} of job.py keeps 24.0 MiB that are never freed.",
                (JOB, KEEP, "remember"),
            ),
            (
                f"Line {LOADS} of reader.py allocates 96 MiB and gives all of it back.",
                (READER, LOADS, "read_customers"),
            ),
        ],
        notes=["Two threads ended before they could be named."],
        threads=[("", 0), ("MainThread (1234)", 0), ("watcher (1251)", 0)],
        texts={JOB: lines(JOB_TEXT), READER: lines(READER_TEXT)},
        marks=[(60, 60, "read"), (1150, 1900, "join"), (2350, 2350, "sum and report")],
        baseline=9 * MIB,
        resident=True,
    )
    main = [("thread", 1), (JOB, RUN, "<module>")]
    orders = [*main, (JOB, READ, "main"), (READER, READ_CSV, "read_orders")]
    read = [*orders, (CSV, 1026, "read_csv"), (CSV, 626, "_read")]
    parsed = [*read, (CSV, 1923, "read"), (C_PARSER, 234, "read")]
    made.hold(parsed, [*grow(80, 620, 96 * MIB), (2900, 0)], thread=1, blocks=1460)
    made.hold(
        [*parsed, OUTSIDE],
        [*grow(80, 600, 20 * MIB), (640, 0)],
        thread=1,
        blocks=80,
        allocated=260 * MIB,
        temporary=140 * MIB,
    )
    made.hold(
        [*read, (MANAGERS, 2144, "create_block_manager")],
        [(640, 38 * MIB), (2900, 0)],
        thread=1,
        blocks=14,
    )
    customers = [*main, (JOB, CUSTOMERS, "main"), (READER, LOADS, "read_customers")]
    made.hold(customers, [(760, 12 * MIB), (1040, 0)], thread=1, blocks=2)
    made.hold(
        [*customers, (JSON, 337, "decode"), (JSON, 353, "raw_decode")],
        [*grow(780, 980, 84 * MIB), (1080, 0)],
        thread=1,
        blocks=402_311,
    )
    made.hold(
        [
            *main,
            (JOB, CUSTOMERS, "main"),
            (READER, FRAME, "read_customers"),
            (MANAGERS, 2144, "create_block_manager"),
        ],
        [(1020, 22 * MIB), (2900, 0)],
        thread=1,
        blocks=9,
    )
    join = [
        *main,
        (JOB, REPORT, "main"),
        (JOB, JOIN, "by_region"),
        (MERGE, 184, "merge"),
        (MERGE, 886, "get_result"),
    ]
    made.hold(
        [*join, (MERGE, 841, "_reindex_and_concat")],
        [*grow(1160, 1600, 182 * MIB), (2500, 0)],
        thread=1,
        blocks=44,
    )
    made.hold(
        [*join, (MANAGERS, 692, "reindex_indexer")],
        [*grow(1300, 1640, 91 * MIB), (1780, 0)],
        thread=1,
        blocks=18,
    )
    made.hold(
        [*join, (MANAGERS, 692, "reindex_indexer"), (MANAGERS, 842, "_slice_take_blocks_ax0")],
        [*grow(1320, 1650, 63 * MIB), (1770, 0)],
        thread=1,
        blocks=31,
    )
    made.hold(
        [*main, (JOB, REPORT, "main"), (JOB, MONTH, "by_region")],
        [(1800, 31 * MIB), (2500, 0)],
        thread=1,
        blocks=6,
    )
    made.hold(
        [
            *main,
            (JOB, REPORT, "main"),
            (JOB, SUMS, "by_region"),
            (GROUPBY, 3052, "sum"),
            (GROUPBY, 1964, "_agg_general"),
        ],
        [*grow(2000, 2300, 54 * MIB, 6), (2360, 8 * MIB), (2600, 0)],
        thread=1,
        blocks=211,
        allocated=92 * MIB,
        temporary=12 * MIB,
    )
    made.hold(
        [*main, (JOB, REMEMBER, "main"), (JOB, KEEP, "remember")],
        [(2450, 24 * MIB)],
        thread=1,
        blocks=3,
    )
    made.hold(
        [("thread", 2), (THREADING, 1010, "run"), (JOB, WATCH, "watch")],
        [*grow(1200, 1400, 12.5 * MIB, 10), (1900, 0)],
        thread=2,
        blocks=200,
    )
    made.hold([UNKNOWN], [(500, 1.5 * MIB)], thread=0, blocks=12)
    return made


def tree_of_processes() -> Description:
    """A parent and three workers, of which one is killed."""
    work = "/srv/fleet/worker.py"
    main = "/srv/fleet/main.py"
    made = Description(
        title="python main.py --workers 3",
        duration=8000,
        about=["4 processes", "CPython 3.13.0", "exact", "It ended after 8.0 s"],
        findings=[
            ("Line 14 of worker.py holds 84 % of the peak, in three processes.", (work, 14, "load"))
        ],
        processes=[
            {
                "pid": 40,
                "label": "40 python main.py",
                "begin": 0,
                "end": 8000,
                "peak": 20 * MIB,
                "ending": "ended",
            },
            {
                "pid": 41,
                "label": "41 python worker.py a",
                "begin": 1000,
                "end": 7000,
                "peak": 120 * MIB,
                "ending": "ended",
            },
            {
                "pid": 42,
                "label": "42 python worker.py b",
                "begin": 1500,
                "end": 5000,
                "peak": 200 * MIB,
                "ending": "killed by SIGKILL",
            },
            {
                "pid": 43,
                "label": "43 python worker.py c",
                "begin": 2000,
                "end": 7500,
                "peak": 60 * MIB,
                "ending": "ended with status 3",
            },
        ],
        threads=[
            ("", 0),
            ("MainThread (40)", 0),
            ("MainThread (41)", 1),
            ("MainThread (42)", 2),
            ("MainThread (43)", 3),
        ],
    )
    made.hold(
        [("process", 0), ("thread", 1), (main, 8, "main")], [(200, 20 * MIB)], process=0, thread=1
    )
    for worker, (amount, begin) in enumerate(((120, 1000), (200, 1500), (60, 2000)), start=1):
        made.hold(
            [
                ("process", worker),
                ("thread", worker + 1),
                (work, 30, "<module>"),
                (work, 14, "load"),
            ],
            grow(begin + 200, begin + 2500, amount * MIB, 20),
            process=worker,
            thread=worker + 1,
            blocks=500,
        )
    return made


def difference(*, sampled: int = 0) -> Description:
    """Two recordings of one program: one line holds more, one less, one is gone and one is new."""
    made = Description(
        title="python orders.py --all",
        duration=1300,
        sampled=sampled,
        about=["process 77", "CPython 3.12.1", "It ended after 1.3 s"],
        findings=[
            ("Line 21 of orders.py holds 30 MiB more at the peak.", ("/w/orders.py", 21, "main"))
        ],
        threads=[("", 0), ("MainThread (77)", 0)],
        texts={"/w/orders.py": [f"line_{n} = {n}" for n in range(1, 41)]},
        before={
            "title": "python orders.py",
            "about": ["process 70"],
            "duration": 900,
            "isSampled": bool(sampled),
            "peak": {"bytes": 90 * MIB, "ms": 700},
            "end": {"bytes": 12 * MIB},
            "moments": {
                "ms": [0, 300, 600, 700, 900],
                "live": [0, 40 * MIB, 70 * MIB, 90 * MIB, 12 * MIB],
            },
        },
    )
    top = [("thread", 1), ("/w/orders.py", 40, "<module>")]
    for line, amount, was, left, left_before in (
        (21, 80, 50, 10, 0),
        (22, 20, 28, 0, 0),
        (23, 0, 12, 0, 12),
        (24, 9, 0, 9, 0),
        (30, 7, 7, 0, 0),
    ):
        course = [(100, amount * MIB), (1200, left * MIB)] if amount else []
        made.hold(
            [*top, ("/w/orders.py", line, "main")],
            course,
            thread=1,
            before={
                "peak": was * MIB,
                "live": left_before * MIB,
                "allocated": was * MIB,
                "allocations": 1,
            },
        )
    return made


HOSTILE = "</script><img src=x onerror=alert(1)>"


def hostile() -> Description:
    """Names that would break a page that took them for markup, or its lines."""
    long = "/deep/" + "very_long_name_" * 40 + ".py"
    bidi = "/w/\u202egnp.py"
    made = Description(
        title=f"python {HOSTILE} \x1b[31mred\x07",
        about=[HOSTILE, "\u202eright to left", "&amp; <b>bold</b>"],
        findings=[(f"Line 1 of {HOSTILE} holds it all.", (HOSTILE, 1, HOSTILE))],
        notes=[HOSTILE],
        threads=[("", 0), (HOSTILE, 0)],
        marks=[(100, 900, HOSTILE), (1500, 1500, "שלום עולם")],
        texts={
            HOSTILE: [f"print('{HOSTILE}')", "x = '\x00\x1b[0m'", "<!-- <script> -->"],
            bidi: ["pass"],
        },
    )
    made.hold([("thread", 1), (HOSTILE, 1, HOSTILE)], [(100, 50 * MIB)], thread=1)
    made.hold([("thread", 1), (long, 2, "f" * 3000)], [(200, 30 * MIB)], thread=1)
    made.hold([("thread", 1), (bidi, 1, "פונקציה")], [(300, 20 * MIB)], thread=1)
    made.hold([("thread", 1), ("/w/a\tb\nc.py", 3, "__proto__")], [(300, 10 * MIB)], thread=1)
    made.hold([("thread", 1), ("", 0, "")], [(400, 5 * MIB)], thread=1)
    return made


def deep() -> Description:
    """A function that calls itself, 300 deep, and holds something in each call."""
    tree = "/w/tree.py"
    made = Description(
        title="python tree.py", duration=600, threads=[("", 0), ("MainThread (9)", 0)]
    )
    stack: list[Any] = [("thread", 1), (tree, 12, "<module>")]
    for depth in range(300):
        stack.append((tree, 7, "walk"))
        made.hold(stack, [(depth, 64 * 1024), (590, 0)], thread=1)
    return made


def empty() -> Description:
    return Description(title="python -c pass", duration=0, about=["It ended after 3 ms"])


def large(nodes: int = 100_000, changes: int = 131_072, moments: int = 10_000) -> Description:
    """As much as a page may hold."""
    dice = random.Random(7)
    made = Description(
        title="python large.py",
        duration=600_000,
        threads=[("", 0)] + [(f"worker-{n} (1)", 0) for n in range(40)],
    )
    files = [f"/w/app/module_{n}.py" for n in range(60)]
    files += [f"/opt/lib/python3.12/site-packages/lib{n % 40}/part_{n}.py" for n in range(240)]
    places = [(file, line, f"function_{line}") for file in files for line in range(1, 41)]
    made.texts = {
        file: [f"value_{n} = compute({n}, 'text')  # {file}" for n in range(1, 2001)]
        for file in files[:3]
    }
    for file in files:
        made.files[file] = len(made.files)
    stack: list[Any] = []
    while len(made.parent) < nodes:
        del stack[dice.randrange(len(stack)) if len(stack) > 1 else 0 :]
        if not stack:
            stack.append(("thread", dice.randrange(1, 41)))
        for _ in range(dice.randrange(2, 12)):
            if len(stack) < 60:
                stack.append(dice.choice(places[:400] if len(stack) < 8 else places))
        made.node_of(stack)
    depth = [0] * len(made.parent)
    top = [0] * len(made.parent)
    for node in range(1, len(made.parent)):
        depth[node] = depth[made.parent[node]] + 1
        top[node] = node if made.parent[node] == 0 else top[made.parent[node]]
    keys = list(made.places)
    has_child = set(made.parent)
    holders = [n for n in range(1, len(made.parent)) if n not in has_child or dice.random() < 0.3]
    each = max(1, changes // len(holders))
    for node in holders:
        thread = keys[made.place[top[node]]][2]
        counter = len(made.counters)
        size = dice.paretovariate(1.1) * 2000
        live = size if dice.random() < 0.2 else 0.0
        made.counters.append((node, live, 0, thread))
        times = sorted(dice.randrange(1, 600_000) for _ in range(each))
        for number, until in enumerate(times):
            made.changes.append((counter, until, 0.0 if number % 2 == 0 else size))
        made.own["live"][node] += live
        made.own["allocated"][node] += size * each
        made.own["allocations"][node] += each
    while len(made.changes) < changes:
        made.changes.append((0, dice.randrange(1, 600_000), 1000.0))
    made.findings = [("Something holds most of it.", places[0])]
    made.moments = [n * 600_000 // (moments - 1) for n in range(moments)]
    return made


EXAMPLES = {
    "job": lambda: job(),
    "sampled": lambda: job(sampled=512 * 1024),
    "processes": tree_of_processes,
    "difference": difference,
    "sampled-difference": lambda: difference(sampled=512 * 1024),
    "hostile": hostile,
    "deep": deep,
    "empty": empty,
    "large": large,
}

if __name__ == "__main__":
    import sys

    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name in sys.argv[2:] or EXAMPLES:
        print(write(EXAMPLES[name]().finish(), folder / f"{name}.html"))
