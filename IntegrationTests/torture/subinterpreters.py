# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Sub-interpreters made and destroyed in numbers: `shared`, with one GIL, or `isolated`, each with
its own where there is such a thing, and then in threads, allocating at the same time."""

import os
import sys
import threading

if sys.version_info >= (3, 13):
    import _interpreters as interpreters
else:
    import _xxsubinterpreters as interpreters

CODE = """
kept = [{i: str(i)} for i in range(2000)]
blob = bytearray(3_000_000)
class Node:
    def __init__(self): self.me = self
nodes = [Node() for _ in range(500)]
del kept, blob
import json; json.loads(json.dumps(list(range(1000))))
"""


def create(isolated: bool):
    if sys.version_info >= (3, 13):
        return interpreters.create("isolated" if isolated else "legacy")
    return interpreters.create(isolated=isolated)


def one(isolated: bool) -> None:
    interpreter = create(isolated)
    interpreters.run_string(interpreter, CODE)
    interpreters.run_string(interpreter, "more = [bytes(100) for _ in range(1000)]")
    interpreters.destroy(interpreter)


isolated = sys.argv[1] == "isolated"
for _ in range(20):
    one(isolated)
print(sys.argv[1], "one by one")
# Not sound by themselves, that is without any agent: interpreters in threads before 3.12, and with
# Python's debug allocators until 3.12.1 at least (one bare run in ten dies).
if isolated and sys.version_info >= (3, 12) and "debug" not in os.environ.get("PYTHONMALLOC", ""):
    threads = [threading.Thread(target=one, args=(True,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
print("done")
