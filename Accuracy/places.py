# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Where everything runs: the compiled recorder, and an environment for Peakline and for each peer.

The libraries that programs use are installed once; the environments borrow them. Each profiler
has its own, because two distributions have a module `memory_profiler`, and so that none disturbs
another.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HERE = ROOT / "Accuracy"
BUILD = Path(os.environ.get("ACCURACY_BUILD", ROOT / ".build" / "accuracy"))
VENVS = ROOT / ".build" / "venvs"

PROGRAMS = sorted((HERE / "programs").glob("*.py"))
LIBRARIES = ("numpy", "pandas", "pyarrow")
PEERS = {
    "memory_profiler": "memory-profiler==0.61.0",
    "memray": "memray==1.20.0",
    "scalene": "scalene==2.4.0",
    "fil": "filprofiler==2024.11.2",
    "tracemalloc": None,
}
TIMEOUT = 120


def compiled(name: str, folder: str, *options: str) -> Path:
    """A shared library from the C files of a folder, made anew when one of them changed."""
    sources = sorted((HERE / folder).glob("*.c"))
    target = BUILD / f"lib{name}.so"
    newest = max(file.stat().st_mtime for file in (HERE / folder).iterdir())
    if not target.exists() or target.stat().st_mtime < newest:
        BUILD.mkdir(parents=True, exist_ok=True)
        command = ["cc", "-g", "-Wall", "-fPIC", "-shared", "-pthread", *options, "-o", target]
        subprocess.run([*command, *sources, "-ldl"], check=True)
    return target


def recorder() -> Path:
    """The recorder's library, to be preloaded. Its calls of itself stay within it."""
    return compiled("truth", "truth", "-O1", "-Wl,-Bsymbolic-functions")


def worker() -> Path:
    """The native library of a program. Unoptimised: compilers drop a malloc whose free they see."""
    return compiled("worker", "native", "-O0", "-fno-builtin")


def environment(python: str, what: str, *packages: str) -> str:
    """The interpreter of an environment that has the packages, and the libraries if it can."""
    directory = VENVS / f"accuracy-{what}-{version(python)}"
    subprocess.run([ROOT / "tools" / "venv", python, directory], check=True, cwd=ROOT)
    interpreter = str(directory / "bin" / "python")
    if what != "libraries":
        site = _site(interpreter)
        borrowed = _site(str(VENVS / f"accuracy-libraries-{version(python)}" / "bin" / "python"))
        (site / "borrowed.pth").write_text(f"{borrowed}\n", encoding="utf-8")
    for package in packages:
        pip = [interpreter, "-m", "pip", "install", "-q", "--disable-pip-version-check"]
        again = ["--force-reinstall", "--no-deps"] if package.endswith(".whl") else []
        if subprocess.run([*pip, *again, package], cwd=ROOT, check=False).returncode:
            if what != "libraries":
                raise RuntimeError(f"{package} cannot be installed")
            sys.stderr.write(f"{package} cannot be installed: its programs are left out\n")
    return interpreter


def peakline(python: str, wheel: str) -> str:
    """The interpreter of an environment that has Peakline."""
    environment(python, "libraries", *LIBRARIES)
    return environment(python, "peakline", wheel)


def agent(python: str) -> Path:
    """The agent of the Peakline that an interpreter imports, to be preloaded."""
    question = "import peakline; print(peakline.__path__[0])"
    done = subprocess.run([python, "-c", question], check=True, stdout=subprocess.PIPE, text=True)
    return Path(done.stdout.strip()) / "libpeakline_agent.so"


def version(python: str) -> str:
    """The version of an interpreter, as in 3.12.1."""
    question = "import sys; print('%d.%d.%d' % sys.version_info[:3])"
    done = subprocess.run([python, "-c", question], check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout.strip()


def _site(python: str) -> Path:
    question = "import sysconfig; print(sysconfig.get_paths()['purelib'])"
    done = subprocess.run([python, "-c", question], check=True, stdout=subprocess.PIPE, text=True)
    return Path(done.stdout.strip())
