# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""A result that a magic has shown, and returns: the last expression of a cell is shown, too."""

from __future__ import annotations

from typing import Any


def is_shown(result: Any, shell: Any, name: str) -> None:
    """For the rest of this cell IPython shows `name` for the result, whose table is there already;
    afterwards the whole of it.
    """
    formatters = shell.display_formatter.formatters
    # By the result's identity, which the entries keep alive as long as they are there.
    printers = [formatters[kind].singleton_printers for kind in ("text/plain", "text/html")]

    def as_text(result: Any, printer: Any, cycle: bool) -> None:
        printer.text(name)

    def as_html(value: Any, _: Any = result) -> None:
        return None

    def forget(*_: Any) -> None:
        shell.events.unregister("post_run_cell", forget)
        for known in printers:
            known.pop(id(result), None)

    for known, shown in zip(printers, (as_text, as_html), strict=True):
        known[id(result)] = shown
    shell.events.register("post_run_cell", forget)
