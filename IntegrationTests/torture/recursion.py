# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Recursion to the limit, in Python and through C code, each frame allocating; repeatedly."""

import json
import sys


def down(kept: list) -> int:
    return down([kept, bytes(600)]) + 1


class Endless:
    def __getattr__(self, name: str):
        return getattr(self, name + "x")

    def __repr__(self) -> str:
        return repr([self])


sys.setrecursionlimit(3000)
for _ in range(20):
    for attempt in (lambda: down([]), lambda: repr(Endless()), lambda: Endless().word):
        try:
            attempt()
        except RecursionError:
            pass
        else:
            print("no limit")
nested = "[" * 100_000
try:
    json.loads(nested)
except RecursionError:
    print("json: too deep")
deep: list = []
for _ in range(300_000):
    deep = [deep]
del deep
print("done")
