# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Loads the agent, the only native code that enters the profiled process.

The library sits beside this file. It is loaded twice over the same image: once as a `PyDLL`, whose
calls keep the GIL (the line engine relies on it), once as a `CDLL`, whose calls release it
(anything that waits).
"""

from __future__ import annotations

import ctypes
import os
from functools import cache

ABI = 3
"""The version of the C interface that this package speaks; the library must answer the same."""

PATH = os.path.join(os.path.dirname(os.path.abspath(__file__)), "libpeakline_agent.so")


class AgentUnavailable(ImportError):
    """The native agent cannot be loaded; the message says why and what to do."""


@cache
def library() -> ctypes.PyDLL:
    """The agent, called with the GIL held. Raises AgentUnavailable."""
    try:
        agent = ctypes.PyDLL(PATH)
    except OSError as error:
        raise AgentUnavailable(
            f"Peakline's agent could not be loaded ({error}): reinstall with "
            "'pip install --force-reinstall peakline'"
        ) from error
    if agent.peakline_abi() != ABI:
        raise AgentUnavailable(
            f"{PATH} belongs to another version of Peakline: reinstall with "
            "'pip install --force-reinstall peakline'"
        )
    return agent


@cache
def releasing() -> ctypes.CDLL:
    """The agent, called with the GIL released: for calls that wait. Raises AgentUnavailable."""
    library()
    return ctypes.CDLL(PATH)


def other_preloaded() -> str | None:
    """The path of another installation's agent that is preloaded; it would see what ours cannot."""
    for path in os.environ.get("LD_PRELOAD", "").replace(":", " ").split():
        if os.path.basename(path) == os.path.basename(PATH):
            try:
                if not os.path.samefile(path, PATH):
                    return path
            except OSError:
                continue  # The loader has found none either.
    return None
