# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Users of sys.setprofile and sys.settrace, who must go on seeing what they saw, while the heap is
accounted; their functions allocate."""

import sys
import threading


def work(depth: int) -> int:
    kept = [[i] for i in range(20)]
    return len(kept) + (work(depth - 1) if depth else 0)


counts: dict[str, int] = {}


def tracer(frame: object, event: str, argument: object):
    if frame.f_code is work.__code__:  # type: ignore[attr-defined]
        counts[event] = counts.get(event, 0) + 1
    [str(i) for i in range(10)]
    return tracer


for setter in (sys.setprofile, sys.settrace):
    counts.clear()
    setter(tracer)
    total = sum(work(20) for _ in range(50))
    setter(None)
    print(setter.__name__, total, sorted(counts.items()))
threading.setprofile(tracer)
counts.clear()
threads = [threading.Thread(target=work, args=(20,)) for _ in range(10)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
threading.setprofile(None)
print(
    "in threads",
    {name: count for name, count in sorted(counts.items()) if name in ("call", "return")},
)
if sys.version_info >= (3, 12):
    monitoring = sys.monitoring
    monitoring.use_tool_id(5, "torture")
    seen = [0]

    def line(code: object, number: int) -> None:
        seen[0] += code is work.__code__
        bytearray(1000)

    monitoring.register_callback(5, monitoring.events.LINE, line)
    monitoring.set_events(5, monitoring.events.LINE)
    work(100)
    monitoring.set_events(5, 0)
    monitoring.free_tool_id(5)
    print("monitoring", seen[0] > 100)
else:
    print("no monitoring")
