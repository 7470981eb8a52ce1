# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""The module behind memory_profiler's second command: `mprof`, as a package of its name.

The commands themselves are the executable's. This package exists because the original
distribution's script says `from mprof import main`: where that script has replaced ours, it still
arrives here.
"""

from __future__ import annotations

import sys
from typing import NoReturn

__all__ = ["main"]


def main() -> NoReturn:
    """Becomes `peakline mprof` with this process's arguments; never returns."""
    from peakline import _executable

    _executable.become(["mprof", *sys.argv[1:]], "mprof")
