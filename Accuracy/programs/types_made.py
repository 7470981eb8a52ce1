# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Classes, modules and code made while running."""

from __future__ import annotations

import collections
import types

SOURCE = "def f(x):\n    return [x] * 3\n" * 20


def work() -> None:
    class Local:
        attribute = 1

    made = type("Made", (Local,), {"x": 2})
    module = types.ModuleType("made")
    code = compile(SOURCE, "made", "exec")
    exec(code, module.__dict__)
    point = collections.namedtuple("point", "x y")
    value = eval("[1, 2, 3] * 100")
    del made, module, code, point, value
