# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""The code that a magic runs: a statement on its line, or the cell below it."""

from __future__ import annotations

import ast
import asyncio
import inspect
import re
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

from peakline._functions import functions_in
from peakline._magics.arguments import usage_error
from peakline._magics.errors import show_syntax_error
from peakline._magics.undoing import undone

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import CodeType


class Statement:
    """Compiled code that runs among the user's names.

    `text` is its source, numbered as the cell is: what stands on the magic's own line is line 1.
    IPython's syntax (`!ls`, `%time`, `await` at the top) is understood in it. Its source is entered
    in `linecache`, so that tracebacks and tables can show it. Raises SyntaxError, once it is shown.
    """

    def __init__(self, shell: Any, line: str, cell: str | None = None) -> None:
        self._shell = shell
        body = "" if cell is None else shell.transform_cell(cell)
        head = line if cell is not None or not line else shell.transform_cell(line).rstrip("\n")
        self.text = f"{head}\n{body}"
        # The number of this cell's prompt; `execution_count` may be the next one's already.
        number = shell.displayhook.prompt_count
        name = shell.compile.cache(self.text, number, raw_code=self.text)
        flags = shell.compile.flags | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        try:
            self.tree = ast.parse(self.text, name)
            self.code: CodeType = compile(self.tree, name, "exec", flags, dont_inherit=True)
        except SyntaxError as error:
            raise show_syntax_error(error, shell) from None

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to run."""
        return not self.tree.body

    @property
    def is_one_line(self) -> bool:
        """Whether its lines are a single one, whose figures would be those of the whole."""
        body = self.tree.body
        return not body or body[0].lineno == body[-1].end_lineno

    @property
    def has_imports(self) -> bool:
        """Whether it imports something itself, and not only what it calls."""
        return any(
            isinstance(node, ast.Import | ast.ImportFrom)
            or getattr(node, "id", getattr(node, "attr", None)) in ("__import__", "import_module")
            for node in ast.walk(self.tree)
        )

    def run(self) -> None:
        """Runs it once; what it raises passes."""
        __tracebackhide__ = True
        names = self._shell.user_ns
        if self.code.co_flags & inspect.CO_COROUTINE:
            run_to_end(eval(self.code, names))
        else:
            exec(self.code, names)

    def functions(self) -> Iterator[tuple[str, CodeType]]:
        """The functions and methods that it defines: qualified name and code, outer ones first."""
        return functions_in(self.code)

    def called(self) -> dict[str, Any]:
        """What it calls, by the names it calls it by, as far as these can be looked up safely."""
        found: dict[str, Any] = {}
        # What it binds itself is not what its name stands for now.
        bound = {
            node.id
            for node in ast.walk(self.tree)
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
        }
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import | ast.ImportFrom):
                bound |= {(name.asname or name.name).partition(".")[0] for name in node.names}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call) and _first_name(node.func) not in bound:
                value = _looked_up(node.func, self._shell.user_ns)
                if value is not None:
                    found.setdefault(ast.unparse(node.func), value)
        return found


def _first_name(node: ast.expr) -> str | None:
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None


def _looked_up(node: ast.expr, names: dict[str, Any]) -> Any:
    """The value of a name, or of an attribute that can be read without running anybody's code."""
    if isinstance(node, ast.Name):
        return names.get(node.id)
    if isinstance(node, ast.Attribute):
        owner = _looked_up(node.value, names)
        if owner is None:
            return None
        try:
            found = inspect.getattr_static(owner, node.attr)
        except AttributeError:
            return None
        if isinstance(found, staticmethod | classmethod):
            return found.__func__
        return found if inspect.isfunction(found) or isinstance(found, type) else None
    return None


def run_to_end(coroutine: Any) -> None:
    """Runs a coroutine on this thread, whose events are the measured ones.

    A terminal's loop stays, and goes on with the tasks that were begun when a later cell awaits. A
    notebook's loop is running already, and waits for us: a loop of our own takes its place for the
    time. What belongs to the notebook's loop cannot be awaited there, and tasks end with it.
    """
    __tracebackhide__ = True
    outer = asyncio._get_running_loop()
    if outer is None:
        loop = _loop_of_terminal()
        if loop is None:
            _run_alone(coroutine)
        else:
            _run_on(loop, coroutine)
        return
    task = asyncio.current_task(outer)
    undone(partial(_give_back, outer, task), _run_instead, outer, task, coroutine)


def _run_on(loop: Any, coroutine: Any) -> None:
    """Runs a coroutine on a loop that stays; interrupted, it does not go on with the next cell."""
    __tracebackhide__ = True
    task = loop.create_task(coroutine)
    try:
        loop.run_until_complete(task)
    except BaseException:
        if not task.done():
            task.cancel()
            with suppress(asyncio.CancelledError):
                loop.run_until_complete(task)
        raise


def _run_instead(outer: Any, task: Any, coroutine: Any) -> None:
    """Runs a coroutine in the place of a loop that is running, and of the task that it is at."""
    __tracebackhide__ = True
    asyncio._set_running_loop(None)
    if task is not None:
        asyncio.tasks._leave_task(outer, task)
    try:
        _run_alone(coroutine)
    except (RuntimeError, ValueError) as error:
        if re.search("different (event )?loop", str(error)):
            print(
                "The statement has a loop of its own: tasks, locks and connections that were made "
                "in other cells belong to the notebook's and cannot be awaited here."
            )
        raise


def _give_back(outer: Any, task: Any) -> None:
    """The loop that was running is the one that runs, at its task."""
    if task is not None and asyncio.current_task(outer) is not task:
        asyncio.tasks._enter_task(outer, task)
    asyncio._set_running_loop(outer)
    asyncio.set_event_loop(outer)


def _run_alone(coroutine: Any) -> None:
    """Runs a coroutine on a loop that ends with it, and says what that cuts short."""
    __tracebackhide__ = True
    unfinished: list[int] = []
    try:
        asyncio.run(_awaited(coroutine, unfinished))
    finally:
        if count := sum(unfinished):
            tasks = "1 task was" if count == 1 else f"{count} tasks were"
            print(
                f"{tasks} not finished when the statement was, and cancelled: it has a loop of its "
                "own, which ends with it."
            )


async def _awaited(coroutine: Any, unfinished: list[int]) -> None:
    __tracebackhide__ = True
    try:
        await coroutine
    finally:
        # Without this one.
        unfinished.append(len(asyncio.all_tasks()) - 1)


def _loop_of_terminal() -> Any:
    """The loop that a terminal's IPython awaits on, so that what belongs to it can be used."""
    try:
        from IPython.core.async_helpers import get_asyncio_loop
    except ImportError:
        return None
    loop = get_asyncio_loop()
    return None if loop.is_running() or loop.is_closed() else loop


def of(shell: Any, line: str, cell: str | None) -> Statement:
    """The statement of a magic. Raises UsageError if there is none."""
    statement = Statement(shell, line, cell)
    if statement.is_empty:
        raise usage_error("there is no statement to run: write it behind the options")
    return statement
