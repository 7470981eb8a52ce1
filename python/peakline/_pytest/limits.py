# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""What the markers `limit_memory` and `limit_leaks` say, with pytest-memray's arguments."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from peakline._sizes import size_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


class BadLimit(ValueError):
    """A marker's arguments cannot be understood; the message is a sentence."""


class MemoryLimit(NamedTuple):
    """`@pytest.mark.limit_memory(…)`."""

    size: int
    """Bytes: who holds as much, or more, has failed."""
    current_thread_only: bool


class LeakLimit(NamedTuple):
    """`@pytest.mark.limit_leaks(…)`."""

    size: int
    """Bytes: who holds so much more each time, or more, has failed."""
    warmups: int
    """Runs before those that are compared."""
    repetitions: int
    """Runs that are compared, each with the one before."""
    filter_fn: Callable[[Any], object] | None
    """Says of a `Stack` whether it counts."""
    current_thread_only: bool


class StackFrame(NamedTuple):
    """A line of a stack, with pytest-memray's names."""

    function: str
    filename: str
    lineno: int


class Stack(NamedTuple):
    """A stack as `filter_fn` gets it: the innermost frame comes first."""

    frames: tuple[StackFrame, ...]


def memory_limit(item: pytest.Item) -> MemoryLimit | None:
    """The limit of a test, if it has one. Raises BadLimit."""
    found = _arguments(item, _limit_memory)
    if found is None:
        return None
    return MemoryLimit(_size(found["limit"], "limit_memory"), bool(found["current_thread_only"]))


def leak_limit(item: pytest.Item) -> LeakLimit | None:
    """The limit of a test, if it has one. Raises BadLimit."""
    found = _arguments(item, _limit_leaks)
    if found is None:
        return None
    if found["filter_fn"] is not None and not callable(found["filter_fn"]):
        raise BadLimit("limit_leaks: filter_fn needs a function that takes a stack")
    return LeakLimit(
        _size(found["location_limit"], "limit_leaks"),
        _count(found, "warmups", 0),
        _count(found, "repetitions", 1),
        found["filter_fn"],
        bool(found["current_thread_only"]),
    )


def refuse_bad(items: Iterable[pytest.Item]) -> None:
    """Raises UsageError if limits of tests cannot be understood."""
    bad = []
    for item in items:
        for limit in (memory_limit, leak_limit):
            try:
                limit(item)
            except BadLimit as error:
                bad.append(f"{item.nodeid}: {error}")
    if bad:
        raise pytest.UsageError(*bad)


# How they are called.


def _limit_memory(limit: Any, *, current_thread_only: Any = False) -> None: ...


def _limit_leaks(
    location_limit: Any,
    *,
    warmups: Any = 1,
    repetitions: Any = 3,
    filter_fn: Any = None,
    current_thread_only: Any = False,
) -> None: ...


def _arguments(item: pytest.Item, form: Callable[..., None]) -> dict[str, Any] | None:
    name = form.__name__.removeprefix("_")
    mark = item.get_closest_marker(name)
    if mark is None:
        return None
    signature = inspect.signature(form)
    try:
        bound = signature.bind(*mark.args, **mark.kwargs)
    except TypeError as error:
        example = '"64 MB"' if form is _limit_memory else '"1 MB"'
        raise BadLimit(
            f"{name}: {error}: write {name}({example}) or more of its arguments"
        ) from None
    bound.apply_defaults()
    return bound.arguments


def _size(text: Any, name: str) -> int:
    if isinstance(text, str | int) and not isinstance(text, bool):
        try:
            size = size_of(text)
        except ValueError:
            size = -1
        if size >= 0:
            return size
    raise BadLimit(f"{name}: {text!r} is no size: write a number with its unit, such as '64 MB'")


def _count(found: dict[str, Any], name: str, least: int) -> int:
    count = found[name]
    if isinstance(count, int) and not isinstance(count, bool) and count >= least:
        return count
    raise BadLimit(f"limit_leaks: {name} needs a number, {least} or more, not {count!r}")
