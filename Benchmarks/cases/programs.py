# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Whole programs while the heap is counted and no line is profiled: eight kinds of load.

A run is a process of its own; runs with counting and without it take turns.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec
from statistics import geometric_mean

from turns import alternating
from workloads import ALL

TURNS = 3


def run(rounds: int) -> dict[str, float]:
    """The ratio of the work's own seconds for each load, and their geometric mean."""
    ratios = {}
    for workload in ALL:
        if workload == "arrays" and find_spec("numpy") is None:
            print("programs: 'arrays' is left out, because there is no NumPy", file=sys.stderr)
            continue
        without, counted = alternating(workload, TURNS)
        ratios["program_" + workload] = counted / without
    return {**ratios, "program_mean": geometric_mean(ratios.values())}
