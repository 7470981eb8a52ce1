# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""`%load_ext memory_profiler`: `%mprun` and `%memit`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from peakline._magics import load, unload
from peakline._magics.memit import MemitResult as MemitResult

if TYPE_CHECKING:
    from peakline._magics.shell import PeaklineMagics

    MemoryProfilerMagics: type[PeaklineMagics]


def load_ipython_extension(ip: Any) -> None:
    """Registers the magics with an IPython shell."""
    load(ip, _magics_class())


def unload_ipython_extension(ip: Any) -> None:
    """Takes them out again."""
    unload(ip, _magics_class())


def _magics_class() -> Any:
    found: Any = globals().get("MemoryProfilerMagics")
    if found is None:
        # Loaded only now: IPython takes longer to load than all of this.
        from peakline._magics.shell import PeaklineMagics

        class MemoryProfilerMagics(PeaklineMagics):
            """`%mprun` and `%memit` of `%load_ext memory_profiler`."""

            is_compatible = True
            # None of those that memory_profiler does not have.
            magics: ClassVar[Any] = {
                kind: {name: known[name] for name in ("mprun", "memit") if name in known}
                for kind, known in PeaklineMagics.magics.items()
            }

            @classmethod
            def register_magics(cls, ip: Any) -> None:
                """Registers the magics with an IPython shell."""
                load(ip, cls)

        MemoryProfilerMagics.__qualname__ = "MemoryProfilerMagics"
        found = globals()["MemoryProfilerMagics"] = MemoryProfilerMagics
    return found


def __getattr__(name: str) -> Any:
    if name == "MemoryProfilerMagics":
        return _magics_class()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
