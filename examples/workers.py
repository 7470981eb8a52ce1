# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""A job with workers: how much do all of them hold together, and on which line?

    peakline record examples/workers.py
    peakline report
    peakline html --open

Each worker reads its part of the log into dicts, counts, and answers with a few numbers.
"""

from __future__ import annotations

import json
from collections import Counter
from multiprocessing import Pool

PARTS = [20_000, 40_000, 60_000, 80_000]


def read(count: int) -> list[dict[str, object]]:
    """A part of the log, as dicts."""
    lines = [json.dumps({"user": n % 997, "page": f"/{n}", "ms": n % 89}) for n in range(count)]
    return [json.loads(line) for line in lines]


def busiest(count: int) -> tuple[object, int]:
    """The user with most requests in a part."""
    requests = read(count)
    return Counter(request["user"] for request in requests).most_common(1)[0]


def main() -> None:
    with Pool(len(PARTS)) as pool:
        for user, requests in pool.imap(busiest, PARTS):
            print(f"user {user}: {requests} requests")


if __name__ == "__main__":
    main()
