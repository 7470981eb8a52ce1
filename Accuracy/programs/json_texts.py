# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""JSON there and back."""

from __future__ import annotations

import json

DATA = {f"name {number}": [number / 7, None, True, {"x": number}] for number in range(500)}
TEXT = json.dumps(DATA)


def work() -> None:
    text = json.dumps(DATA)
    pretty = json.dumps(DATA, indent=1)
    data = json.loads(TEXT)
    parts = list(json.JSONEncoder().iterencode(DATA))
    del text, pretty, data
    del parts
