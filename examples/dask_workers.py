# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Which lines need the memory in the workers of a Dask cluster, all of them together.

    pip install 'peakline[dask]'
    python examples/dask_workers.py [orders.peakline]
    peakline report orders.peakline

The work is in a module of its own, orders.py: of functions that are defined in the script itself
Dask does not tell its workers which file they are from.
"""

from __future__ import annotations

import sys

from distributed import Client, LocalCluster
from orders import make_orders, total_by_customer

import peakline.dask

PARTS = 8


def total(seed: int) -> int:
    """What all customers spent in one part of the orders, in cents."""
    return sum(total_by_customer(make_orders(20_000 + seed)).values())


def main(capture: str) -> None:
    """Computes the parts on three workers, and records what that takes."""
    with (
        LocalCluster(n_workers=3, threads_per_worker=2, dashboard_address=None) as cluster,
        Client(cluster) as client,
        peakline.dask.record_workers(client, capture, force=True),
    ):
        totals = client.gather(client.map(total, range(PARTS)))
    print(f"{sum(totals) / 100:.2f} spent; see 'peakline report {capture}'")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "orders.peakline")
