# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""The module behind memory_profiler's second command: `mprof`, as a package of its name.

The commands themselves are the executable's. This package exists because the original
distribution's script says `from mprof import main`: where that script has replaced ours, it still
arrives here.
"""

from __future__ import annotations

import os
import sys
from typing import NoReturn

__all__ = ["main"]


def main() -> NoReturn:
    """Becomes `peakline mprof` with this process's arguments; never returns."""
    from peakline import _executable

    try:
        tool = _executable.find()
        os.execv(tool, [tool, "mprof", *sys.argv[1:]])
    except _executable.ExecutableMissing as error:
        sys.stderr.write(f"mprof: {error}\n")
        raise SystemExit(127) from None
    except OSError as error:
        sys.stderr.write(f"mprof: '{tool}' could not be run ({error}): reinstall Peakline\n")
        raise SystemExit(126) from None
