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


def main(arguments: list[str]) -> int:
    """Runs `peakline profile` with these arguments; the status to exit with."""
    from peakline import _run
    from peakline._backends import canonical_name, number_of
    from peakline._options import parse
    from peakline._select import Selector
    from peakline._spawn import PassThrough
    from peakline._target import Target

    options = parse(arguments)
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
    tool = None if options.classic or json_path is not None else _renderer()
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
        if options.why_not_heap is not None:
            result.caveats += (options.why_not_heap,)
        if not result.functions and not missing:
            missing = [_why_empty(chosen=bool(options.functions))]
        if json_path is not None:
            _report_json(result, json_path)
        elif options.classic or not _report_table(result, options, tool):
            _report_text(result, options.precision)
        for sentence in missing:
            print(f"peakline: {sentence}", file=sys.stderr)

    target = Target(program[0], program[1:], is_module=is_module)
    # A bare @profile in the program must not be an error; the functions are chosen here.
    try:
        return _run.run(target, before, after, profile=PassThrough())
    except RuntimeError as error:
        # What the program raises does not come here; it has not begun.
        from peakline._heap import HeapUnavailable

        if not isinstance(error, HeapUnavailable):
            raise
        print(f"peakline: {error}", file=sys.stderr)
        return 2


def _renderer() -> str | None:
    """The executable that renders tables, found before the program can change where we look."""
    from peakline import _render

    try:
        return _render.find()
    except _render.CannotRender:
        return None  # Told when the table is due, like any other reason.


def _report_table(result: LineProfile, options: Any, tool: str | None) -> bool:
    """Prints the extended table; False, and a sentence on stderr, where it cannot be rendered."""
    from peakline import _render, _text

    if not result.functions:
        return False
    stream = sys.stdout
    how = _render.arguments(
        options.columns,
        _render.wants_color(stream, options.color),
        _render.width_of(stream),
        options.precision,
    )
    try:
        encoding = _render.encoding_of(stream)
        text = _render.render(result.to_json(), how, tool=tool, encoding=encoding)
    except _render.CannotRender as error:
        print(f"peakline: the four-column table is shown: {error}", file=sys.stderr)
        return False
    _text.write(stream, text)
    return True


def _report_text(result: LineProfile, precision: int | None) -> None:
    result.write_text(sys.stdout, 1 if precision is None else precision)
    _print_caveats(result)


def _report_json(result: LineProfile, path: str) -> None:
    _write_json(result, path)
    # The tables say this below the file's name.
    for note in dict.fromkeys(function.note for function in result.functions):
        if note is not None:
            print(f"peakline: {note}", file=sys.stderr)
    _print_caveats(result)


def _print_caveats(result: LineProfile) -> None:
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
