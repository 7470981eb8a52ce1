# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""A magic's line: its options, and the statement behind them, which stays as it was written.

IPython's own parser splits the whole line at blanks and joins it again, which changes the strings
in a statement; so only the options are split here.
"""

from __future__ import annotations

import re
from getopt import GetoptError, getopt
from typing import Any

_TOKEN = re.compile(r"""\s*("[^"]*"|'[^']*'|\S+)""")


class Arguments:
    """The options of a line by name, without dashes, each with a list of its values (`''` for a
    flag); and `rest`, the text behind them.
    """

    __slots__ = ("_values", "rest")

    def __init__(self, values: dict[str, list[str]], rest: str) -> None:
        self._values = values
        self.rest = rest

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def all(self, name: str) -> list[str]:
        """All values of an option, in order."""
        return self._values.get(name, [])

    def last(self, name: str) -> str | None:
        """The last value of an option; None if it was not given."""
        values = self._values.get(name)
        return values[-1] if values else None

    def number(self, name: str, kind: type[Any], default: Any, *, least: float) -> Any:
        """The last value as a number of a kind. Raises UsageError, also for less than `least`."""
        text = self.last(name)
        if text is None:
            return default
        try:
            value = kind(text)
        except ValueError:
            value = None
        if value is None or not value >= least:
            what = "a whole number" if kind is int else "a number"
            raise usage_error(f"-{name} needs {what}, {least:g} or more, not {text!r}")
        return value


def usage_error(sentence: str) -> Exception:
    """IPython shows it as one line, without a traceback."""
    from IPython.core.error import UsageError

    error: Exception = UsageError(sentence)
    return error


def parse(line: str, short: str, long: tuple[str, ...] = ()) -> Arguments:
    """Parses a line as getopt does: `short` as in 'rf:', `long` as in ('reload', 'backend=').

    The options come first; `--` ends them. Raises UsageError for an unknown one.
    """
    tokens = list(_TOKEN.finditer(line))
    words = [_unquoted(token[1]) for token in tokens]
    try:
        options, others = getopt(words, short, list(long))
    except GetoptError as error:
        allowed = " ".join([f"-{letter}" for letter in short if letter != ":"])
        names = " ".join(f"--{name.rstrip('=')}" for name in long)
        raise usage_error(f"{error.msg}; there are {allowed} {names}".rstrip()) from None
    values: dict[str, list[str]] = {}
    for name, value in options:
        values.setdefault(name.lstrip("-"), []).append(value)
    taken = len(words) - len(others)
    rest = line[tokens[taken - 1].end() if taken else 0 :]
    return Arguments(values, rest.strip())


def _unquoted(word: str) -> str:
    return word[1:-1] if len(word) > 1 and word[0] == word[-1] and word[0] in "\"'" else word
