# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""What the peers' scripts share: how the program is run, and how the answer is written."""

from __future__ import annotations

import importlib.metadata
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(1, str(Path(__file__).resolve().parent.parent))

from load import copied, load, settle
from units import by_statement

if TYPE_CHECKING:
    from collections.abc import Callable


def ready(
    path: Path, tree: Any = None, before: Callable[[], object] | None = None, **names: Any
) -> tuple[dict[str, Any], Callable[[Any], None]]:
    """The program, warmed up, and what calls its measured function (or the profiled one).

    `before` comes first of all: who must see every block from its birth starts there.
    """
    program = load(path, tree, **names)
    settle()
    if before is not None:
        before()
    drive: Callable[[Any], None] = program.get("drive", lambda work: work())
    for _ in range(3):
        drive(copied(program["work"]))
    return program, drive


def say(
    path: Path,
    peer: str,
    lines: dict[int, dict[str, float]],
    *,
    version: str | None = None,
    peak: float | None = None,
) -> None:
    """Writes the answer: figures by statement."""
    answer: dict[str, Any] = {
        "version": version or importlib.metadata.version(peer),
        "lines": by_statement(path, lines),
    }
    if peak is not None:
        answer["peak"] = peak
    sys.stdout.write("\n" + json.dumps(answer) + "\n")
    sys.stdout.flush()
    os._exit(0)
