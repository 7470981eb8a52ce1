# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Other processes: the buffers of their output are ours, their memory is not."""

from __future__ import annotations

import subprocess

COMMAND = ["/bin/sh", "-c", "head -c 300000 /dev/zero"]


def work() -> None:
    subprocess.run(["/bin/true"], check=True)
    done = subprocess.run(COMMAND, check=True, stdout=subprocess.PIPE)
    size = len(done.stdout)
    process = subprocess.Popen(["/bin/cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    process.communicate(b"hello")
    del done, process, size
