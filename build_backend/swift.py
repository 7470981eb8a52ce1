# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Builds the two native parts with SwiftPM: the agent, and the executable.

They are two builds because the agent is Embedded Swift and the executable is not. Both keep their
scratch directories under `.build`, so that a second build of the same tree takes about a second.
Whatever cannot go on ends in one sentence: `SystemExit` is what pip shows without a traceback.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

OLDEST = (6, 2)
"""The oldest Swift that builds Peakline; the tools-version in Package.swift says the same."""

AGENT_FLAGS = [
    *("--product", "peakline_agent", "--scratch-path", ".build/agent"),
    # Embedded: no Swift runtime enters the profiled process. No allocations: the compiler proves
    # that nothing in the agent can allocate. Whole module: Embedded Swift knows no other way.
    *("-Xswiftc", "-enable-experimental-feature", "-Xswiftc", "Embedded"),
    *("-Xswiftc", "-wmo", "-Xswiftc", "-no-allocations"),
    # The checks for overlapping accesses call functions of the runtime, which are empty in Embedded
    # Swift: without them nothing is lost, and a profiled line costs a quarter less.
    *("-Xswiftc", "-enforce-exclusivity=unchecked"),
    # A hook costs a few nanoseconds: none for frame pointers. Who unwinds has .eh_frame.
    "--omit-frame-pointers",
    # A section for each function, so that the linker can drop those of the Embedded runtime that
    # nothing calls: several end in a trap instruction, which the agent must not contain.
    *("-Xswiftc", "-Xfrontend", "-Xswiftc", "-function-sections"),
]

TOOL_FLAGS = [
    *("--product", "peakline"),
    # The machine that installs the wheel has no Swift.
    "--static-swift-stdlib",
]

HOOKED = [
    *("malloc", "free", "calloc", "realloc", "reallocarray", "posix_memalign", "aligned_alloc"),
    *("memalign", "valloc", "pvalloc", "mmap", "munmap", "mremap", "mprotect"),
    *("execve", "execv", "execvpe", "execvp", "fexecve", "execl", "execlp", "execle"),
    *("posix_spawn", "posix_spawnp", "system", "popen", "_exit", "_Exit"),
]
"""The functions that a preloaded agent stands before: each is another name of one of its own. The
linker gives the names, because no source may define them: the agent's tests would be hooked as
well. Adding 0 keeps the new name from inheriting the old one's protected visibility, of which the
loader would complain in programs that are not position-independent."""

SMALL = ["-Xlinker", "-s", "-Xlinker", "--gc-sections"]
"""No symbol table, no unreachable code: for both."""


def check_machine() -> None:
    """Ends the build with one sentence where it cannot succeed."""
    if sys.platform != "linux":
        raise SystemExit("Peakline runs on Linux only for now: install it on a Linux machine.")
    advice = (
        f"Peakline is built with Swift {OLDEST[0]}.{OLDEST[1]} or newer: "
        "install it from https://www.swift.org/install/linux/ and put it on PATH, then try again."
    )
    swift = shutil.which("swift")
    if swift is None:
        raise SystemExit(advice)
    answer = subprocess.run([swift, "--version"], capture_output=True, text=True, check=False)
    found = re.search(r"Swift version (\d+)\.(\d+)", answer.stdout)
    if found is None:
        raise SystemExit(f"{advice} ('{swift} --version' does not answer with a version.)")
    if (int(found[1]), int(found[2])) < OLDEST:
        raise SystemExit(f"{advice} ({swift} is {found[1]}.{found[2]}.)")


def build_agent(root: Path) -> Path:
    """The path of the freshly built `libpeakline_agent.so`."""
    exports = root / "Sources" / "CAgent" / "exports.map"
    names = [
        word
        for name in [*HOOKED, "mmap64"]
        for word in ("-Xlinker", f"--defsym={name}=peakline_{name.removesuffix('64')}+0")
    ]
    # Or the path of this machine would be the library's name.
    names += ["-Xlinker", "-soname=libpeakline_agent.so"]
    _build(root, [*AGENT_FLAGS, *SMALL, *names, "-Xlinker", f"--version-script={exports}"])
    return root / ".build" / "agent" / "release" / "libpeakline_agent.so"


def build_tool(root: Path) -> Path:
    """The path of the freshly built executable `peakline`."""
    _build(root, [*TOOL_FLAGS, *SMALL])
    return root / ".build" / "release" / "peakline"


def _build(root: Path, flags: list[str]) -> None:
    """Runs one `swift build`; what it prints goes to stderr, where pip shows it on failure."""
    command = ["swift", "build", "-c", "release", "--package-path", str(root), *flags]
    status = subprocess.run(command, cwd=root, stdout=sys.stderr, check=False).returncode
    if status != 0:
        raise SystemExit(
            "Peakline's native part could not be built: the compiler's own words are above "
            f"('swift build' ended with status {status})."
        )
