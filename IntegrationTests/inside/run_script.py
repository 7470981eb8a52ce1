# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Runs a torture program as __main__, with the agent as asked for.

    run_script.py PROGRAM ARGUMENT...

The program may import `ledger` and call ledger.checkpoint(name) where its memory is at rest; at its
end one is made in any case.
"""

from __future__ import annotations

import gc
import os
import runpy
import sys

if __name__ == "__main__":
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    import ledger

    ledger.begin()
    program = sys.argv[1]
    sys.argv[:] = sys.argv[1:]
    sys.path[0:0] = [os.path.dirname(os.path.abspath(program))]
    try:
        runpy.run_path(program, run_name="__main__")
    finally:
        gc.collect()
        ledger.checkpoint("end")
        ledger.record({"finished": True})
