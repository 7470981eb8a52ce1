# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""The drivers of the agent's line engine, and the choice among them. See `_engine`."""

from __future__ import annotations

import ctypes
import functools
import sys
from typing import TYPE_CHECKING, Any

from peakline import _agent

if TYPE_CHECKING:
    from types import CodeType

    from peakline._engine import Driver


class _PlainTrace:
    """Stands for the plain trace function, which asks nothing of the interpreter beforehand."""

    name = "trace"

    def prove(self) -> None:
        """Nothing is taken for granted."""

    def watch(self, code: CodeType) -> None:
        """Nothing to do."""

    def unwatch(self, code: CodeType) -> None:
        """Nothing to do."""


def choose() -> tuple[Driver, str | None]:
    """The best driver that works here, and if it is the plain trace function, why."""
    try:
        return _native_driver(), None
    except (Unsupported, _agent.AgentUnavailable) as error:
        return plain(error)


def plain(reason: Exception) -> tuple[Driver, str]:
    """The plain trace function, and why it must do."""
    return _PlainTrace(), f"Lines are measured by a slow trace function: {reason}."


class Unsupported(Exception):
    """A driver cannot be used in this interpreter; the message says why."""


def _native_driver() -> Driver:
    if sys.implementation.name != "cpython":
        raise Unsupported("the interpreter is not CPython")
    if not getattr(sys, "_is_gil_enabled", lambda: True)():
        raise Unsupported("the interpreter runs without a GIL")
    agent = _agent.library()
    library = ctypes.c_ssize_t(ctypes.pythonapi._handle)
    if not agent.peakline_attach_python(library):
        raise Unsupported("the interpreter lacks a function of the C API")
    if sys.version_info >= (3, 12):
        return Monitoring(agent)
    return _hook.EvaluationHook(agent, library)


class _MethodDefinition(ctypes.Structure):
    """CPython's PyMethodDef."""

    _fields_ = (
        ("name", ctypes.c_char_p),
        ("function", ctypes.c_void_p),
        ("flags", ctypes.c_int),
        ("doc", ctypes.c_char_p),
    )


_METH_FASTCALL = 0x80
_definitions: list[_MethodDefinition] = []  # A builtin function refers to its definition for ever.


def builtin(agent: ctypes.PyDLL, name: str) -> Any:
    """An entry point of the agent, of METH_FASTCALL's shape, as a builtin function.

    Called without ctypes in between.
    """
    address = ctypes.cast(getattr(agent, name), ctypes.c_void_p)
    definition = _MethodDefinition(name.encode(), address, _METH_FASTCALL, None)
    _definitions.append(definition)
    make = ctypes.pythonapi.PyCFunction_NewEx
    make.restype = ctypes.py_object
    make.argtypes = (ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)
    return make(ctypes.addressof(definition), None, None)


class Monitoring:
    """`sys.monitoring`, with events of its own tool on watched code objects only.

    PY_UNWIND and PY_THROW cannot be had for one code object before 3.15. The agent asks for them
    when a watched frame begins, and gives them up again by itself (see `UnwindEvents` there).
    """

    name = "monitoring"

    def __init__(self, agent: ctypes.PyDLL) -> None:
        self._monitoring: Any = sys.monitoring  # type: ignore[attr-defined, unused-ignore]
        self._tool = self._take_tool()
        events = self._monitoring.events
        callbacks = {
            events.PY_START: "start",
            events.PY_RESUME: "resume",
            events.PY_THROW: "resume",
            events.LINE: "line",
            events.PY_RETURN: "leave",
            events.PY_YIELD: "leave",
            events.PY_UNWIND: "unwind",
        }
        for event, name in callbacks.items():
            callback = builtin(agent, f"peakline_on_{name}")
            self._monitoring.register_callback(self._tool, event, callback)
        self._local = (
            events.PY_START | events.PY_RESUME | events.LINE | events.PY_RETURN | events.PY_YIELD
        )
        everywhere = events.PY_THROW | events.PY_UNWIND
        set_events = self._monitoring.set_events
        # The agent keeps their addresses, this object keeps them alive.
        self._switches = (
            functools.partial(set_events, self._tool, everywhere),
            functools.partial(set_events, self._tool, 0),
        )
        agent.peakline_use_unwind_events(*map(ctypes.py_object, self._switches))

    def prove(self) -> None:
        """Nothing is taken for granted: all of it is documented."""

    def _take_tool(self) -> int:
        # 0 to 2 and 5 are by custom the debugger's, coverage's, the profiler's and the optimizer's.
        for tool in (3, 4, 2, 5, 1, 0):
            if self._monitoring.get_tool(tool) is None:
                self._monitoring.use_tool_id(tool, "peakline")
                return tool
        raise Unsupported("all six tools of sys.monitoring are taken")

    def watch(self, code: CodeType) -> None:
        """Asks for the events of this code."""
        self._monitoring.set_local_events(self._tool, code, self._local)

    def unwatch(self, code: CodeType) -> None:
        """Gives the events of this code up."""
        self._monitoring.set_local_events(self._tool, code, 0)


if sys.version_info < (3, 12):
    # Down here, since it needs what is defined above.
    from peakline import _hook
