# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""The line engine's entry points in the agent, with their types. Called with the GIL held."""

from __future__ import annotations

import ctypes
from functools import cache
from typing import Any

from peakline import _agent


class Natives:
    """One attribute for each `peakline_…` function of the agent's LineInterface.swift.

    And of its LineFunctions.swift, as builtin functions: what is called so often that a call
    through ctypes would be most of the price.
    """

    def __init__(self) -> None:
        # Here, since that module imports what imports this one.
        from peakline._drivers import builtin

        agent = _agent.library()
        word, number = ctypes.c_ssize_t, ctypes.c_int32

        def entry(name: str, result: Any, *arguments: Any) -> Any:
            function = getattr(agent, "peakline_" + name)
            function.restype, function.argtypes = result, arguments
            return function

        self.is_watched = entry("is_watched", number, word)
        self.session_make = entry("session_make", word, number)
        self.session_destroy = entry("session_destroy", None, word)
        self.session_attach = entry(
            "session_attach",
            word,
            *(word, word, number, ctypes.c_void_p, number, number, number, number),
        )
        self.session_on = builtin(agent, "peakline_session_on")
        self.session_off = builtin(agent, "peakline_session_off")
        self.session_reset = builtin(agent, "peakline_session_reset")
        self.table_figures = builtin(agent, "peakline_table_figures")
        self.table_baseline = entry("table_baseline", word, word)
        self.table_recursive = entry("table_recursive", number, word)
        self.table_calls_elsewhere = entry("table_calls_elsewhere", word, word)
        self.table_read = entry("table_read", number, word, ctypes.c_void_p, number)
        self.heap_obstacle = entry("heap_obstacle", number)
        self.heap_start = entry("heap_start", number, word, number)
        self.heap_totals = entry("heap_totals", None, ctypes.c_void_p)
        self.heap_baseline = entry("heap_baseline", None, word, word, word)
        self.record_start = entry("record_start", word, word, word, word, word, word)
        self.record_stop = entry("record_stop", None, word)
        self.mark = entry("mark", word, ctypes.c_char_p, word, word)
        self.use_traced_memory = entry("use_traced_memory", None, ctypes.py_object)
        self.dropped = entry("dropped", word)
        self.too_deep = entry("too_deep", word)
        self.untraced = entry("untraced", word)
        self.exact_to_the_page = entry("exact_to_the_page", number)


@cache
def natives() -> Natives:
    """The entry points. Raises AgentUnavailable."""
    return Natives()
