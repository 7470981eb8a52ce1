# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""A job of Spark's whose UDFs take memory of known size, under its memory profiler.

    spark_job.py MASTER FOLDER {session,context}

Its tables are written to the folder, a file for each UDF, by Spark itself.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterator
from typing import Any

import pandas as pd
from pyspark.sql import SparkSession
from pyspark.sql.functions import pandas_udf, udf

warnings.simplefilter("ignore")

# More than malloc ever keeps: mapped, and unmapped when it is freed.
SIZE = 40 * 2**20


def plain(number: int) -> int:
    taken = bytearray(SIZE)  # plain
    size = len(taken)
    del taken  # plain
    return number + size


def by_batch(numbers: pd.Series) -> pd.Series:
    taken = bytearray(SIZE)  # pandas
    size = len(taken)
    del taken  # pandas
    return numbers + size


def by_step(batches: Iterator[pd.Series]) -> Iterator[pd.Series]:
    for numbers in batches:
        taken = bytearray(SIZE)  # iterator
        size = len(taken)
        del taken  # iterator
        yield numbers + size


def main(master: str, folder: str, mode: str) -> None:
    """Runs each UDF over 40 rows: two partitions, in batches of five."""
    settings: dict[str, Any] = {
        "spark.ui.enabled": "false",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.executor.memory": "512m",
        "spark.cores.max": 2,
        "spark.sql.execution.arrow.maxRecordsPerBatch": 5,
        "spark.python.profile.memory": mode == "context",
    }
    building = SparkSession.builder.master(master)
    for name, value in settings.items():
        building = building.config(name, value)
    spark = building.getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    if mode == "session":
        spark.conf.set("spark.sql.pyspark.udf.profiler", "memory")
    kinds = [udf(plain, "long"), pandas_udf(by_batch, "long"), pandas_udf(by_step, "long")]
    for kind in kinds if mode == "session" else kinds[:2]:
        rows = spark.range(0, 40, 1, 2).select(kind("id").alias("out")).collect()
        assert [row.out for row in rows] == [number + SIZE for number in range(40)]
    if mode == "session":
        spark.profile.dump(folder, type="memory")
    else:
        spark.sparkContext.dump_profiles(folder)
    spark.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
