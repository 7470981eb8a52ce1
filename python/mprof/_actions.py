# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""The commands, called from Python: they take `sys.argv`, without the command's own word, and hand
it over to the executable.
"""

from __future__ import annotations

import sys
from typing import NoReturn

ALL_ACTIONS = ("run", "rm", "clean", "list", "plot", "attach", "peak")


def main() -> NoReturn:
    """The command `mprof` with this process's arguments; never returns."""
    from peakline import _executable

    _executable.become(["mprof", *sys.argv[1:]], "mprof")


def get_action() -> str:
    """The command that `sys.argv` names, which is taken out of it. Ends with the usage if it names
    none.
    """
    if len(sys.argv) < 2 or sys.argv[1] not in ALL_ACTIONS:
        print_usage()
        sys.exit(1)
    return sys.argv.pop(1)


def help_message() -> str:
    """The usage, as the executable prints it."""
    import subprocess

    from peakline import _executable

    command = [_executable.find(), "mprof", "--help"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def print_usage() -> None:
    """Prints the usage."""
    print(help_message(), end="")


def run_action() -> None:
    """`mprof run`. With `-E` it ends as the program did, by SystemExit, also when that is 0."""
    words = _own_options(sys.argv[1:])
    status = _perform("run", ["--with-python", sys.executable, *sys.argv[1:]])
    if status or "exit-code" in words:
        sys.exit(status)


def attach_action() -> None:
    """`mprof attach`."""
    _perform_or_exit("attach")


def list_action() -> None:
    """`mprof list`."""
    _perform_or_exit("list")


def rm_action() -> None:
    """`mprof rm`."""
    _perform_or_exit("rm")


def clean_action() -> None:
    """`mprof clean`."""
    _perform_or_exit("clean")


def peak_action() -> None:
    """`mprof peak`."""
    _perform_or_exit("peak")


def _perform_or_exit(word: str) -> None:
    status = _perform(word, sys.argv[1:])
    if status:
        sys.exit(status)


def _perform(word: str, arguments: list[str]) -> int:
    """Runs the executable to its end; its status, as a shell gives it.

    Not in place of this process: its caller may have more to do.
    """
    import subprocess

    from peakline import _executable

    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    try:
        tool = _executable.find()
    except _executable.ExecutableMissing as error:
        sys.stderr.write(f"mprof: {error}\n")
        return 127
    process = subprocess.Popen([tool, "mprof", word, *arguments])
    while True:
        try:
            status = process.wait()
            break
        except KeyboardInterrupt:
            # The terminal has interrupted both; how the program takes it is its own affair.
            continue
    return status if status >= 0 else 128 - status


def _own_options(words: list[str]) -> set[str]:
    """Which of run's options that matter here stand before the program."""
    found = set()
    values = ("interval", "output", "timeout", "backend", "limit", "with-python")
    rest = iter(words)
    for word in rest:
        if word in ("-", "--") or not word.startswith("-"):
            break
        if word.startswith("--"):
            name, joined, _ = word[2:].partition("=")
            if "exit-code".startswith(name):
                found.add("exit-code")
            elif not joined and any(value.startswith(name) for value in values):
                next(rest, None)
            continue
        # Letters in one word, of which the last may have a value, in the same word or the next.
        for place, letter in enumerate(word[1:], 2):
            if letter == "E":
                found.add("exit-code")
            elif letter in "Tot":
                if place == len(word):
                    next(rest, None)
                break
    return found
