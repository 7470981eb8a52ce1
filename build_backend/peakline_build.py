# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""The build backend (PEP 517 and 660): hatchling, which knows wheels, after a look at the machine.

What is Peakline's own about a wheel is in `hatch_hook.py`; how the native parts are made, in
`swift.py`. A source distribution compiles nothing, so that it can be made anywhere.
"""

from __future__ import annotations

from typing import Any

from hatchling import build as hatchling
from hatchling.build import build_sdist, get_requires_for_build_sdist

import swift

__all__ = [
    "build_editable",
    "build_sdist",
    "build_wheel",
    "get_requires_for_build_editable",
    "get_requires_for_build_sdist",
    "get_requires_for_build_wheel",
]

Settings = dict[str, Any] | None


def get_requires_for_build_wheel(config_settings: Settings = None) -> list[str]:
    """Refuses here, before pip downloads anything more, where Peakline cannot be built."""
    swift.check_machine()
    return hatchling.get_requires_for_build_wheel(config_settings)


def get_requires_for_build_editable(config_settings: Settings = None) -> list[str]:
    """As for a wheel."""
    swift.check_machine()
    return hatchling.get_requires_for_build_editable(config_settings)


def build_wheel(
    wheel_directory: str,
    config_settings: Settings = None,
    metadata_directory: str | None = None,
) -> str:
    """Builds the native parts and the wheel around them."""
    swift.check_machine()
    return hatchling.build_wheel(wheel_directory, config_settings, metadata_directory)


def build_editable(
    wheel_directory: str,
    config_settings: Settings = None,
    metadata_directory: str | None = None,
) -> str:
    """Builds the native parts, and a wheel that points to `python/` and carries the commands."""
    swift.check_machine()
    return hatchling.build_editable(wheel_directory, config_settings, metadata_directory)
