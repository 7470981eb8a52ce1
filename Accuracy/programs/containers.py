# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""The containers of the library."""

from __future__ import annotations

import heapq
from array import array
from collections import Counter, OrderedDict, defaultdict, deque

N = 2000


def work() -> None:
    ends = deque(range(N))
    while len(ends) > 100:
        ends.popleft()
    counts = Counter(number % 10 for number in range(N))
    groups = defaultdict(list)
    for number in range(N):
        groups[number % 300].append(number)
    ordered = OrderedDict.fromkeys(range(N))
    heap = [N - number for number in range(N)]
    heapq.heapify(heap)
    numbers = array("d", range(N))
    numbers.extend(numbers)  #: keeps ~ 8 * N
    view = memoryview(numbers)[10:20]
    view.release()
    del ends, counts, groups, ordered
    del heap, numbers, view
