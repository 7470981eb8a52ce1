# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""What a statement allocates, apart from the modules that are loaded while it runs.

Libraries load parts of themselves when these are used for the first time, which another run does
not do again: a statement's own figures are those of any run.
"""

from __future__ import annotations

import sys
from _thread import get_ident
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from peakline._imports import Watcher
from peakline._stretch import watch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType

    from peakline._stretch import Watch


class Apart(Watcher):
    """As a context manager: watches a block on this thread, all in bytes.

    The block is a row of stretches between which modules are loaded. If it `counts_modules`, they
    are part of it like all else.
    """

    def __init__(self, *, counts_modules: bool) -> None:
        super().__init__()
        self._counts_modules = counts_modules
        self.peak = 0
        """The most that the heap stood above its beginning, what modules took left out."""
        self.loaded = 0
        """What the modules left that were loaded."""
        self.modules: list[str] = []
        """Their names, without those that they loaded themselves."""
        self.other_threads = 0
        """What the process's other threads changed the heap by meanwhile."""
        self._increment = 0
        self._thread = get_ident()
        self._depth = 0
        self._stretch: Watch

    def __enter__(self) -> Apart:
        if not self._counts_modules:
            self.start()
        self._stretch = watch()
        self._stretch.__enter__()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._end_stretch()
        self.stop()

    def _end_stretch(self) -> None:
        stretch = self._stretch
        stretch.__exit__()
        self.peak = max(self.peak, self._increment + stretch.peak)
        self._increment += stretch.increment
        self.other_threads += stretch.other_threads

    @contextmanager
    def _is_loading(self) -> Iterator[None]:
        """A part of loading a module, which may load others meanwhile."""
        self._depth += 1
        if self._depth > 1:
            try:
                yield
            finally:
                self._depth -= 1
            return
        self._end_stretch()
        try:
            with watch() as loading:
                yield
        finally:
            self._depth -= 1
            self.loaded += loading.increment
            self.other_threads += loading.other_threads
            self._stretch = watch()
            self._stretch.__enter__()

    # MARK: imports

    def watches(self, name: str) -> bool:
        """Every module that this thread loads."""
        return get_ident() == self._thread

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Part of the import protocol."""
        if not self.watches(name):
            return None
        with self._is_loading():
            spec = super().find_spec(name, path, target)
        if spec is not None and self._depth == 0:
            self.modules.append(name)
        return spec

    def found(self, name: str, loader: Any) -> None:
        """The loader's two steps are those in which a module comes to be."""
        # Built-in modules have a class for a loader, and take next to nothing.
        if not isinstance(loader, type) and hasattr(loader, "__dict__"):
            for step in ("create_module", "exec_module"):
                if hasattr(loader, step):
                    self._wrap(loader, step)

    def _wrap(self, loader: Any, step: str) -> None:
        take: Callable[[Any], Any] = getattr(loader, step)

        def taken(argument: Any) -> Any:
            __tracebackhide__ = True
            vars(loader).pop(step, None)
            if self not in sys.meta_path or not self.watches(step):
                return take(argument)
            with self._is_loading():
                return take(argument)

        vars(loader)[step] = taken
