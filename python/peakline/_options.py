# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""The command line of `peakline profile`, and the options that other commands share with it."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser
    from typing import Any

MOST_DECIMALS = 20
"""The greatest `--precision`: a byte, 2**-20 MiB, has so many, and no figure has more."""

_WITH_VALUE = ("-f", "--backend", "--precision", "--json", "--columns", "--color")
"""The options that take the word behind them."""

_EPILOG = """\
NAME is 'function', 'Class.method' or 'module.function'; '*' and '?' match any letters.
'<module>' is the top level of the script. Without -f, every function of the script is measured.

  peakline profile script.py --its-own --options
  peakline profile -f load -f 'mypkg.model.*' -m mypkg.train
  peakline profile --columns line,increment,own-peak,code script.py
  peakline profile --json lines.json script.py

The tables are printed when the program ends, however it ends; the exit status is the program's own.
'peakline report --help' says what the columns mean.
With --json only the process that was started reports, not what it forks.
"""


def parse(arguments: list[str]) -> Any:
    """The options as attributes; a bad command line ends the process with status 2."""
    from argparse import REMAINDER, ArgumentParser, RawDescriptionHelpFormatter

    from peakline._backends import NAMES, canonical_name

    parser = ArgumentParser(
        prog="peakline profile",
        usage="peakline profile [options] (script.py | -m module) [arguments]",
        description="Runs a program and prints what memory each line of its functions costs.",
        epilog=_EPILOG,
        formatter_class=RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add = parser.add_argument
    add(
        "-f",
        dest="functions",
        metavar="NAME",
        action="append",
        default=[],
        help="measure this function (may be given several times)",
    )
    add(
        "--backend",
        choices=NAMES,
        metavar="BACKEND",
        help=f"what to measure: {', '.join(NAMES)} (default heap where it can be had, else rss)",
    )
    add("--columns", metavar="NAMES", help="the columns of the table, with commas between, or all")
    add(
        "--classic",
        action="store_true",
        help="print memory_profiler's four columns (the same as --columns memory_profiler)",
    )
    add_output(parser, precision="the unit that suits each; with --classic 1")
    # What follows the module's name is the program's own; the parser must not look at it.
    own, module, program = _split(arguments)
    if module is None:
        add("program", nargs=REMAINDER, help="the script and its arguments")
    options = parser.parse_args(own)
    options.module = module
    options.program = program if module is not None else options.program
    if module is None and not options.program:
        parser.error("name a script, or a module after -m")
    check_output(parser, options)
    options.why_not_heap = None
    if options.backend is None:
        options.backend, options.why_not_heap = _default_backend()
    if options.columns == "memory_profiler":
        options.classic = True
    elif options.columns is not None:
        from peakline._render import chosen

        try:
            options.columns = chosen(options.columns, canonical_name(options.backend))
        except ValueError as error:
            parser.error(str(error))
    return options


def add_output(parser: ArgumentParser, precision: str = "the unit that suits each") -> None:
    """Adds the options of how a report is shown; `precision` is what the default is."""
    add = parser.add_argument
    add(
        "--color",
        choices=("auto", "always", "never"),
        default="auto",
        help="colours: auto is in a terminal, unless NO_COLOR is set",
    )
    add("--precision", type=int, help=f"sizes in MiB with so many decimals (default: {precision})")
    add("--json", metavar="FILE", help="write the figures to FILE instead (- is stdout)")


def check_output(parser: ArgumentParser, options: Any) -> None:
    """Ends the process with status 2 if these options are wrong."""
    if options.precision is not None and not 0 <= options.precision <= MOST_DECIMALS:
        parser.error(f"--precision needs a number of decimals, 0 to {MOST_DECIMALS}")


def _default_backend() -> tuple[str, str | None]:
    """The backend when none is named, and why it is not the heap where it is not."""
    from peakline import _engine, _heap

    if _engine.start() == "trace":
        # Its report says so; there may not even be an agent to ask.
        return "rss", None
    why = _heap.available()
    if why is None:
        return "heap", None
    # What the sentence advises is done.
    return "rss", f"The resident set is shown: {why.partition(':')[0]}."


def _split(arguments: list[str]) -> tuple[list[str], str | None, list[str]]:
    """Our own options, the module after `-m` if there is one, and the program's arguments."""
    index = 0
    while index < len(arguments):
        word = arguments[index]
        if word == "-m" and index + 1 < len(arguments):
            return arguments[:index], arguments[index + 1], arguments[index + 2 :]
        if not word.startswith("-"):
            break
        index += 2 if word in _WITH_VALUE else 1
    return arguments, None, []
