# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""A magic at a debugger's prompt: that is within its trace function, where Python makes no events,
which are what lines are measured by.
"""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING, Any

from peakline._magics.undoing import undone

if TYPE_CHECKING:
    from collections.abc import Callable


def undisturbed(function: Callable[..., Any], *args: Any) -> Any:
    """Calls a function such that there are events in it, wherever this is called.

    A debugger that waits at its prompt would stop in the function; it is back afterwards. Any other
    tracer, such as a coverage tool's, stays.
    """
    __tracebackhide__ = True
    tracer = sys.gettrace()
    if not _is_running(tracer):
        return sys.call_tracing(function, args)
    return undone(partial(sys.settrace, tracer), _without_tracer, function, args)


def _without_tracer(function: Callable[..., Any], args: tuple[Any, ...]) -> Any:
    __tracebackhide__ = True
    sys.settrace(None)
    return sys.call_tracing(function, args)


def _is_running(tracer: Any) -> bool:
    """Whether a trace function is what has called us."""
    code = getattr(getattr(tracer, "__func__", tracer), "__code__", None)
    if code is None:
        return False
    frame = sys._getframe()
    while frame is not None:
        if frame.f_code is code:
            return True
        frame = frame.f_back  # type: ignore[assignment]
    return False
