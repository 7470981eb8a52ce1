# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Proves that the agent is harmless and its ledger true, under other people's tests.

    run.py WHEEL                     everything: hours
    run.py WHEEL --python 3.12 --suite threading --mode preload
    run.py WHEEL --torture           the torture programs (all, or --program NAME)
    run.py WHEEL --suite gc --mode base --mode record --mode record-exact
    run.py --report                  what the kept results say, nothing is run

The bare runs are kept in .build/suites/results and not repeated (--fresh does); the agent's are
always repeated. The exit status is 1 if a result differs that is not known to be flaky, if a run
hangs or dies, or if the ledger is off by more than it may be.
"""

from __future__ import annotations

import argparse
import sys

import environments
import plan
import report
import runs
import table
import torment
from environments import say


def main() -> int:
    options = _options()
    pythons = {
        version: python
        for version, python in environments.pythons().items()
        if not options.python or any(version.startswith(wanted) for wanted in options.python)
    }
    modes = options.mode or ["base", "preload", "attach"]
    wanted = [
        suite
        for suite in [*plan.CPYTHON, plan.NUMPY]
        if not options.suite or suite.name in options.suite
    ]
    if options.markdown:
        print(table.markdown(list(pythons), [suite.name for suite in wanted]))
        return 0
    everything = not (options.torture or options.program or options.report)
    pieces = bool(options.suite)
    if everything:
        for version, python in pythons.items():
            for suite in wanted:
                _run(suite, version, python, modes, options)
    bad = False
    if everything or options.report:
        bad = report.suites(list(pythons), [suite.name for suite in wanted])
    if (everything and not pieces) or options.torture or options.program:
        bad = (
            torment.run_all(pythons, options.program, options.variant, modes, options.package)
            or bad
        )
    return bad


def _run(
    suite: plan.Suite, version: str, python: str, modes: list[str], options: argparse.Namespace
) -> None:
    for mode in modes:
        setting = runs.Setting(mode, options.package or "", options.witness)
        # Twice bare: a test that then differs from itself says nothing about the agent.
        for turn in (1, 2) if mode == "base" else (1,):
            if mode == "base":
                setting = runs.Setting(mode, "")
                name = mode if turn == 1 else f"{mode}-{turn}"
                kept = runs.place(version, suite.name, name + ".json")
                if kept.is_file() and not options.fresh:
                    continue
            say(f"CPython {version}: {suite.name}, {setting.name}")
            if runs.run(suite, version, python, setting, turn) is None:
                say(f"CPython {version} came without {suite.module}")
                return


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("package", nargs="?", help="the wheel, or a folder with the package")
    parser.add_argument("--python", action="append", help="the beginning of a version, as 3.12")
    parser.add_argument(
        "--suite", action="append", choices=[s.name for s in [*plan.CPYTHON, plan.NUMPY]]
    )
    parser.add_argument("--mode", action="append", choices=list(plan.MODES))
    parser.add_argument("--witness", action="store_true", help="preload shim.c behind the agent")
    parser.add_argument("--fresh", action="store_true", help="repeat the bare runs too")
    parser.add_argument("--torture", action="store_true", help="only the torture programs")
    parser.add_argument("--program", action="append", help="only this torture program")
    parser.add_argument(
        "--variant", action="append", help="only this setting of the torture programs"
    )
    parser.add_argument("--markdown", action="store_true", help="show what is kept as a table")
    parser.add_argument("--report", action="store_true", help="only show what is kept")
    options = parser.parse_args()
    if (
        options.package is None
        and not (options.report or options.markdown)
        and options.mode != ["base"]
    ):
        parser.error("the wheel is missing: make wheel, then name what lies in dist/")
    return options


if __name__ == "__main__":
    sys.exit(main())
