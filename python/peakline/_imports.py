# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""What our two entries on `sys.meta_path` share: finding a module as if they were not there.

An import finder of ours never loads anything: it lets the others find the module and touches only
the loader instance that they made for it, so loaders keep their classes and modules their specs.
"""

from __future__ import annotations

import sys
from _thread import get_ident

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType
    from typing import Any


class Watcher:
    """A finder that looks at the modules it `watches` and changes nothing about the others."""

    def __init__(self) -> None:
        self._searching: set[tuple[int, str]] = set()

    def watches(self, name: str) -> bool:
        """Whether the module called `name` is of interest. Asked at every import: must be quick."""
        raise NotImplementedError

    def found(self, name: str, loader: Any) -> None:
        """Called with the loader of a watched module, before it loads anything."""
        raise NotImplementedError

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Part of the import protocol."""
        if not self.watches(name):
            return None
        # Another finder may do as we do and ask all of `sys.meta_path`, us included.
        search = (get_ident(), name)
        if search in self._searching:
            return None
        self._searching.add(search)
        try:
            spec = self._find_elsewhere(name, path, target)
        finally:
            self._searching.discard(search)
        if spec is not None and spec.loader is not None:
            self.found(name, spec.loader)
        return spec

    def _find_elsewhere(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None
    ) -> ModuleSpec | None:
        for finder in list(sys.meta_path):
            find_spec = getattr(finder, "find_spec", None)
            if finder is self or find_spec is None:
                continue
            spec: ModuleSpec | None = find_spec(name, path, target)
            if spec is not None:
                return spec
        return None

    def start(self) -> None:
        """Puts this first on `sys.meta_path`."""
        if self not in sys.meta_path:
            sys.meta_path.insert(0, self)

    def stop(self) -> None:
        """Takes this from `sys.meta_path`."""
        if self in sys.meta_path:
            sys.meta_path.remove(self)
