# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""A Spark job whose UDF needs memory, recorded with all its processes: the driver, the JVM, and the
Python workers that the JVM starts.

    pip install pyspark          (and Java 17 or newer)
    peakline record -o udf.peakline python examples/spark_udf.py
    peakline report udf.peakline

Nothing in it knows of Peakline. The JVM has no lines, only figures; its Python workers have theirs.
"""

from __future__ import annotations

import sys

from pyspark.sql import SparkSession
from pyspark.sql.functions import udf

SIZE = 40 * 2**20


def count(number: int) -> int:
    """Takes 40 MiB for a moment."""
    taken = bytearray(SIZE)
    return len(taken) + number


def main(rows: int) -> None:
    """Applies the UDF to so many rows, in two workers."""
    building = SparkSession.builder.master("local[2]")
    for name, value in {
        "spark.ui.enabled": "false",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.memory": "512m",
    }.items():
        building = building.config(name, value)
    spark = building.getOrCreate()
    numbers = spark.range(0, rows, 1, 2).select(udf(count, "long")("id").alias("out"))
    print(sum(row.out for row in numbers.collect()))
    spark.stop()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
