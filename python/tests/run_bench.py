# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Runs one program twice, by Python and by us, and compares what both show, byte for byte."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path

import peakline

# Of the installed package: the folder of its sources is not on the path.
PACKAGES = Path(peakline.__file__).resolve().parent.parent

DRIVER = """\
import os, sys
from peakline._run import Target, run

def note(text):
    with open(os.environ["NOTES"], "a") as file:
        file.write(text + "\\n")

def after():
    note("after")
    if "AFTER_FAILS" in os.environ:
        raise OSError("no space left")

def before(code, main):
    note("before " + code.co_name + " " + main.__name__)

_, kind, name, *arguments = sys.argv
options = {"keeps_working_folder": "KEEP" in os.environ}
if kind == "guess":
    target = Target.guess(name, arguments, **options)
else:
    target = Target(name, arguments, is_module=kind == "module", **options)
profile = None
if "PROFILE" in os.environ:
    from peakline._spawn import PassThrough
    profile = PassThrough()
sys.exit(run(target, before, after, profile=profile))
"""


class Outcome:
    """What one run of a program showed."""

    def __init__(self, command: list[str], folder: Path, **environment: str) -> None:
        environ = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
        environ["PYTHONPATH"] = str(PACKAGES)
        environ["PYTHONDONTWRITEBYTECODE"] = "1"
        finished = subprocess.run(
            command,
            cwd=folder,
            env={**environ, **environment},
            capture_output=True,
            timeout=120,
            check=False,
        )
        self.status = finished.returncode
        self.stdout = without_addresses(finished.stdout.decode())
        self.stderr = without_addresses(finished.stderr.decode())

    def seen(self) -> tuple[int, str, str]:
        """The three things compared."""
        return self.status, self.stdout, self.stderr


class Bench:
    """A folder with programs, and the two ways to run one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "work"
        self.folder.mkdir()
        self.driver = folder / "driver" / "driver.py"
        self.driver.parent.mkdir()
        self.driver.write_text(DRIVER)
        self.notes = folder / "notes"

    def write(self, name: str, source: str | bytes) -> str:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        data = textwrap.dedent(source).encode() if isinstance(source, str) else source
        path.write_bytes(data)
        return name

    def plain(self, *command: str) -> Outcome:
        return Outcome([sys.executable, *command], self.folder)

    def ours(self, kind: str, *command: str, **environment: str) -> Outcome:
        self.notes.write_text("")
        environment["NOTES"] = str(self.notes)
        return Outcome(
            [sys.executable, str(self.driver), kind, *command], self.folder, **environment
        )

    def noted(self) -> list[str]:
        return self.notes.read_text().splitlines()

    def check_script(self, *command: str) -> Outcome:
        """Compares both ways and returns ours."""
        ours = self.ours("script", *command)
        assert ours.seen() == self.plain(*command).seen()
        return ours

    def check_module(self, *command: str) -> Outcome:
        """Compares with `python -m`, less the frames of runpy."""
        ours = self.ours("module", *command)
        plain = self.plain("-m", *command)
        assert (ours.status, ours.stdout) == (plain.status, plain.stdout)
        assert ours.stderr == without_frames_of_the_library(plain.stderr)
        return ours


def without_addresses(text: str) -> str:
    """Drops what differs from one process to the next."""
    return re.sub(r"0x[0-9a-f]{6,}", "0x…", text)


def without_frames_of_the_library(text: str) -> str:
    """Drops what `python -m` shows of runpy and importlib at the top of a traceback."""
    bar = r"(?:  [+|] )?"
    file = r'(?:<frozen [\w.]+>|[^"\n]*/runpy\.py)'
    frame = rf'^{bar}  File "{file}", line \d+, in \w+\n(?:{bar}    .*\n)*'
    text = re.sub(frame, "", text, flags=re.MULTILINE)
    # With no frame left, as for a syntax error, the interpreter prints no heading either.
    return re.sub(r'^Traceback .*\n(?=  File "[^"]*", line \d+\n)', "", text)
