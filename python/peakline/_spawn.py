# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Keeps a bare `@profile` meaningful in children that multiprocessing spawns.

Such a child is a new interpreter that imports the script again, as `__mp_main__`, and knows nothing
of us. One more entry in the data that it is sent, unpickled before the script is imported, gives it
a `profile` that changes nothing. Costs one comparison per import until multiprocessing is imported,
and nothing in a program that never spawns.
"""

from __future__ import annotations

import builtins
import os
import sys

from peakline._imports import Watcher

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType
    from typing import Any

_MODULES = (
    "multiprocessing.spawn",
    # joblib starts its workers with a copy of it.
    "loky.backend.spawn",
    "joblib.externals.loky.backend.spawn",
)
_ENTRY = "peakline"
_FOLDER = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

# The child unpickles this before it has the parent's sys.path, so a plain reference to our module
# might not resolve. Where it does not, the child starts as it would without us.
_IN_THE_CHILD = """
import sys
path = sys.path[:]
sys.path.append(folder)
try:
    from peakline._spawn import receive
    receive()
except ImportError:
    pass
finally:
    sys.path[:] = path
"""


class PassThrough:
    """A `profile` that measures nothing: as decorator, context manager, or LineProfiler."""

    def __call__(self, func: Any = None, *_: object, **__: object) -> Any:
        """`@profile` gives the function itself, `@profile(…)` a decorator that does."""
        return self if func is None else func

    def __enter__(self) -> PassThrough:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def timestamp(self, name: str = "<block>") -> PassThrough:
        """For `with profile.timestamp("name"):`."""
        return self

    def wrap_function(self, func: Any) -> Any:
        """The function itself."""
        return func

    def runcall(self, func: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        """Calls the function."""
        return func(*args, **kwargs)

    def add_function(self, func: object) -> None:
        """Nothing."""

    def enable(self) -> None:
        """Nothing."""

    def disable(self) -> None:
        """Nothing."""

    def enable_by_count(self) -> None:
        """Nothing."""

    def disable_by_count(self) -> None:
        """Nothing."""


class _Parcel:
    """Pickles into the instructions for the child."""

    def __reduce__(self) -> tuple[Callable[..., object], tuple[str, dict[str, str]]]:
        return exec, (_IN_THE_CHILD, {"folder": _FOLDER})


def receive() -> None:
    """Runs in the child, before it imports the script."""
    if not hasattr(builtins, "profile"):
        builtins.__dict__["profile"] = PassThrough()
    install()  # for the children of this child


def install() -> None:
    """Adds our entry to what multiprocessing sends to its children, now or once it is imported."""
    for name in _MODULES:
        if name in sys.modules:
            _wrap(sys.modules[name])
    _watcher.start()


def uninstall() -> None:
    """Undoes `install`."""
    _watcher.stop()
    for name in _MODULES:
        function: Any = getattr(sys.modules.get(name), "get_preparation_data", None)
        if hasattr(function, "peakline_original"):
            vars(sys.modules[name])["get_preparation_data"] = function.peakline_original


def _wrap(module: ModuleType) -> None:
    original = getattr(module, "get_preparation_data", None)
    if original is None or hasattr(original, "peakline_original"):
        return
    from functools import wraps

    @wraps(original)
    def get_preparation_data(*args: Any, **kwargs: Any) -> Any:
        data = original(*args, **kwargs)
        data[_ENTRY] = _Parcel()
        return data

    vars(get_preparation_data)["peakline_original"] = original
    vars(module)["get_preparation_data"] = get_preparation_data


class _SpawnWatcher(Watcher):
    """Waits for multiprocessing to be imported, which we never do ourselves."""

    def watches(self, name: str) -> bool:
        return name in _MODULES

    def found(self, name: str, loader: Any) -> None:
        try:
            instance = vars(loader)
        except TypeError:
            return
        load = loader.exec_module

        def exec_module(module: ModuleType) -> None:
            instance.pop("exec_module", None)
            load(module)
            if self in sys.meta_path:
                _wrap(module)

        instance["exec_module"] = exec_module


_watcher = _SpawnWatcher()
