# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""`peakline compare`: functions side by side, each run in a new interpreter."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

from peakline import _trial
from peakline._options import add_output, check_output

if TYPE_CHECKING:
    from argparse import ArgumentParser

    from peakline._compare import Comparison

_EPILOG = """\
An alternative is [NAME=]MODULE:FUNCTION or [NAME=]FILE.py:FUNCTION; the function is called without
arguments. Each run is in two new interpreters, one for its memory, one for its time, which have
imported the module when measuring begins.

  peakline compare 'lists=work:with_lists' 'generator=work:with_generator'
  peakline compare old.py:load new.py:load_fast --repeat 9

What the functions print is dropped; their standard error is shown once, in the first run. Only the
thread that runs the function is counted. The exit status is 1 if an alternative failed, and 2 for a
wrong command line.
"""


def main(arguments: list[str]) -> int:
    """Runs `peakline compare` with these arguments; the status to exit with."""
    parser = _parser()
    options = parser.parse_args(arguments)
    chosen: dict[str, tuple[str, str]] = {}
    for word in options.alternatives:
        name, place, function = _parsed(parser, word)
        if name in chosen:
            parser.error(f"two alternatives are called '{name}': name them, as in 'a={place}:…'")
        chosen[name] = place, function
    if options.repeat < 1:
        parser.error("--repeat needs a number of runs, 1 or more")
    check_output(parser, options)
    if options.json not in (None, "-"):
        # Before the functions run, which may take long.
        try:
            open(options.json, "a", encoding="utf-8").close()
        except OSError as error:
            print(f"peakline: cannot write {options.json}: {error.strerror}", file=sys.stderr)
            return 2
    try:
        result = _compared(chosen, options.repeat)
    except KeyboardInterrupt:
        _die_of_interrupt()
    except (RuntimeError, ImportError) as error:
        from peakline._agent import AgentUnavailable
        from peakline._heap import HeapUnavailable

        if not isinstance(error, HeapUnavailable | AgentUnavailable):
            raise
        print(f"peakline: {error}", file=sys.stderr)
        return 2
    if options.json is None:
        _show(result, options)
    else:
        _write_json(result, options.json)
    return int(any(alternative.error is not None for alternative in result.alternatives))


def _parser() -> ArgumentParser:
    from argparse import ArgumentParser, RawDescriptionHelpFormatter

    parser = ArgumentParser(
        prog="peakline compare",
        usage="peakline compare [options] [name=]module:function …",
        description="Runs functions side by side and shows what memory and time each takes.",
        epilog=_EPILOG,
        formatter_class=RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("alternatives", metavar="alternative", nargs="+", help="what to run")
    add("--repeat", metavar="N", type=int, default=5, help="runs of each (default 5)")
    add_output(parser)
    return parser


def _parsed(parser: ArgumentParser, word: str) -> tuple[str, str, str]:
    """The name, the module or file, and the function of an alternative."""
    name, equals, rest = word.partition("=")
    if not equals or ":" in name or os.sep in name:
        name, rest = "", word
    place, colon, function = rest.rpartition(":")
    if not (place and colon and function):
        parser.error(f"'{word}' names no function: write module:function or file.py:function")
    if _trial.is_path(place) and not os.path.isfile(place):
        parser.error(f"there is no file '{place}'")
    return name or function, place, function


def _compared(chosen: dict[str, tuple[str, str]], repeat: int) -> Comparison:
    import subprocess

    from peakline import _heap, _trials
    from peakline._compare import comparison_of

    why = _heap.available()
    if why is not None:
        raise _heap.HeapUnavailable(why)
    # As multiprocessing does: -O, -W, -X and their like go on to the children.
    private: Any = subprocess
    flags: list[str] = private._args_from_interpreter_flags()
    places = list(chosen.values())

    def start(index: int, pipe: int, kind: str, is_silent: bool) -> int:
        words = [sys.executable, *flags, "-c", _trial.COMMAND, str(pipe), kind, *places[index]]
        streams = (0, 1, 2) if is_silent else (0, 1)
        actions = [(os.POSIX_SPAWN_OPEN, number, os.devnull, os.O_RDWR, 0) for number in streams]
        os.set_inheritable(pipe, True)
        return os.posix_spawn(words[0], words, os.environ, file_actions=actions)

    results, caveats = _trials.run(start, list(chosen), repeat)
    return comparison_of(chosen, results, caveats)


def _show(result: Comparison, options: Any) -> None:
    from peakline import _render, _text

    stream = sys.stdout
    color = _render.wants_color(stream, options.color)
    _text.write(
        stream,
        result.to_text(color=color, width=_render.width_of(stream), precision=options.precision),
    )


def _write_json(result: Comparison, path: str) -> None:
    from peakline._command import _replaces

    text = result.to_json(indent=1) + "\n"
    if path == "-":
        sys.stdout.write(text)
    elif not _replaces(path, text):
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
    # The table says this itself.
    for alternative in result.alternatives:
        if alternative.error is not None:
            print(f"peakline: {alternative.name}: {alternative.error}", file=sys.stderr)
    for caveat in result.caveats:
        print(f"peakline: NOTE: {caveat}", file=sys.stderr)


def _die_of_interrupt() -> None:
    """Ends by the signal, as a program does that does not catch it."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_DFL)
    os.kill(os.getpid(), signal.SIGINT)
