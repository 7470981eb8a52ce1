# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""`%mprun --compare f g`: calls side by side, what each costs as a whole and line by line."""

from __future__ import annotations

import ast
import inspect
import re
from collections import deque
from typing import TYPE_CHECKING, Any, NamedTuple

from peakline._magics import choice, once, show
from peakline._magics.arguments import usage_error
from peakline._magics.errors import print_error
from peakline._magics.statement import run_to_end

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import CodeType

    from peakline._magics.arguments import Arguments
    from peakline._magics.shell import PeaklineMagics

_REPEAT = 3


class _Call(NamedTuple):
    """One of the calls to compare: its name, what runs it, the function whose lines are shown."""

    name: str
    run: _Run
    function: Any


class _Run:
    """Runs a call among the user's names: all in the same way, so that none has less to do."""

    def __init__(self, code: CodeType, shell: Any) -> None:
        self._code = code
        self._shell = shell

    def __call__(self) -> Any:
        __tracebackhide__ = True
        return eval(self._code, self._shell.user_ns)

    def _peakline_print_error(self, error: BaseException) -> None:
        """Asked by `_trial` of an alternative that has failed, in its own process."""
        print_error(error, self._shell)


def run(
    magics: PeaklineMagics,
    options: Arguments,
    backend: str,
    precision: int | None,
    cell: str | None,
) -> Any:
    """Runs the calls, shows and returns (with `-r`) the comparison."""
    __tracebackhide__ = True
    from peakline._compare import compare

    texts = [*options.all("f"), *_expressions(options.rest)]
    if len(texts) < 2:
        raise usage_error("--compare needs two functions or calls, as in --compare f(10) g(10)")
    if len(set(texts)) < len(texts):
        raise usage_error(f"--compare needs calls that differ, not {' '.join(texts)}")
    if cell is not None:
        raise usage_error("--compare takes its calls from its own line: there is no cell below it")
    if backend != "heap":
        raise usage_error("--compare counts the heap, which no other backend can stand in for")
    calls = [_call(text, magics.shell) for text in texts]
    names = [call.name for call in calls]
    if len(set(names)) < len(names):
        names = texts
    # One word is compare's own.
    names = [f"{name}()" if name == "repeat" else name for name in names]
    comparison = compare(
        repeat=_REPEAT, **{name: call.run for name, call in zip(names, calls, strict=True)}
    )
    for name, call in zip(names, calls, strict=True):
        if comparison[name].error is None:
            comparison = comparison.with_lines(name, show.labelled(_lines(call), magics.shell))
    text = comparison.to_text(precision=precision, **show.terminal_options()).rstrip()
    show.report(magics.shell, text, comparison.to_html)
    if file := options.last("T"):
        show.save(comparison.to_text(precision=precision).rstrip(), file)
    if "r" not in options:
        return None
    once.is_shown(comparison, magics.shell, f"<Comparison of {', '.join(names)}>")
    return comparison


def _expressions(text: str) -> Iterator[str]:
    """The expressions that stand in a row, with blanks between; they may have blanks inside."""
    text = text.strip()
    while text:
        ends = [match.start() for match in re.finditer(r"\s+", text)]
        for end in [*ends, len(text)]:
            try:
                ast.parse(text[:end], mode="eval")
            except SyntaxError:
                continue
            yield text[:end]
            break
        else:
            raise usage_error(f"this is no expression: {text}")
        text = text[end:].lstrip()


def _call(text: str, shell: Any) -> _Call:
    """A call as it stands, or a function to be called without arguments."""
    node = ast.parse(text, mode="eval").body
    if not isinstance(node, ast.Call):
        function = text if isinstance(node, ast.Name | ast.Attribute) else f"({text})"
        return _call(f"{function}()", shell)._replace(name=text)
    name = ast.unparse(node.func)
    file = shell.compile.cache(text, shell.displayhook.prompt_count, raw_code=text)
    return _Call(name, _Run(compile(text, file, "eval"), shell), choice.value_of(name, shell))


def _lines(call: _Call) -> Any:
    """The lines of the function while the call runs."""
    __tracebackhide__ = True
    from peakline import _engine
    from peakline._backends import HEAP
    from peakline._results import profile_of
    from peakline._wrap import codes_of

    session = _engine.session(HEAP)
    try:
        for code in codes_of(call.function):
            session.add(code)
        session.begin()
        try:
            _finish(call.run())
        finally:
            session.end()
        return profile_of(session, "heap")
    finally:
        session.close()


def _finish(value: Any) -> None:
    """A generator or coroutine runs only now."""
    __tracebackhide__ = True
    if inspect.isgenerator(value):
        deque(value, maxlen=0)
    elif inspect.isasyncgen(value):
        run_to_end(_exhausted(value))
    elif inspect.iscoroutine(value):
        run_to_end(value)


async def _exhausted(generator: Any) -> None:
    __tracebackhide__ = True
    async for _ in generator:
        pass
