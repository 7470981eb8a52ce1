# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""The ways of counting memory: their names, old and new, and their numbers in the agent."""

from __future__ import annotations

RSS = 0
PSS = 1
USS = 2
TRACEMALLOC = 3
HEAP = 4

_NUMBERS = {
    "rss": RSS,
    "pss": PSS,
    "uss": USS,
    "tracemalloc": TRACEMALLOC,
    "heap": HEAP,
    "psutil": RSS,
    "psutil_pss": PSS,
    "psutil_uss": USS,
    "posix": RSS,
}

NAMES = tuple(_NUMBERS)
"""Every name that is accepted, the plain ones first."""

_CANONICAL = {RSS: "rss", PSS: "pss", USS: "uss", TRACEMALLOC: "tracemalloc", HEAP: "heap"}


class UnknownBackend(ValueError, KeyError):
    """No backend has this name; the message names those that exist."""

    def __str__(self) -> str:
        # KeyError would put the sentence in quotation marks.
        return str(self.args[0]) if self.args else ""


def choose_backend(new_backend: str | None = None) -> str:
    """The backend to use: the one asked for, or 'psutil' (resident set) when none is.

    Raises UnknownBackend, which is both a ValueError and a KeyError.
    """
    if new_backend is None:
        return "psutil"
    if not isinstance(new_backend, str) or new_backend not in _NUMBERS:
        raise UnknownBackend(
            f"unknown backend {new_backend!r}: choose one of 'rss' (also called 'psutil' and "
            "'posix'), 'pss' ('psutil_pss'), 'uss' ('psutil_uss'), 'tracemalloc' or 'heap'"
        )
    return new_backend


def number_of(name: str | None) -> int:
    """The agent's number of a backend, one of the constants above. Raises UnknownBackend."""
    return _NUMBERS[choose_backend(name)]


def canonical_name(name: str | None) -> str:
    """The plain name of a backend: 'rss', 'pss', 'uss', 'tracemalloc' or 'heap'.

    Raises UnknownBackend.
    """
    return _CANONICAL[number_of(name)]
