# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""The driver before CPython 3.12: the agent's frame evaluation hook, proved before it is used."""

from __future__ import annotations

import ctypes
import sys
from types import CodeType

from peakline._drivers import Unsupported


class EvaluationHook:
    """The hook of PEP 523; the agent installs it only while a session is on, and it sees every frame then."""

    name = "hook"

    def __init__(self, agent: ctypes.PyDLL, library: ctypes.c_ssize_t) -> None:
        start = ctypes.c_ssize_t(CodeType.__basicsize__)
        if not agent.peakline_hook_configure(sys.version_info[1], start, library):
            raise Unsupported("this version of CPython is not known")

    def watch(self, code: CodeType) -> None:
        """Nothing to do."""

    def unwatch(self, code: CodeType) -> None:
        """Nothing to do."""
