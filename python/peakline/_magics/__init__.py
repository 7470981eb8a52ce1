# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""The IPython extension: `%load_ext peakline` gives `%mprun` and `%memit`, also in notebooks.

`%load_ext memory_profiler` gives the same two as memory_profiler's users know them. One magic is a
module; what both need stands beside them: the line's options, the statement, what to show where.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from IPython.core.magic import Magics

NAMES = ("mprun", "memit")


def load(shell: Any, magics: type[Magics]) -> None:
    """Registers the magics of a class, in place of those that were there under their names."""
    shell.register_magics(magics(shell))


def unload(shell: Any, magics: type[Magics]) -> None:
    """Takes the magics of a class out again, unless somebody else's have taken their place."""
    for known in shell.magics_manager.magics.values():
        for name in NAMES:
            # Exactly: those of memory_profiler are a subclass.
            if type(getattr(known.get(name), "__self__", None)) is magics:
                del known[name]
    shell.magics_manager.registry.pop(magics.__name__, None)


def load_ipython_extension(shell: Any) -> None:
    """`%load_ext peakline`."""
    from peakline._magics.shell import PeaklineMagics

    load(shell, PeaklineMagics)


def unload_ipython_extension(shell: Any) -> None:
    """`%unload_ext peakline`."""
    from peakline._magics.shell import PeaklineMagics

    unload(shell, PeaklineMagics)
