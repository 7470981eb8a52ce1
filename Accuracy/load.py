# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Loads a program and says how it is run: so often to warm up, then once to be measured.

Caches, free lists and first-time costs are settled by calls of a copy of `work`, whose lines nobody
measures, immediately before: nothing else runs in between, whoever measures.
"""

from __future__ import annotations

import ast
import functools
import gc
import sys
from pathlib import Path
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Any

import marks

if TYPE_CHECKING:
    from collections.abc import Callable


WARM_UPS = 64
"""The interpreter gives the instances of a class less room with each one that is made, 30 times
(SHARED_KEYS_MAX_SIZE in its sources): how much a line asks for depends on that until it ends."""


def load(path: Path, tree: ast.AST | None = None, **names: Any) -> dict[str, Any]:
    """The program's namespace, from its source or from a tree that was made of it."""
    namespace: dict[str, Any] = {"__name__": "program", "__file__": str(path), **names}
    module = type(sys)("program")
    module.__dict__.update(namespace)
    sys.modules["program"] = module
    source = path.read_text("utf-8")
    exec(compile(tree or source, str(path), "exec"), module.__dict__)
    work = module.__dict__["work"]
    # Marks need more of the frame's stack, and the frame may become an object: make it as big.
    depth = _stack_size(compile(marks.marked(source, "work"), str(path), "exec"))
    work.__code__ = work.__code__.replace(co_stacksize=max(depth, work.__code__.co_stacksize))
    return module.__dict__


def _stack_size(module: CodeType) -> int:
    codes = [code for code in module.co_consts if isinstance(code, CodeType)]
    return next(code.co_stacksize for code in codes if code.co_name == "work")


def copied(work: FunctionType) -> FunctionType:
    """The same function with code of its own; what it defines inside is shared."""
    code = work.__code__.replace(co_name="warm_up")
    if sys.version_info >= (3, 11):
        # By it a recording of the whole program tells the two apart.
        code = code.replace(co_qualname="warm_up")
    return FunctionType(code, work.__globals__, "warm_up", work.__defaults__, work.__closure__)


def _call(work: Callable[[], object]) -> None:
    work()


_forget = getattr(sys, "_clear_internal_caches", sys._clear_type_cache)


class Run(functools.partial):  # type: ignore[type-arg]
    """Measured is its function; called, it runs all that is around it as well."""

    def __call__(self) -> None:  # type: ignore[override]
        work, (drive, warm_up, before, after) = self.func, self.args
        for _ in range(WARM_UPS):
            drive(warm_up)
        # The cache of attributes by type holds names; which one makes room for which depends on
        # their addresses, and a name may die of it in the middle of a line.
        _forget()
        before(None)
        drive(work)
        after(None)


def runner(
    program: dict[str, Any], before: Callable[[Any], Any], after: Callable[[Any], Any]
) -> Run:
    """What warms up, calls `before(None)`, the measured function, and `after(None)`."""
    work = program["work"]
    return Run(work, program.get("drive", _call), copied(work), before, after)


def settle() -> None:
    """No collection comes in between, from here to the end of the process."""
    gc.collect()
    gc.disable()
