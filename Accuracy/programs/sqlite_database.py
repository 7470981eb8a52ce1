# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""A database in memory: SQLite's pages come from malloc."""

from __future__ import annotations

import sqlite3

ROWS = [(number, "text " * 20) for number in range(2000)]


def work() -> None:
    database = sqlite3.connect(":memory:")
    database.execute("create table things (number integer, text text)")
    database.executemany("insert into things values (?, ?)", ROWS)
    database.commit()
    rows = database.execute("select * from things order by text").fetchall()
    count = database.execute("select count(*) from things").fetchone()
    database.close()
    del rows, count
    del database
