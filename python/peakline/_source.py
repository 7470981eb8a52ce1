# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""What is known of a function's source: its lines, its units, and whether they can be trusted.

The text is taken once, when a function is registered, so that a report shows what ran even if the
file is edited meanwhile. It comes through `linecache`, which also serves notebook cells, doctests,
zip imports and `exec`ed code that somebody entered there. Whatever is wrong with the file becomes
`Source.problem`; nothing here raises.
"""

from __future__ import annotations

from types import CodeType
from typing import Any

from peakline import _blocks
from peakline._text import UNAVAILABLE
from peakline._units import Units, units_by_line


class Source:
    """The source of one code object.

    `file` is its `co_filename`, `lines` the physical lines from `first_line` to the end of the
    function (None where the text is unknown), `problem` None, "unavailable" (no text) or "changed"
    (the text is not the one that was compiled).
    """

    __slots__ = ("_stamp", "_text", "file", "first_line", "lines", "problem", "units")

    def __init__(self, code: CodeType, text: list[str], found: _blocks.Block | None) -> None:
        self.file = code.co_filename
        self.first_line = max(1, code.co_firstlineno)
        self.problem: str | None = None
        self._text = text
        self._stamp: tuple[str, int, float] | None = None
        self.lines: list[str] | None
        self.units: Units
        if found is None:
            self.problem = "changed" if text else "unavailable"
            self.lines = None
            self.units = units_by_line(self.first_line, _blocks.last_line_of(code))
        else:
            last = max(self.first_line, found.last_line)
            self.lines = text[self.first_line - 1 : last]
            self.units = found.units or units_by_line(self.first_line, last)

    @property
    def last_line(self) -> int:
        """The number of the last line of the function, as far as it is known."""
        return self.first_line + len(self.units.index) - 1

    def line(self, number: int) -> str | None:
        """A line as captured, with its newline, or the mark of an unknown one; None if not ours."""
        offset = number - self.first_line
        if not 0 <= offset < len(self.units.index):
            return None
        return UNAVAILABLE if self.lines is None else self.lines[offset]


def source_of(code: CodeType, module_globals: dict[str, Any] | None = None) -> Source:
    """The source of `code`. Never raises.

    `module_globals` lets a module's loader supply the text (zip files, custom importers); without
    them the module is looked for by its file where they are needed.
    """
    import linecache

    text = _read(code.co_filename, module_globals)
    if not text and module_globals is None:
        module_globals = _globals_of(code.co_filename)
        text = _read(code.co_filename, module_globals) if module_globals else text
    found, fits = _match(code, text, module_globals)
    if text and not fits:
        # The cached text may be older than the code (a reloaded module): look at the file once
        # more.
        try:
            linecache.checkcache(_path(code.co_filename))
        except Exception:
            return Source(code, text, None)
        text = _read(code.co_filename, module_globals)
        found, fits = _match(code, text, module_globals)
    source = Source(code, text, found if fits else None)
    source._stamp = _stamp(code.co_filename)
    return source


_SOURCES_KEPT = 256
_sources: dict[int, tuple[CodeType, Source]] = {}


def take_source(code: CodeType) -> Source:
    """What is known of the source of `code`, as of the first time it was asked for.

    The earlier that was, the better: the file may be edited. The last few are kept, for programs
    that make a profiler anew for each call of a function.
    """
    known = _sources.get(id(code))
    if known is None:
        known = (code, source_of(code))
        # Without a lock: each step is one that no other thread can come between.
        if len(_sources) >= _SOURCES_KEPT:
            _sources.pop(next(iter(tuple(_sources))), None)
        _sources[id(code)] = known
    return known[1]


def changed_since(source: Source) -> bool:
    """Whether the file was edited, or has gone, since the source was taken; a touch is no edit."""
    import os
    import tokenize

    if source._stamp is None:
        return False
    path, size, modified = source._stamp
    try:
        now = os.stat(path)
        if (now.st_size, now.st_mtime) == (size, modified):
            return False
        with tokenize.open(path) as file:
            lines = file.readlines()
    except Exception:
        return True
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    return lines != source._text


def is_gone(source: Source) -> bool:
    """Whether there is no longer a file where the source was taken from."""
    import os

    return source._stamp is not None and not os.path.lexists(source._stamp[0])


_NUMBERS_ONLY = "the numbers are right, the lines are not shown"


def note_of(source: Source) -> str | None:
    """The sentence that a report prints below the file's name, if the lines need one."""
    name = _printable(source.file)
    if source.problem == "unavailable":
        return f"NOTE: the source of {name} could not be found; {_NUMBERS_ONLY}"
    if source.problem == "changed":
        return f"NOTE: {name} changed since it was imported; {_NUMBERS_ONLY}"
    if is_gone(source):
        return f"NOTE: {name} is gone; the lines shown are those that ran"
    if changed_since(source):
        return f"NOTE: {name} changed since it was imported; the lines shown are those that ran"
    return None


def _printable(name: str) -> str:
    return name if name.isprintable() else ascii(name)[1:-1]


def _path(file: str) -> str:
    return file[:-1] if file.endswith((".pyc", ".pyo")) else file


def _read(file: str, module_globals: dict[str, Any] | None) -> list[str]:
    """The lines of a file, as linecache has them; empty if there are none to be had."""
    import linecache

    try:
        lines = linecache.getlines(_path(file), module_globals)
    except Exception:
        # A NUL in the name, a loader that fails: linecache lets some errors through.
        return []
    return lines if isinstance(lines, list) else []


def _globals_of(file: str) -> dict[str, Any]:
    """The names of the module that was loaded from a file; empty if there is none."""
    import sys

    for module in list(sys.modules.values()):
        try:
            names = vars(module)
        except TypeError:  # Anything may stand in sys.modules.
            continue
        if names.get("__file__") == file:
            return names
    return {}


def _stamp(file: str) -> tuple[str, int, float] | None:
    """Path, size and time of the file that linecache read; None for text that is no file's."""
    import linecache

    entry = linecache.cache.get(_path(file))
    if entry is None or len(entry) != 4 or entry[1] is None:
        return None
    return entry[3], entry[0], entry[1]


def _match(
    code: CodeType, text: list[str], module_globals: dict[str, Any] | None
) -> tuple[_blocks.Block | None, bool]:
    """The lines of `code` in the text, and whether `code` can have been compiled from them."""
    if not text:
        return None, False
    try:
        found = _blocks.find(code, text)
        if found is None:
            found = _find_renamed(code, text)
            return found, found is not None
        return found, not _edited(code, text, module_globals)
    except (RecursionError, MemoryError):
        # Too deep or too large to be parsed: the lines are good, only the units are missing.
        last = min(_blocks.last_line_of(code), len(text))
        return (_blocks.Block(last, None), True) if code.co_firstlineno <= last else (None, False)


def _find_renamed(code: CodeType, text: list[str]) -> _blocks.Block | None:
    """The lines of code that a library gave another name than its source does.

    A file that was edited may define something else of the same code. So the name must have been
    changed in this process: it is not the qualified one's, which nobody thinks of, or the file has
    been left alone since the process began.
    """
    qualified: str = getattr(code, "co_qualname", code.co_name)
    written = qualified.rpartition(".")[2]
    if written == code.co_name and _touched(code.co_filename):
        return None
    original = _blocks.written_as(code, text)
    if original is None or (written != code.co_name and original.co_name != written):
        return None
    return _blocks.find(original, text)


def _edited(code: CodeType, text: list[str], module_globals: dict[str, Any] | None) -> bool:
    """Whether a text that looks like the source of `code` is another version of it.

    Compiling the file is the proof, but costs: it is asked for only if the file was touched since
    this process began, and only where an import hook has no part in the code (pytest rewrites
    assertions, type checkers add calls).
    """
    if not _touched(code.co_filename) or any(
        name.startswith("@py") for name in code.co_names + code.co_varnames
    ):
        return False
    loader = (module_globals or _globals_of(code.co_filename)).get("__loader__")
    if loader is not None and type(loader).__module__ != "_frozen_importlib_external":
        return False
    return not _blocks.compiles_to(code, text)


def _touched(file: str) -> bool:
    """Whether a file was touched since this process began; not where it is none, or has gone."""
    import os

    stamp = _stamp(file)
    try:
        return stamp is not None and os.stat(stamp[0]).st_ctime >= _process_start()
    except OSError:
        return False


_started: float | None = None


def _process_start() -> float:
    """When this process began (seconds since the epoch), a little early; 0 where unknown.

    A forked child keeps its parent's answer, since it also keeps the modules that the parent
    imported.
    """
    global _started
    if _started is None:
        import os
        import time

        try:
            with open("/proc/self/stat", "rb") as file:
                ticks = int(file.read().rpartition(b")")[2].split()[19])
            age = time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK")
            _started = time.time() - age - 2
        except (OSError, ValueError, IndexError, AttributeError):
            _started = 0.0
    return _started
