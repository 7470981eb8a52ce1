# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Sources that are on no disk: cells of a notebook, and code that a program has made.

`linecache` holds them for tracebacks, as long as the process lives; a capture outlives it.
"""

from __future__ import annotations

import sys
from contextlib import suppress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any


_MOST_OF_ONE = 16 << 20
"""Bytes of one source; of what is larger nobody reads the lines."""
_MOST = 32 << 20
"""Bytes of all of them."""


def given(*, with_texts: bool = True) -> bytes:
    """All of them as `peakline seal --given` reads them: of each the name of its file, the name
    that people know it by, its lines.

    Programs put into `linecache` what they like, so what is odd is left out.
    """
    parts: list[bytes] = []
    size = 0
    shell = _shell()
    for file, lines in _entries():
        with suppress(Exception):
            part = _given(shell, file, lines if with_texts else [])
            if part is not None and size + len(part) <= _MOST:
                parts.append(part)
                size += len(part)
    return b"".join(parts)


def _given(shell: Any, file: str, lines: list[str]) -> bytes | None:
    """One of them; None where there is nothing to say, or too much."""
    if sum(map(len, lines)) > _MOST_OF_ONE:
        lines = []
    name = cell_name(shell, file) or ""
    text = "".join(_as_written(shell, name, lines))
    if not (name or text) or "\0" in file + name + text:
        return None
    return f"{file}\0{name}\0{text}\0".encode(errors="replace")


def cell_name(shell: Any, file: str) -> str | None:
    """What IPython calls a cell in tracebacks, as in `In[3]`; None for what is none."""
    format_name = getattr(getattr(shell, "compile", None), "format_code_name", None)
    found = format_name(file) if format_name is not None else None
    return found[1] if found else None


def _entries() -> Iterator[tuple[str, list[str]]]:
    cache: Any = getattr(sys.modules.get("linecache"), "cache", None)
    for file, entry in list(cache.items()) if isinstance(cache, dict) else ():
        # A file of the disk has a time; what is to be loaded when it is asked for is one value.
        if isinstance(file, str) and isinstance(entry, tuple) and len(entry) == 4:
            _, time, lines, _ = entry
            if time is None and isinstance(lines, list):
                yield file, lines


def _shell() -> Any:
    """IPython's, if there is one."""
    module = sys.modules.get("IPython")
    find = getattr(module, "get_ipython", None)
    with suppress(Exception):
        return find() if find is not None else None
    return None


def _as_written(shell: Any, name: str, lines: list[str]) -> list[str]:
    """A cell as its user wrote it, which has IPython's own syntax, where that is line by line what
    ran.
    """
    number = name[3:-1]
    history = getattr(shell, "history_manager", None)
    if history is None or not number.isdecimal() or int(number) >= len(history.input_hist_parsed):
        return lines
    parsed = history.input_hist_parsed[int(number)].splitlines()
    written: list[str] = history.input_hist_raw[int(number)].splitlines()
    if parsed != [line.rstrip("\n") for line in lines] or len(written) != len(parsed):
        return lines
    return [line + "\n" for line in written]
