# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Runs one command with a time limit and leaves nothing of it behind."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import NamedTuple


class Ended(NamedTuple):
    status: int | None
    """As subprocess has it, negative for a signal; None for a hang."""
    seconds: float


def run(
    command: list[str], environment: dict[str, str], folder: Path, log: Path, limit: float
) -> Ended:
    """Runs it in a process group of its own, output to the log. A hang is photographed by gdb."""
    began = time.monotonic()
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=_defaults,
        )
        status: int | None
        try:
            status = process.wait(limit)
        except subprocess.TimeoutExpired:
            status = None
            _photograph(process.pid, log)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    return Ended(status, time.monotonic() - began)


def _defaults() -> None:
    # A shell that runs us in the background ignores these, and a child inherits it: tests that send
    # them would fail.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.signal(signal.SIGQUIT, signal.SIG_DFL)


def _photograph(group: int, log: Path) -> None:
    """Appends the stacks of the group's processes to the log."""
    gdb = shutil.which("gdb")
    if gdb is None:
        return
    for entry in os.listdir("/proc"):
        with contextlib.suppress(OSError, ValueError):
            if os.getpgid(int(entry)) != group:
                continue
            with log.open("ab") as output, contextlib.suppress(subprocess.TimeoutExpired):
                output.write(f"\n== process {entry} hangs\n".encode())
                output.flush()
                subprocess.run(
                    [gdb, "-batch", "-nx", "-p", entry, "-ex", "thread apply all bt 40"],
                    stdout=output,
                    stderr=subprocess.DEVNULL,
                    timeout=60,
                )
