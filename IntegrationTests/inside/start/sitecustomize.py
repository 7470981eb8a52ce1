# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Starts the agent in every process of a tested tree, as early as Python code can.

With SUITES_START=control it does all the same but the start, so that what differs because a
sitecustomize ran can be told from what the agent did.
"""

import os
import sys


def _is_main_interpreter() -> bool:
    # Sub-interpreters import sitecustomize too; the agent serves the process, and is started once.
    try:
        if sys.version_info >= (3, 13):
            import _interpreters as interpreters

            return interpreters.get_current()[0] == interpreters.get_main()[0]
        import _xxsubinterpreters as interpreters

        return interpreters.get_current() == interpreters.get_main()
    except ImportError:
        return True


def _begin() -> None:
    way = os.environ.get("SUITES_START")
    if way not in ("preload", "control") or "SUITES_INSIDE" not in os.environ:
        return
    if not _is_main_interpreter():
        return
    kept = list(sys.path)
    sys.path.insert(0, os.environ["SUITES_INSIDE"])
    try:
        import ledger
    finally:
        sys.path[:] = kept
    if way == "preload":
        ledger.start()


_begin()
