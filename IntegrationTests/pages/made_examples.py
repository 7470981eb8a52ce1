# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""The described recordings that the report page is tested with.

made_examples.py FOLDER [NAME ...]   writes their pages
"""

from __future__ import annotations

import random
from typing import Any

from made_job import grow, job
from made_report import MIB, Description


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
    from pathlib import Path

    import made_page

    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name in sys.argv[2:] or EXAMPLES:
        print(made_page.write(EXAMPLES[name]().finish(), folder / f"{name}.html"))
