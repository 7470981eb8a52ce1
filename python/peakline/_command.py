# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""`peakline profile`: the line table of functions chosen by name, in a script left unedited."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType, ModuleType
    from typing import Any

    from peakline._results import LineProfile

MOST_DECIMALS = 20
"""The greatest `--precision`: a byte, 2**-20 MiB, has so many, and no figure has more."""

_EPILOG = """\
NAME is 'function', 'Class.method' or 'module.function'; '*' and '?' match any letters.
'<module>' is the top level of the script. Without -f, every function of the script is measured.

  peakline profile script.py --its-own --options
  peakline profile -f load -f 'mypkg.model.*' -m mypkg.train
  peakline profile --json lines.json script.py

Each table is printed when the program ends, however it ends; the exit status is the program's own.
With --json only the process that was started reports, not what it forks.
"""


def main(arguments: list[str]) -> int:
    """Runs `peakline profile` with these arguments; the status to exit with."""
    options = _parse(arguments)
    from peakline import _run
    from peakline._backends import canonical_name, number_of
    from peakline._select import Selector
    from peakline._spawn import PassThrough
    from peakline._target import Target

    is_module = options.module is not None
    program = [options.module] if is_module else []
    program += options.program
    json_path = options.json
    if json_path not in (None, "-"):
        # Before the program runs, which may take long, and change the folder.
        json_path = os.path.abspath(json_path)
        try:
            open(json_path, "a", encoding="utf-8").close()
        except OSError as error:
            print(f"peakline: cannot write {json_path}: {error.strerror}", file=sys.stderr)
            return 2
    number = number_of(options.backend)
    started = os.getpid()
    names: dict[int, str] = {}
    state: dict[str, Any] = {}

    def register(code: CodeType, name: str) -> None:
        names[id(code)] = name
        state["session"].add(code)

    selector = Selector(options.functions, register)

    def before(code: CodeType, main: ModuleType) -> None:
        from peakline import _engine

        session = _engine.session(number, all_threads=True)
        state["session"] = session
        spec = main.__spec__
        selector.script(code, spec.name if spec else "")
        selector.start()
        session.begin()

    def after() -> None:
        from peakline._results import profile_of

        session = state["session"]
        session.end()
        selector.stop()
        if json_path is not None and os.getpid() != started:
            # A forked child: JSON is one document, which its parent writes.
            return
        # Before the report, whose own imports would look like the program's.
        missing = [selector.explain(pattern) for pattern in selector.unmatched()]
        result = profile_of(session, canonical_name(options.backend), names)
        if not result.functions and not missing:
            missing = [_why_empty(chosen=bool(options.functions))]
        _report(result, json_path, options.precision)
        for sentence in missing:
            print(f"peakline: {sentence}", file=sys.stderr)

    target = Target(program[0], program[1:], is_module=is_module)
    # A bare @profile in the program must not be an error; the functions are chosen here.
    return _run.run(target, before, after, profile=PassThrough())


def _parse(arguments: list[str]) -> Any:
    from argparse import REMAINDER, ArgumentParser, RawDescriptionHelpFormatter

    from peakline._backends import NAMES

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
        default="rss",
        metavar="BACKEND",
        help=f"what to measure: {', '.join(NAMES)} (default rss)",
    )
    add("--precision", type=int, default=1, help="decimals of the MiB figures (default 1)")
    add("--json", metavar="FILE", help="write the figures to FILE instead (- is stdout)")
    # What follows the module's name is the program's own; the parser must not look at it.
    own, module, program = _split(arguments)
    if module is None:
        add("program", nargs=REMAINDER, help="the script and its arguments")
    options = parser.parse_args(own)
    options.module = module
    options.program = program if module is not None else options.program
    if module is None and not options.program:
        parser.error("name a script, or a module after -m")
    if not 0 <= options.precision <= MOST_DECIMALS:
        parser.error(f"--precision needs a number of decimals, 0 to {MOST_DECIMALS}")
    return options


def _split(arguments: list[str]) -> tuple[list[str], str | None, list[str]]:
    """Our own options, the module after `-m` if there is one, and the program's arguments."""
    index = 0
    while index < len(arguments):
        word = arguments[index]
        if word == "-m" and index + 1 < len(arguments):
            return arguments[:index], arguments[index + 1], arguments[index + 2 :]
        if not word.startswith("-"):
            break
        index += 2 if word in ("-f", "--backend", "--precision", "--json") else 1
    return arguments, None, []


def _report(result: LineProfile, json_path: str | None, precision: int) -> None:
    if json_path is None:
        result.write_text(sys.stdout, precision)
    else:
        _write_json(result, json_path)
        # The tables say this below the file's name.
        for note in dict.fromkeys(function.note for function in result.functions):
            if note is not None:
                print(f"peakline: {note}", file=sys.stderr)
    for caveat in result.caveats:
        print(f"peakline: NOTE: {caveat}", file=sys.stderr)


def _write_json(result: LineProfile, path: str) -> None:
    text = result.to_json(indent=1) + "\n"
    if path == "-":
        sys.stdout.write(text)
        return
    if not _replaces(path, text):
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)


def _replaces(path: str, text: str) -> bool:
    """Makes `text` the content of a file in one step: whoever reads it finds all or nothing.

    False where that cannot be: for a device, pipe or link, which must stay what it is, and in a
    folder where no file may be made.
    """
    import stat

    aside = f"{path}.{os.getpid()}"
    try:
        mode: int | None = os.lstat(path).st_mode
    except FileNotFoundError:
        mode = None
    if mode is not None and not stat.S_ISREG(mode):
        return False
    try:
        file = open(aside, "x", encoding="utf-8")  # noqa: SIM115
    except OSError:
        return False
    try:
        with file:
            file.write(text)
        if mode is not None:
            os.chmod(aside, stat.S_IMODE(mode))
        os.replace(aside, path)
    except BaseException:
        os.unlink(aside)
        raise
    return True


def _why_empty(*, chosen: bool) -> str:
    what = "none of the chosen functions ran" if chosen else "no function of the script ran"
    return f"{what}; -f '<module>' measures the script's top level"
