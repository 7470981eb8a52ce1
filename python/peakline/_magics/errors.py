# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Errors of what a magic runs, shown as IPython shows those of a cell: without frames of ours."""

from __future__ import annotations

import bdb
import os
import sys
from typing import Any

from peakline import _trial

_OURS = (os.path.dirname(__file__) + os.sep, _trial.__file__)


def show_syntax_error(error: SyntaxError, shell: Any) -> SyntaxError:
    """Shows a syntax error as if IPython had found it itself, before it ran anything.

    Gives the error to raise. IPython shows all frames above a syntax error that a magic raises, and
    none can be hidden; but it takes a BdbQuit for one that its user has seen.
    """
    if isinstance(error, IndentationError):
        shell.showindentationerror()
    else:
        shell.showsyntaxerror()
    kind = type(error)
    seen: type[SyntaxError] = type(kind.__name__, (kind, bdb.BdbQuit), {})
    return seen(*error.args)


def print_error(error: BaseException, shell: Any) -> None:
    """Prints the traceback of an error that ended a call, as IPython would, on the standard error;
    it begins behind the last frame of those that have run the call.
    """
    trace = each = error.__traceback__
    while each is not None:
        if each.tb_frame.f_code.co_filename.startswith(_OURS):
            trace = each.tb_next
        each = each.tb_next
    formatter = shell.InteractiveTB
    text = formatter.structured_traceback(type(error), error, trace, tb_offset=0)
    print(formatter.stb2text(text), file=sys.stderr)
