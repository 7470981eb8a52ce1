# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""`CodeMap`: the figures of a `LineProfiler`, as a dict of dicts. Programs read and subclass it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from peakline import _engine, _source
from peakline._nested import nested_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import CodeType


_MIB = 1048576.0

Figures = tuple[float, float, int]
"""Of a line: increment (MiB, sum), memory usage (MiB, maximum), occurrences."""


class CodeMap(dict):  # type: ignore[type-arg]
    """Code object -> {line number: (increment in MiB, memory usage in MiB, occurrences)}.

    Lines stand in the order in which they were first measured. The first is the `def` line, whose
    increment is the usage at the first call. Code objects nested in a function share its dict: the
    lines of functions and classes that it defines stand after the line of the definition. The
    figures come from the engine when they are looked at. Code objects that are equal, as those of a
    module before and after a reload, are one key and have their figures together.
    """

    # Subclasses may leave __init__ out.
    _session: Any = None
    _is_stale = False
    _counted: Any = None
    """The session, and what it counts for this map, in order: code, and which of its lines are to
    be shown, None for all.
    """
    _counted_as_of: Any = None
    _asked: dict[int, Any] | tuple[()] = ()
    """By id: the code objects that were found to be, or to equal, a key."""
    _sources: list[_source.Source] | tuple[()] = ()

    # Some programs make one for every call of a function: what is rarely needed is not made here.
    def __init__(self, include_children: bool, backend: str) -> None:
        self.include_children = include_children
        self.backend = backend
        self._toplevel: list[tuple[Any, ...]] = []

    def add(self, code: CodeType, toplevel_code: CodeType | None = None) -> None:
        """Admits a code object; those nested in it share its lines."""
        if code in self:
            return
        if toplevel_code is None:
            source = _source.take_source(code)
            numbers = range(source.first_line, source.last_line + 1)
            self._toplevel.append((code.co_filename, code, numbers))
            self.__dict__.setdefault("_sources", []).append(source)
            self[code] = {}
        else:
            self[code] = dict.__getitem__(self, toplevel_code)
        for constant in code.co_consts:
            if isinstance(constant, type(code)):
                self.add(constant, toplevel_code=toplevel_code or code)

    def trace(self, code: CodeType, lineno: int, prev_lineno: int | None) -> None:
        """Records that `lineno` has run; the compatible path of subclasses that trace in Python.

        Its increment is the memory now, less the memory at the previous call for the same code.
        """
        from memory_profiler._compat import _get_memory

        memory = _get_memory(
            -1, self.backend, include_children=self.include_children, filename=code.co_filename
        )
        lines = dict.__getitem__(self, code)
        increment, usage, occurrences = lines.get(lineno, (0, memory, 0))
        last: dict[int, float] = self.__dict__.setdefault("_last_memory", {})
        increment += memory - last.get(id(lines), 0)
        last[id(lines)] = memory
        lines[lineno] = (increment, max(memory, usage), occurrences + 1)

    def items(self) -> Iterator[tuple[str, Iterator[tuple[int, Figures | None]]]]:  # type: ignore[override]
        """(file, (line number, figures or None) for every line of the function) for each that has
        run.
        """
        for filename, code, numbers in self._toplevel:
            measured = self[code]
            if measured:
                # A list: programs collect the blocks first and read their lines later.
                yield filename, iter([(line, measured.get(line)) for line in numbers])

    # MARK: what a report asks beyond memory_profiler's interface

    def source_line(self, filename: str, line: int) -> str | None:
        """The text of a line as it was when its function was admitted; None for a line of none."""
        for source in self._sources:
            text = source.line(line) if source.file == filename else None
            if text is not None:
                return text
        return None

    def source_note(self, filename: str, line: int) -> str | None:
        """What must be said of the source of the function that begins at a line, as a sentence."""
        for source in self._sources:
            if source.file == filename and source.first_line == line:
                return _source.note_of(source)
        return None

    # MARK: what the engine has measured

    def __contains__(self, code: object) -> bool:
        """Whether the code object, or an equal one, was admitted."""
        if not dict.__contains__(self, code):
            return False
        # `add`, which subclasses write anew, goes no further for the equal of a key; but the engine
        # tells code objects by identity, and must know this one too.
        if id(code) not in self._asked:
            self.__dict__.setdefault("_asked", {})[id(code)] = code
            if self._session is not None:
                self._is_measured_by(self._session)
        return True

    def _only_code(self) -> CodeType | None:
        """The one code object that has lines of its own; None where there are others, or none."""
        codes = self._distinct()
        return codes[0] if len(codes) == 1 else None

    def _is_measured_by(self, session: Any) -> None:
        """From now on the figures are the session's. Programs admit code in ways of their own."""
        if self._counted_as_of is None and len(self) == 1 and not self._asked:
            # The usual one that is measured once.
            code = next(iter(self))
            session.add(code)
            self._counted = (session, [(code, None)])
            self._session = session
            self._counted_as_of = (session, 1, 0)
        # It is called whenever the profiler is enabled: sizes tell whether there is anything new.
        # Again, if another thread or a signal handler admitted code meanwhile.
        while (now := (session, len(self), len(self._asked))) != self._counted_as_of:
            codes = self._with_nested(self._distinct())
            for code, _ in codes:
                session.add(code)
            self._counted = (session, codes)
            self._session = session
            self._counted_as_of = now
        self._is_stale = True

    def _with_nested(self, codes: list[CodeType]) -> list[tuple[CodeType, frozenset[int] | None]]:
        """What is counted for code objects: themselves, and what is defined in them."""
        found: dict[int, tuple[CodeType, frozenset[int] | None]] = {}
        for code in codes:
            found[id(code)] = (code, None)
            lines = dict.get(self, code)
            for nested, own in nested_in(code):
                if dict.get(self, nested) is lines:
                    found.setdefault(id(nested), (nested, own))
        return list(found.values())

    def _distinct(self) -> list[CodeType]:
        """The codes that have lines of their own, the first of those that share a dict; and those
        equal to them.
        """
        if len(self) == 1 and not self._asked:
            return list(self)
        owners: dict[int, CodeType] = {}
        for code, lines in list(dict.items(self)):
            owners.setdefault(id(lines), code)
        found = list(owners.values())
        for code in list(self._asked.values()) if self._asked else ():
            if owners.get(id(dict.get(self, code))) == code:
                found.append(code)
        return found

    def __setitem__(self, code: CodeType, lines: Any) -> None:
        dict.__setitem__(self, code, lines)
        self._counted_as_of = None
        if self._session is not None:
            self._is_measured_by(self._session)

    def _pull(self) -> None:
        """Brings the figures up to date. They stay stale until the session has ended."""
        session, codes = self._counted
        self._is_stale = session.is_on
        if len(codes) == 1 and isinstance(session, _engine.Session):
            code = codes[0][0]
            lines = dict.get(self, code)
            if lines is not None:
                lines.update(session.figures(code))
            return
        totals: dict[int, tuple[Any, dict[int, Figures]]] = {}
        for code, own in codes:
            measured = session.measured(code)
            lines = dict.get(self, code)
            if lines is None or not measured.rows:
                continue
            _, total = totals.setdefault(id(lines), (lines, {}))
            # A frame that was only resumed has no header, and no baseline.
            has_header = own is None and measured.baseline != _engine.NEVER
            found: dict[int, Figures] = {}
            for row in sorted(measured.rows, key=_by_order):
                if row.order and (own is None or row.line in own):
                    increment, usage, occurrences = total.get(row.line, (0.0, 0.0, 0))
                    if has_header and row is measured.rows[0] and row.line not in total:
                        increment = measured.baseline / _MIB
                    found[row.line] = (
                        increment + row.increment / _MIB,
                        max(usage, row.usage / _MIB),
                        occurrences + row.occurrences,
                    )
            if own is None:
                total.update(found)
            else:
                _insert(total, found)
        for lines, total in totals.values():
            lines.update(total)

    def __getitem__(self, code: CodeType) -> Any:
        if self._is_stale:
            self._pull()
        return dict.__getitem__(self, code)

    def get(self, code: CodeType, default: Any = None) -> Any:
        """The lines of a code object."""
        if self._is_stale:
            self._pull()
        return dict.get(self, code, default)

    def values(self) -> Any:
        """The lines of every code object."""
        if self._is_stale:
            self._pull()
        return dict.values(self)


def _by_order(row: Any) -> Any:
    return row.order


def _insert(total: dict[int, Figures], found: dict[int, Figures]) -> None:
    """Adds the lines of a nested definition after the line that defines it."""
    first = min(found, default=0)
    definition = max((line for line in total if line < first), default=None)
    after = list(total)[list(total).index(definition) + 1 :] if definition is not None else []
    rest = {line: total.pop(line) for line in after if line not in found}
    total.update(found)
    total.update(rest)
