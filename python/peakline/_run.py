# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Runs a program as the true `__main__` of this process, as if Python itself had been given it.

What the program prints, its tracebacks and its exit status are those of `python script.py`: our
frames are cut from tracebacks, and an interrupt ends the process by the signal. The report runs
from `atexit`, registered before the program: after its last thread and its own exit handlers, so
that it covers them. Every process that ends in the ordinary way reports; a child made by `os.fork`
does, one made by multiprocessing does not (it ends by `os._exit`).
"""

from __future__ import annotations

import builtins
import os
import sys
from contextlib import suppress

from peakline._target import CannotRun, Target

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CodeType, ModuleType, TracebackType
    from typing import NoReturn

__all__ = ["Target", "run"]

_ABSENT = object()


def run(
    target: Target,
    before: Callable[[CodeType, ModuleType], None],
    after: Callable[[], None],
    *,
    profile: object = None,
) -> int:
    """Runs `target` and returns the status that the process must exit with: `sys.exit(run(…))`.

    `before` gets the program's code and its `__main__` right before the code runs; `after` runs
    once when the process ends, whatever the program did, provided that `before` ran; if it fails,
    one sentence on stderr says so. `profile` is what a bare `@profile` finds, in the program and in
    everything that it imports. After an interrupt this raises KeyboardInterrupt, silenced, for the
    interpreter to end by SIGINT: let it pass.
    """
    error = _run(target, before, after, profile)
    if error is None:
        _flush()
        return 0
    if not target.is_module:
        # Before the error is shown, as the interpreter does after a script, though not a module.
        _flush()
    status = _end(error)
    # Nothing may keep the program's frames alive: their objects die now, as they would without us.
    interrupted = type(error) is KeyboardInterrupt
    del error
    _flush()
    if interrupted:
        _die_of_interrupt()
    return status


def _run(
    target: Target,
    before: Callable[[CodeType, ModuleType], None],
    after: Callable[[], None],
    profile: object,
) -> BaseException | None:
    """Runs the program and returns what it raised."""
    try:
        code, main = target.load()
    except BaseException as error:
        return error
    sys.modules["__main__"] = main
    restore = _inject(main, profile)
    before(code, main)
    _report_at_exit(after, restore)
    namespace = main.__dict__
    del target, before, after, profile, restore, main
    try:
        exec(code, namespace)
    except BaseException as error:
        return error
    return None


def _inject(main: ModuleType, profile: object) -> Callable[[], None]:
    """Makes `profile` a builtin and a global of the program; the result undoes the former."""
    if profile is None:
        return lambda: None
    from peakline import _spawn

    earlier = getattr(builtins, "profile", _ABSENT)
    builtins.__dict__["profile"] = profile
    main.__dict__["profile"] = profile  # scripts ask: 'profile' in globals()
    _spawn.install()

    def restore() -> None:
        _spawn.uninstall()
        if earlier is _ABSENT:
            builtins.__dict__.pop("profile", None)
        else:
            builtins.__dict__["profile"] = earlier

    return restore


def _report_at_exit(after: Callable[[], None], restore: Callable[[], None]) -> None:
    import atexit

    def report() -> None:
        try:
            after()
        except BaseException as error:
            _say(f"peakline: the report failed: {type(error).__name__}: {error}")
        finally:
            restore()

    atexit.register(report)


def _end(error: BaseException) -> int:
    """Shows what ended the program, as the interpreter would, and returns the exit status."""
    if isinstance(error, CannotRun):
        _say(str(error))
        return error.status
    trace = _program_part(error)
    error = error.with_traceback(trace)
    if isinstance(error, SystemExit):
        return _exit_status(error.code)
    return _show(error)


def _exit_status(code: object) -> int:
    if code is None:
        return 0
    if isinstance(code, int):
        return code
    try:
        _say(str(code))
    except Exception:
        _say("")  # its __str__ failed; the interpreter drops that error too
    return 1


def _program_part(error: BaseException) -> TracebackType | None:
    """The traceback without the frames, all at its start, that led from us to the program."""
    import runpy

    ours = {__file__, _run.__code__.co_filename, Target.load.__code__.co_filename}
    ours.add(runpy.run_module.__code__.co_filename)
    trace = error.__traceback__
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        if file not in ours and not file.startswith(("<frozen importlib", "<frozen zipimport")):
            return trace
        trace = trace.tb_next
    # Only a source that does not compile fails outside every frame of the program; otherwise the
    # fault is ours.
    if isinstance(error, SyntaxError | ValueError | RuntimeError | MemoryError):
        return None
    return error.__traceback__


def _show(error: BaseException) -> int:
    """Calls `sys.excepthook` as the interpreter does for an uncaught exception; the exit status."""
    kind, trace = type(error), error.__traceback__
    sys.last_type, sys.last_value, sys.last_traceback = kind, error, trace
    if sys.version_info >= (3, 12):
        sys.last_exc = error
    try:
        sys.excepthook(kind, error, trace)
    except SystemExit as stop:
        return _exit_status(stop.code)
    except BaseException as failure:
        here = failure.__traceback__
        within = here.tb_next if here is not None else None
        _say("Error in sys.excepthook:")
        sys.__excepthook__(type(failure), failure.with_traceback(within), within)
        _say("\nOriginal exception was:")
        sys.__excepthook__(kind, error, trace)
    return 1


def _die_of_interrupt() -> NoReturn:
    """Ends as the interpreter does on Ctrl-C, exit handlers and all; it has been shown already."""
    program_hook = sys.excepthook

    def silence(*_: object) -> None:
        sys.excepthook = program_hook

    sys.excepthook = silence
    raise KeyboardInterrupt


def _say(text: str) -> None:
    """Writes a line to stderr; its end reaches the descriptor even if the program closed stderr."""
    for part in (text, "\n"):
        try:
            sys.stderr.write(part)
            sys.stderr.flush()
        except Exception:
            if sys.stderr is None or part == "\n":
                with suppress(OSError):
                    os.write(2, part.encode(errors="backslashreplace"))


def _flush() -> None:
    """Flushes both streams where the interpreter would, before threads are waited for."""
    for stream in (sys.stderr, sys.stdout):
        with suppress(Exception):  # tried again, and reported, at finalization
            stream.flush()
