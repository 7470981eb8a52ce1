# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""What the runs need: the Pythons, the package, the C parts, other allocators, NumPy."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
BUILD = ROOT / ".build" / "suites"
INSIDE = HERE / "inside"


@functools.cache
def pythons() -> dict[str, str]:
    """Version -> interpreter, of each CPython that is served."""
    listed = subprocess.run(
        [ROOT / "tools" / "pythons"], check=True, capture_output=True, text=True
    )
    found: dict[str, str] = {}
    for line in listed.stdout.splitlines():
        version, python = line.split(" ", 1)
        found.setdefault(version, python)
    return found


@functools.cache
def _has(python: str, module: str) -> bool:
    question = f"import importlib.util as u, sys; sys.exit(u.find_spec({module!r}) is None)"
    return subprocess.run([python, "-c", question], stderr=subprocess.DEVNULL).returncode == 0


def has(python: str, module: str) -> bool:
    """Whether that Python finds the module."""
    return _has(python, module)


@functools.cache
def folder_of(python: str, module: str) -> Path:
    """Where a package of that Python lies."""
    question = f"import importlib.util as u; print(u.find_spec({module!r}).origin)"
    asked = subprocess.run([python, "-c", question], check=True, capture_output=True, text=True)
    return Path(asked.stdout.strip()).parent


@functools.cache
def package(given: str) -> Path:
    """The folder with the package: the one given, or the wheel that is given, unpacked."""
    if os.path.isdir(given):
        return Path(given).resolve()
    folder = BUILD / "package"
    stamp = folder / ".from"
    wanted = f"{given} {os.stat(given).st_mtime_ns}"
    if not stamp.is_file() or stamp.read_text() != wanted:
        shutil.rmtree(folder, ignore_errors=True)
        with zipfile.ZipFile(given) as wheel:
            wheel.extractall(folder)
            # As pip install --target has it, where the executable finds the agent.
            (folder / "bin").mkdir()
            [tool] = folder.glob("peakline-*.data/scripts/peakline")
            tool.rename(folder / "bin" / "peakline").chmod(0o755)
        stamp.write_text(wanted)
    return folder


def executable(given: str) -> Path:
    """The executable that belongs to the package."""
    folder = package(given)
    places = (folder / "bin" / "peakline", folder.parent.parent.parent / "bin" / "peakline")
    return next(place for place in places if place.is_file())


@functools.cache
def library(name: str) -> Path:
    """libNAME.so of native/NAME.c or .cpp, compiled when it is older than its source."""
    return compiled(name, f"lib{name}.so")


def compiled(name: str, output: str, *options: str) -> Path:
    """A shared library of one source file of ours, which may be wanted under several names."""
    [source] = (path for path in (HERE / "native").iterdir() if path.stem == name)
    target = BUILD / "native" / output
    if not target.is_file() or target.stat().st_mtime < source.stat().st_mtime:
        target.parent.mkdir(parents=True, exist_ok=True)
        compiler = (
            os.environ.get("CXX", "c++") if source.suffix == ".cpp" else os.environ.get("CC", "cc")
        )
        # -fno-builtin: or the compiler removes a malloc whose block nobody looks at.
        flags = ["-O1", "-g", "-Wall", "-fno-builtin", "-shared", "-fPIC", "-pthread"]
        # What these warn of is done here on purpose.
        flags += ["-Wno-clobbered", "-Wno-use-after-free", "-Wno-alloc-size-larger-than"]
        subprocess.run([compiler, *flags, "-o", target, source, *options], check=True)
    return target


@functools.cache
def other_allocator(name: str, debian_package: str) -> Path | None:
    """A foreign malloc, by its library's name: this machine's, or out of Debian's package."""
    folder = BUILD / "allocators"
    for place in (Path("/usr/lib/x86_64-linux-gnu"), Path("/usr/lib64"), Path("/usr/lib"), folder):
        for found in sorted(place.glob(f"{'**/' if place == folder else ''}{name}.so.*")):
            return found
    if shutil.which("apt-get") is None:
        return None
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(
        ["apt-get", "download", "-qq", debian_package], cwd=folder, stderr=subprocess.DEVNULL
    )
    for archive in folder.glob(f"{debian_package}_*.deb"):
        subprocess.run(["dpkg-deb", "-x", archive, folder], check=True)
        return other_allocator.__wrapped__(name, "")
    return None


@functools.cache
def with_numpy(python: str, version: str) -> str:
    """An environment of that Python with NumPy and what its tests need."""
    folder = BUILD / "venvs" / version
    inner = folder / "bin" / "python"
    if not has(str(inner), "numpy") or not has(str(inner), "hypothesis"):
        subprocess.run([ROOT / "tools" / "venv", python, folder], check=True)
        subprocess.run(
            [inner, "-m", "pip", "install", "-q", "numpy", "pytest", "hypothesis"], check=True
        )
    return str(inner)


def say(text: str) -> None:
    """Progress, for who waits."""
    print(text, file=sys.stderr, flush=True)
