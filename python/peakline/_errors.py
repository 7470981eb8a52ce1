# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Tells our own failures from the program's exceptions.

A signal handler of the program may raise anywhere, also while a table is made: that exception is
the program's, and must reach it. What fails in our own code, or in the stream that we write to,
must not.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_FOLDERS = tuple(
    os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), name, "")
    for name in ("peakline", "memory_profiler")
)


class BrokenStream(OSError, ValueError):
    """A stream could not be written to: closed, full, or broken."""


def is_ours(error: BaseException) -> bool:
    """Whether our own code raised the error, or what it called in C or in the importer."""
    step = error.__traceback__
    while step is not None and step.tb_next is not None:
        step = step.tb_next
    if step is None:
        return False
    file = step.tb_frame.f_code.co_filename
    return file.startswith(_FOLDERS) or file.startswith("<frozen importlib")


def is_of_call(error: BaseException, function: Any) -> bool:
    """Whether the error came out of `function` as called by the frame that caught it."""
    inner = error.__traceback__.tb_next if error.__traceback__ is not None else None
    if inner is None:  # A function in C.
        return True
    code = getattr(getattr(function, "__func__", function), "__code__", None)
    return inner.tb_frame.f_code is code


def say(sentence: str) -> None:
    """Says something on the interpreter's original standard error, if it has one."""
    try:
        if sys.__stderr__ is not None:
            sys.__stderr__.write(f"peakline: {sentence}\n")
    except (OSError, ValueError):
        pass
