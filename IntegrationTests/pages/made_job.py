# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""A job with pandas, whose every byte is described."""

from __future__ import annotations

from made_report import MIB, OUTSIDE, UNKNOWN, Description

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
