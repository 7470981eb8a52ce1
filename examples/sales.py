# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""A report of a shop's sales with pandas: which line of the job needs the memory?

    peakline record examples/sales.py [ROWS]
    peakline html --open

It makes its input itself, in a temporary folder. After each step the table is kept, in case
somebody wants to look at it later; nobody does. `--lean` does without.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import pandas as pd

SHOPS, PRODUCTS = 40, 500
kept: dict[str, pd.DataFrame] = {}


def write_files(folder: Path, rows: int) -> None:
    with open(folder / "sales.csv", "w", encoding="utf-8") as file:
        file.write("day,shop,product,pieces\n")
        for n in range(rows):
            file.write(f"{n * 7 % 365},{n * 11 % SHOPS},{n * 13 % PRODUCTS},{n % 5 + 1}\n")
    with open(folder / "products.csv", "w", encoding="utf-8") as file:
        file.write("product,group,cents\n")
        file.writelines(f"{n},{n % 12},{99 + 10 * n}\n" for n in range(PRODUCTS))


def keep(step: str, table: pd.DataFrame) -> None:
    kept[step] = table.copy()


def report(folder: Path, lean: bool) -> pd.DataFrame:
    table = pd.read_csv(folder / "sales.csv")
    if not lean:
        keep("read", table)
    table = table.merge(pd.read_csv(folder / "products.csv"), on="product")
    if not lean:
        keep("with products", table)
    table["month"] = table["day"] // 31
    table["revenue"] = table["pieces"] * table["cents"]
    if not lean:
        keep("with revenue", table)
    sums = table.groupby(["shop", "month"], as_index=False)["revenue"].sum()
    return sums.pivot(index="shop", columns="month", values="revenue")


def main(rows: int = 400_000, lean: bool = False) -> None:
    with tempfile.TemporaryDirectory() as folder:
        write_files(Path(folder), rows)
        months = report(Path(folder), lean)
    print(f"{len(months)} shops, {months.to_numpy().sum() / 100:,.2f} in {rows:,} sales")
    size = sum(int(table.memory_usage(index=False).sum()) for table in kept.values())
    print(f"The kept copies hold {size / 2**20:.1f} MiB.")


if __name__ == "__main__":
    numbers = [int(word) for word in sys.argv[1:] if word != "--lean"]
    main(*numbers, lean="--lean" in sys.argv)
