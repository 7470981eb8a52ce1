# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""The options that all scripts here have: which Peakline is asked, and where the page is."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import places


def parser(description: str | None) -> argparse.ArgumentParser:
    """A parser of these options, for more to be added."""
    made = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    made.add_argument("wheel", nargs="?", help="Peakline's wheel")
    made.add_argument("--python", default=sys.executable, help="the Python to make it with")
    made.add_argument("--with", dest="with_python", help="an interpreter that has Peakline")
    made.add_argument("--write", type=Path, help="the file whose generated part is replaced")
    return made


def parse(made: argparse.ArgumentParser) -> argparse.Namespace:
    """What was given; ends the program where that is not one Peakline."""
    options = made.parse_args()
    if bool(options.wheel) == bool(options.with_python):
        made.error("give a wheel, or --with and an interpreter")
    return options


def interpreter(given: argparse.Namespace) -> str:
    """A Python that can import the Peakline that was chosen, made if need be."""
    found: str = given.with_python or places.peakline(given.python, given.wheel)
    return found
