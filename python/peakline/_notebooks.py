# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Where that is installed which runs the cells of a notebook: stacks of captures leave it out."""

from __future__ import annotations

import os
import sys
from contextlib import suppress

_FOUNDATIONS = ("comm", "jupyter_client", "jupyter_core", "tornado", "traitlets", "zmq")


def parts() -> dict[str, list[str]]:
    """How the files of each part begin, by the names that `peakline seal --given` knows them by:
    what runs cells, what that is built on, what calls the tasks of a loop.
    """
    kernel = _folders("ipykernel")
    runner = [folder + os.sep for folder in (*_folders("IPython"), *kernel)]
    runner += [folder + "_launcher.py" for folder in kernel]
    # All modules of our own that are no interface.
    runner.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "_"))
    own = [folder + os.sep for name in _FOUNDATIONS for folder in _folders(name)]
    loop = getattr(sys.modules.get("asyncio.events"), "__file__", None)
    return {"runner": runner, "own": own, "loop": [loop] if loop else []}


def _folders(package: str) -> list[str]:
    """Of a package that is loaded."""
    with suppress(Exception):
        return [os.path.abspath(path) for path in sys.modules[package].__path__]
    return []
