# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Sources that are on no disk: cells of a notebook, and code that a program has made.

`linecache` holds them for tracebacks, as long as the process lives; a capture outlives it.
"""

from __future__ import annotations

import re
import sys
from contextlib import suppress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any


_MADE_BY_IPYTHON = re.compile(r".*[/\\]ipykernel_\d+[/\\]\d+\.py|<ipython-input-\d+-\w+>")
_NUMBERLESS = "In[ ]"
"""What a cell is called that IPython calls nothing, of a notebook that `%run` has run."""
_MOST_OF_ONE = 16 << 20
"""Bytes of one source; of what is larger nobody reads the lines."""
_MOST = 32 << 20
"""Bytes of all of them."""


def given(*, with_texts: bool = True) -> bytes:
    """All of them as `peakline seal --given` reads them: of each the name of its file, the name
    that people know it by, its lines; and in a notebook first what runs it.

    Programs put into `linecache` what they like, so what is odd is left out.
    """
    shell = _shell()
    history = _history(shell)
    sources: list[_Source] = []
    size = 0
    for file, lines in _entries():
        with suppress(Exception):
            length = sum(map(len, lines))
            if length > _MOST_OF_ONE or size + length > _MOST:
                lines, length = [], 0
            sources.append(_Source(shell, history, file, lines))
            size += length
    # Of those that want the same name, the one whose it is comes first.
    sources.sort(key=lambda source: not source.is_known)
    taken: set[str] = set()
    given = [source.part(taken, with_text=with_texts) for source in sources]
    return b"".join([*_parts(shell), *given])


class _Source:
    """One of them."""

    def __init__(self, shell: Any, history: dict[str, str], file: str, lines: list[str]) -> None:
        self.file = file
        is_cell = shell is not None and _MADE_BY_IPYTHON.fullmatch(file)
        self.name = str(cell_name(shell, file) or (_NUMBERLESS if is_cell else ""))
        text = "".join(lines)
        ran = text.rstrip("\n")
        written = history.get(ran, "") if self.name else ""
        self.is_known = bool(written)
        """Whether its number is its own: helpers of front ends have that of the next cell, and
        in a new session numbers begin again, as the history does.
        """
        # With IPython's own syntax, where that is line by line what ran.
        is_alike = written.count("\n") == ran.count("\n")
        self.text = written + "\n" if self.is_known and is_alike else text

    def part(self, taken: set[str], *, with_text: bool) -> bytes:
        """What is given of it, with a name that is not taken by another."""
        text = self.text if with_text else ""
        if not (self.name or text) or "\0" in self.file + self.name + text:
            return b""
        name, count = self.name, 1
        while name and name in taken:
            count += 1
            name = f"{self.name} ({count})"
        taken.add(name)
        return f"{self.file}\0{name}\0{text}\0".encode(errors="replace")


def cell_name(shell: Any, file: str) -> str | None:
    """What IPython calls a cell in tracebacks, as in `In[3]`; None for what is none."""
    format_name = getattr(getattr(shell, "compile", None), "format_code_name", None)
    found = format_name(file) if format_name is not None else None
    return found[1] if found else None


def _parts(shell: Any) -> Iterator[bytes]:
    """What runs cells, where there are any."""
    if shell is None:
        return
    from peakline import _notebooks

    for part, files in _notebooks.parts().items():
        text = "\n".join(files)
        if "\0" not in text:
            yield f"\0{part}\0{text}\0".encode(errors="replace")


def _history(shell: Any) -> dict[str, str]:
    """The cells that a user has run, as they were written, by what ran."""
    with suppress(Exception):
        history: Any = shell.history_manager
        return dict(zip(history.input_hist_parsed, history.input_hist_raw, strict=False))
    return {}


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
