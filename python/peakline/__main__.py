# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""`python -m peakline`: the verbs of the `peakline` command, for this interpreter."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn


def main() -> NoReturn:
    """Runs a verb; never returns."""
    if sys.argv[1:2] == ["profile"]:
        from peakline._command import main as profile

        sys.exit(profile(sys.argv[2:]))
    if sys.argv[1:2] == ["compare"]:
        from peakline._compare_command import main as compare

        sys.exit(compare(sys.argv[2:]))
    from peakline import _executable

    _executable.become(sys.argv[1:])


if __name__ == "__main__":
    main()
