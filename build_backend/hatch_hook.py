# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Puts the native parts into the wheel that hatchling writes, and names its platform.

The agent goes into the package `peakline`, the executable `peakline` and the script `mprof` among
the commands. The wheel serves every Python of its platform: nothing in it is compiled against one.
"""

from __future__ import annotations

import os
import re
import shutil
import sysconfig
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

import swift

AGENT = "peakline/libpeakline_agent.so"


class NativeParts(BuildHookInterface[Any]):
    """Runs before hatchling collects files; `version` is what it calls "standard" or "editable"."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        root = Path(self.root)
        agent, tool = swift.build_agent(root), swift.build_tool(root)
        build_data["pure_python"] = False
        build_data["tag"] = f"py3-none-{platform_tag()}"
        build_data["shared_scripts"][str(tool)] = "peakline"
        build_data["shared_scripts"][str(root / "build_backend" / "mprof.sh")] = "mprof"
        if version == "editable":
            place(agent, root / "python" / AGENT)
        else:
            build_data["force_include"][str(agent)] = AGENT


def platform_tag() -> str:
    """This platform as a wheel's file name spells it: `linux_x86_64`."""
    return re.sub(r"[^0-9A-Za-z]", "_", sysconfig.get_platform())


def place(source: Path, target: Path) -> None:
    """Copies by renaming: a running program may have the old library mapped, and keeps it whole."""
    fresh = target.with_name(f"{target.name}.{os.getpid()}")
    shutil.copy2(source, fresh)
    fresh.replace(target)
