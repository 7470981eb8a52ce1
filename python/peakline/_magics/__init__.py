# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""The IPython extension: `%load_ext peakline` gives `%%peakline`, `%peakline_diff`, `%mprun`,
`%memit` and `%mplot`, also in notebooks.

`%load_ext memory_profiler` gives `%mprun` and `%memit` as memory_profiler's users know them. One
magic is a module; what several need stands beside them: the line's options, the statement, the cell
that is running, what to show where.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from IPython.core.magic import Magics


def load(shell: Any, magics: type[Magics]) -> None:
    """Registers the magics of a class, in place of those that were there under their names; these
    come back when they are unloaded.
    """
    fresh: Any = magics(shell)
    fresh.replaced = {
        (kind, name): known[name]
        for kind, known in shell.magics_manager.magics.items()
        for name in magics.magics[kind]
        if name in known and type(_owner(known[name])) is not magics
    }
    shell.register_magics(fresh)
    fresh.connect()


def unload(shell: Any, magics: type[Magics]) -> None:
    """Takes the magics of a class out again, unless somebody else's have taken their place."""
    registered = shell.magics_manager.registry.pop(magics.__name__, None)
    if registered is not None:
        registered.disconnect()
    for kind, known in shell.magics_manager.magics.items():
        for name in magics.magics[kind]:
            owner = _owner(known.get(name))
            replaced = getattr(owner, "replaced", {})
            earlier = replaced.get((kind, name))
            # Exactly: those of memory_profiler are a subclass.
            if type(owner) is not magics:
                if type(_owner(earlier)) is magics:
                    del replaced[kind, name]
            elif earlier is None:
                del known[name]
            else:
                known[name] = earlier


def _owner(magic: Any) -> Any:
    """The object whose method a magic is."""
    return getattr(magic, "__self__", None)


def load_ipython_extension(shell: Any) -> None:
    """`%load_ext peakline`."""
    from peakline._magics.shell import PeaklineMagics

    load(shell, PeaklineMagics)


def unload_ipython_extension(shell: Any) -> None:
    """`%unload_ext peakline`."""
    from peakline._magics.shell import PeaklineMagics

    unload(shell, PeaklineMagics)
