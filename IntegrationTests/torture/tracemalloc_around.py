# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""tracemalloc, which wraps the same allocators, started and stopped around and inside the
accounting; what was made under the one is freed under the other."""

import tracemalloc


def work() -> list[bytes]:
    return [bytes(i % 700) for i in range(20_000)]


before = work()
for _ in range(3):
    tracemalloc.start(5)
    inside = work()
    print("traced:", 7_000_000 < tracemalloc.get_traced_memory()[0] < 9_000_000)
    del before
    tracemalloc.stop()
    before = inside
    del inside
    after = work()
    tracemalloc.start()
    del after
    bytearray(1_000_000).extend(bytes(2_000_000))
    print("traced after:", tracemalloc.get_traced_memory()[0] < 1_000_000)
    tracemalloc.stop()
del before
