# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""The builtin `profile`, which is `%mprun`'s profiler while its statement runs."""

from __future__ import annotations

import builtins
from typing import Any

_names = vars(builtins)
_ABSENT = object()


class Lent:
    """That a profiler is the builtin `profile` for a while.

    The profiler refers to it, so what stands under the name says by itself what belongs there once
    it is over. Magics nest, and threads may each run one and end in any order.
    """

    def __init__(self) -> None:
        self._below: Any = _ABSENT
        """What was there before."""
        self._is_over = False

    def begin(self, profiler: Any) -> None:
        """From now on it is this profiler."""
        _settle()
        self._below = _names.get("profile", _ABSENT)
        profiler._lent = self
        _names["profile"] = profiler

    def end(self) -> None:
        """It is what it was before, unless something else has taken its place. Undoes any part of
        `begin`, and may be called again.
        """
        self._is_over = True
        _settle()


def _settle() -> None:
    """Puts back what was below all that is over."""
    while (lent := _lent(_names.get("profile"))) is not None and lent._is_over:
        if lent._below is _ABSENT:
            _names.pop("profile", None)
        else:
            _names["profile"] = lent._below


def _lent(value: Any) -> Lent | None:
    # Programs have things of their own under that name, which may do anything when they are asked.
    found = value.__dict__.get("_lent") if _is_profiler(value) else None
    return found if isinstance(found, Lent) else None


def _is_profiler(value: Any) -> bool:
    from memory_profiler import LineProfiler

    return type(value) is LineProfiler
