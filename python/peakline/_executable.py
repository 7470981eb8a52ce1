# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Finds the executable `peakline`, which the wheel installs among the commands.

Where commands go depends on how the package was installed: into an environment, for one user, into
a directory of its own. The places are asked in the order in which they belong to this very package,
so that another installation's executable, which may be of another version, comes last.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from typing import NoReturn

NAME = "peakline"


class ExecutableMissing(FileNotFoundError):
    """The executable is nowhere to be found; the message says what to do."""


def find() -> str:
    """The path of the executable. Raises ExecutableMissing."""
    for directory in _directories():
        path = os.path.join(directory, NAME)
        if os.path.isfile(path) and os.access(path, os.X_OK):
            return path
    raise ExecutableMissing(
        "Peakline's executable 'peakline' is missing: bring it back with "
        f"'{sys.executable} -m pip install --force-reinstall --no-deps peakline'"
    )


def become(arguments: Sequence[str], name: str = NAME) -> NoReturn:
    """Turns this process into the executable, with these arguments; `name` signs what goes wrong.

    Where that cannot be, ends with a sentence on stderr and the status a shell would give: 127, or
    126.
    """
    try:
        tool = find()
        os.execv(tool, [tool, *arguments])
    except ExecutableMissing as error:
        sys.stderr.write(f"{name}: {error}\n")
        raise SystemExit(127) from None
    except OSError as error:
        sys.stderr.write(f"{name}: '{tool}' could not be run ({error}): reinstall Peakline\n")
        raise SystemExit(126) from None


def _directories() -> Iterator[str]:
    """Where the executable may be, the likeliest first; each is worked out only when needed."""
    # Not resolved: in a virtual environment the interpreter is a link, with the commands beside it.
    yield os.path.dirname(sys.executable)
    import sysconfig

    yield sysconfig.get_path("scripts")
    yield sysconfig.get_path("scripts", sysconfig.get_preferred_scheme("user"))
    # `pip install --target DIR` puts the packages into DIR and the commands into DIR/bin.
    packages = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    yield os.path.join(packages, "bin")
    yield from os.get_exec_path()
