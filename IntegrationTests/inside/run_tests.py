# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Runs unittest modules of CPython's own suite and records the outcome of each test.

    run_tests.py MODULE...

A test is written down when it begins and when it ends, so that one which never ends, or takes the
process with it, has a name. After tests the ledger is compared with the allocators.
"""

from __future__ import annotations

import faulthandler
import gc
import os
import sys
import unittest
from typing import Any

if __name__ == "__main__":
    # Not in the children that multiprocessing spawns, which import this file again.
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    import ledger


class Recorder(unittest.TextTestResult):
    """Writes outcomes down by the test's name; subtests that fail are outcomes of their test."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.outcomes: list[str] = []

    def startTest(self, test: Any) -> None:
        super().startTest(test)
        self.outcomes.clear()
        ledger.record({"begins": test.id()})

    def stopTest(self, test: Any) -> None:
        super().stopTest(test)
        ledger.record({"test": test.id(), "outcome": "; ".join(self.outcomes) or "ok"})
        self.outcomes.clear()  # 3.12.1 ends skipped tests that it did not begin
        ledger.checkpoint(test.id(), at_least_apart=0.1)

    def _bad(self, word: str, test: Any, error: Any) -> None:
        self.outcomes.append(word)
        ledger.record({"trouble": test.id(), "what": self._exc_info_to_string(error, test)[-3000:]})

    def addError(self, test: Any, err: Any) -> None:
        super().addError(test, err)
        if isinstance(test, unittest.TestCase):
            self._bad("error", test, err)
        else:  # of a class's or a module's own setting up
            ledger.record({"test": str(test), "outcome": "error"})
            ledger.record(
                {"trouble": str(test), "what": self._exc_info_to_string(err, test)[-3000:]}
            )

    def addFailure(self, test: Any, err: Any) -> None:
        super().addFailure(test, err)
        self._bad("failure", test, err)

    def addSubTest(self, test: Any, subtest: Any, err: Any) -> None:
        super().addSubTest(test, subtest, err)
        if err is not None:
            self._bad(f"failed subtest {subtest._subDescription()}", test, err)

    def addSkip(self, test: Any, reason: str) -> None:
        super().addSkip(test, reason)
        if isinstance(test, unittest.TestCase):
            self.outcomes.append("skipped")
        else:
            ledger.record({"test": str(test), "outcome": "skipped"})

    def addExpectedFailure(self, test: Any, err: Any) -> None:
        super().addExpectedFailure(test, err)
        self.outcomes.append("expected failure")

    def addUnexpectedSuccess(self, test: Any) -> None:
        super().addUnexpectedSuccess(test)
        self.outcomes.append("unexpected success")


def main(modules: list[str]) -> None:
    faulthandler.enable()
    from test import support

    support.use_resources = []  # as python -m test without -u: no network, no hour-long ones
    support.verbose = 0
    ledger.begin()
    for module in modules:
        tests = unittest.defaultTestLoader.loadTestsFromName(module)
        unittest.TextTestRunner(resultclass=Recorder, verbosity=2).run(tests)
        del tests
        gc.collect()
        ledger.checkpoint(f"end of {module}")
    ledger.record({"finished": True})


if __name__ == "__main__":
    main(sys.argv[1:])
