# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""What a magic changes for the time of a statement is undone, whenever an interrupt comes in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


def undone(undo: Callable[[], object], function: Callable[..., Any], *args: Any) -> Any:
    """Calls a function that changes something, and `undo` after it, which must be right whether all
    of the change was made, a part of it, or nothing, and also when it is undone already.

    A KeyboardInterrupt may be raised at any instruction, also of `undo`: so there are two.
    """
    __tracebackhide__ = True
    try:
        try:
            return function(*args)
        finally:
            undo()
    finally:
        undo()
