# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""`show_results`: a profiler's figures as memory_profiler's text."""

from __future__ import annotations

from typing import Any

from peakline import _text


def show_results(prof: Any, stream: _text.Stream | None = None, precision: int = 1) -> None:
    """Prints the table of each function that ran.

    `prof` is anything with a `code_map` that has the `items()` of a CodeMap; `stream` None is
    `sys.stdout`; `precision` is the number of decimals of the MiB figures.
    """
    _text.write_code_map(prof.code_map, stream, precision)
    if getattr(prof, "_session", None) is not None:
        from peakline._engine import say_caveats

        say_caveats()
