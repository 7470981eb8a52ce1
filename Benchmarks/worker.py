# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Runs one case in this interpreter and prints its figures as JSON: `worker.py CASE`."""

from __future__ import annotations

import importlib
import json
import sys

from timing import scale


def main() -> None:
    """The figures of the case named by the first argument."""
    case = importlib.import_module("cases." + sys.argv[1])
    print(json.dumps(case.run(scale(25, 5))))


if __name__ == "__main__":
    main()
