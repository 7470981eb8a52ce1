# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Where the cases run: for each Python an environment with the wheel, and one with the original.

Two environments, because both distributions have a module `memory_profiler`.
"""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
ORIGINAL = "memory-profiler==0.61.0"


class Pair(NamedTuple):
    """The interpreters of both environments."""

    peakline: str
    original: str


def one_of_each_version() -> list[str]:
    """The machine's CPythons, one for each minor version, oldest first."""
    output = subprocess.run(
        [ROOT / "tools" / "pythons"], check=True, stdout=subprocess.PIPE, text=True
    ).stdout
    found: dict[int, str] = {}
    for line in output.splitlines():
        version, path = line.split(maxsplit=1)
        found.setdefault(int(version.split(".")[1]), path)
    return [found[minor] for minor in sorted(found)]


def prepare(python: str, wheel: str) -> Pair:
    """Makes both environments of a Python, or brings them up to date."""
    question = "import sys; print('%d.%d.%d' % sys.version_info[:3])"
    version = subprocess.run(
        [python, "-c", question], check=True, stdout=subprocess.PIPE, text=True
    ).stdout.strip()
    folder = ROOT / ".build" / "venvs"
    peakline = _environment(python, folder / f"bench-{version}")
    _pip(peakline, "--force-reinstall", "--no-deps", wheel)
    _pip(peakline, "numpy")  # One of the workloads is about its arrays.
    original = _environment(python, folder / f"bench-original-{version}")
    # What it plots with.
    _pip(original, ORIGINAL, "matplotlib")
    return Pair(peakline, original)


def children(python: str, wheel: str) -> str:
    """An environment of a Python with the wheel alone."""
    made = _environment(python, ROOT / ".build" / "venvs" / "bench-children")
    _pip(made, "--force-reinstall", "--no-deps", wheel)
    return made


def recorders(python: str, wheel: str) -> str:
    """An environment of a Python with the wheel, memray, and programs to be recorded."""
    made = _environment(python, ROOT / ".build" / "venvs" / "bench-recording")
    _pip(made, "--force-reinstall", "--no-deps", wheel)
    _pip(made, "memray", "numpy", "pyperformance", "sympy", "docutils")
    return made


def _environment(python: str, directory: Path) -> str:
    subprocess.run([ROOT / "tools" / "venv", python, directory], check=True, cwd=ROOT)
    return str(directory / "bin" / "python")


def _pip(python: str, *what: str) -> None:
    subprocess.run([python, "-m", "pip", "install", "-q", *what], check=True, cwd=ROOT)
