# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""`%mprun`: runs a statement and shows what memory each line of chosen functions cost."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from peakline._magics import choice, once, show, statement
from peakline._magics.arguments import parse, usage_error
from peakline._magics.lent import Lent
from peakline._magics.tracing import undisturbed
from peakline._magics.undoing import undone

if TYPE_CHECKING:
    from collections.abc import Callable

    from peakline._magics.arguments import Arguments
    from peakline._magics.choice import Chosen
    from peakline._magics.shell import PeaklineMagics
    from peakline._magics.statement import Statement
    from peakline._results import FunctionProfile, LineProfile


_LONG_OPTIONS = ("backend=", "columns=", "precision=", "reload", "all-threads", "compare")


def run(magics: PeaklineMagics, line: str, cell: str | None) -> Any:
    """The whole magic; its result is that of `-r`, or None."""
    __tracebackhide__ = True
    return undisturbed(_run, magics, line, cell)


def _run(magics: PeaklineMagics, line: str, cell: str | None) -> Any:
    __tracebackhide__ = True
    options = parse(line, "rf:T:c", _LONG_OPTIONS)
    # In a terminal memory_profiler's table has memory_profiler's figures.
    is_plain = magics.is_compatible and not show.is_notebook(magics.shell)
    is_plain = is_plain and "columns" not in options
    backend = backend_of(options, "rss" if is_plain else "heap", _why_no_heap)
    columns, precision = _columns(options, backend), _precision(options)
    if "compare" in options:
        from peakline._magics import side_by_side

        return side_by_side.run(magics, options, backend, precision, cell)
    code = statement.of(magics.shell, options.rest, cell)
    names = options.all("f")
    chosen = choice.named(names, magics.shell, code) if names else choice.suggested(code)
    chosen = _as_edited(chosen, names, options, magics.shell, code)
    for note in chosen.notes:
        print(note)
    profiler = _profiler(backend, options, chosen)
    interruption = None
    try:
        interruption = _measured(code, profiler)
    finally:
        if profiler._session is not None:
            result = show.labelled(_result(profiler, chosen), magics.shell)
            plain = None
            if magics.is_compatible and columns is None:
                plain = show.labelled(_result(profiler, chosen, folds_nested=True), magics.shell)
            _show(magics.shell, result, plain, columns, precision, options.last("T"))
            _say_calls_elsewhere(profiler._session.calls_elsewhere())
    if interruption:
        print(f"*** {interruption} exception caught in code being profiled.")
    if "r" not in options:
        return None
    if magics.is_compatible:
        return profiler
    once.is_shown(result, magics.shell, repr(result))
    return result


# MARK: options


def backend_of(options: Arguments, default: str, why_no_heap: Callable[[], str | None]) -> str:
    """The backend to measure with: the one asked for, or the default where it can be had, since the
    heap cannot be counted everywhere, nor that of child processes. Raises UsageError.
    """
    from peakline._backends import UnknownBackend, canonical_name

    asked = options.last("backend")
    if asked is None:
        if default == "heap" and ("c" in options or why_no_heap() is not None):
            return "rss"
        return default
    try:
        name = canonical_name(asked)
    except UnknownBackend as error:
        raise usage_error(str(error)) from None
    if "c" in options and name in ("heap", "tracemalloc"):
        raise usage_error("-c needs a backend that can look at child processes: rss, pss or uss")
    why = why_no_heap() if name == "heap" else None
    if why is not None:
        raise usage_error(why)
    return name


def _why_no_heap() -> str | None:
    """Why the heap cannot be counted line by line here; None if it can."""
    from peakline import _engine, _heap, _trace

    return _trace.WHY_NO_HEAP if _engine.start() == "trace" else _heap.available()


def _columns(options: Arguments, backend: str) -> str | None:
    from peakline import _render

    try:
        return _render.chosen(options.last("columns"), backend)
    except ValueError as error:
        raise usage_error(str(error)) from None


def _precision(options: Arguments) -> int | None:
    from peakline._options import MOST_DECIMALS

    given = options.last("precision")
    if given is None:
        return None
    if not given.isdecimal() or int(given) > MOST_DECIMALS:
        raise usage_error(f"--precision needs a number of decimals, 0 to {MOST_DECIMALS}")
    return int(given)


def _as_edited(
    chosen: Chosen, names: list[str], options: Arguments, shell: Any, code: Statement
) -> Chosen:
    """The choice, once modules that were edited since their import are reloaded, or said to be."""
    __tracebackhide__ = True
    edited = choice.edited_modules(chosen.functions, or_gone="reload" in options)
    if not edited:
        return chosen
    said = " and ".join(module.__name__ for module in edited)
    if "reload" not in options:
        chosen.notes.append(
            f"{said} was edited since it was imported: what runs is the old version "
            "(--reload reloads it first)."
        )
        return chosen
    for module in edited:
        choice.reload(module, shell.user_ns)
    again = choice.named(names, shell, code) if names else choice.suggested(code)
    again.notes.append(f"Reloaded {said}.")
    if choice.edited_modules(again.functions):
        again.notes.append("Objects that were made before are still of the old version.")
    return again


# MARK: the measurement


def _profiler(backend: str, options: Arguments, chosen: Chosen) -> Any:
    # Programs decorate with the builtin `profile` in memory_profiler's manner.
    from memory_profiler import LineProfiler

    profiler = LineProfiler(backend=backend, include_children="c" in options)
    for function in chosen.functions:
        profiler.add_function(function)
    # Inner functions first: later they would be admitted as a part of the outer one.
    for _, code in reversed(chosen.codes):
        profiler.code_map.add(code)
    # The statement may have its work done by threads that it starts.
    profiler._all_threads = "all-threads" in options
    profiler._new_threads = not profiler._all_threads
    return profiler


def _measured(code: Statement, profiler: Any) -> str | None:
    """`_measure`, with the profiler as the builtin `profile` meanwhile."""
    __tracebackhide__ = True
    lent = Lent()

    def measure() -> str | None:
        __tracebackhide__ = True
        lent.begin(profiler)
        return _measure(code, profiler)

    ended: str | None = undone(lent.end, measure)
    return ended


def _measure(code: Statement, profiler: Any) -> str | None:
    """Runs the statement; the name of the exception that ended it on purpose, if one did."""
    __tracebackhide__ = True
    try:
        profiler.enable_by_count()
        code.run()
    except (SystemExit, KeyboardInterrupt) as error:
        return "KeyboardInterrupt" if isinstance(error, KeyboardInterrupt) else "SystemExit"
    finally:
        profiler.disable_by_count()
    return None


def _result(profiler: Any, chosen: Chosen, *, folds_nested: bool = False) -> LineProfile:
    """What was measured. The functions within functions that the cell defines have tables of their
    own, unless it `folds_nested`, as memory_profiler's tables do.
    """
    from peakline._backends import canonical_name
    from peakline._results import _names, profile_of
    from peakline._wrap import codes_of

    names = {
        id(code): name for name, code in chosen.codes if not (folds_nested and ".<locals>." in name)
    }
    for function in chosen.functions:
        names.update(_names(function, codes_of(function)))
    backend = canonical_name(profiler.backend)
    result = profile_of(profiler._session, backend, names, folds_nested=folds_nested)
    if chosen.codes:
        result.functions = tuple(sorted(result.functions, key=_place))
    return result


def _place(function: FunctionProfile) -> tuple[str, int]:
    return function.file, function.first_line


# MARK: what is shown


def _show(
    shell: Any,
    result: LineProfile,
    plain: LineProfile | None,
    columns: str | None,
    precision: int | None,
    file: str | None,
) -> None:
    """Shows a result: as text the four columns of `plain`, if there is that."""
    from peakline._engine import say_caveats

    def text(**options: Any) -> str:
        if plain is not None:
            return plain.to_text(1 if precision is None else precision).rstrip()
        return result.to_table(columns, precision=precision, **options).rstrip()

    if result.functions:
        html = partial(result.to_html, columns, precision=precision)
        show.report(shell, text(**show.terminal_options()), html)
        say_caveats()
    else:
        print("None of the functions ran that were to be measured.")
    if file is not None:
        show.save(text(), file)


def _say_calls_elsewhere(calls: int) -> None:
    if calls:
        said = "1 call is" if calls == 1 else f"{calls:,} calls are"
        print(
            f"{said} not counted that threads made which the statement had not started "
            "(--all-threads counts them)."
        )
