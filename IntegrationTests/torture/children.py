# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Children by vfork, posix_spawn, clone, system and popen, from C and from Python."""

import os
import subprocess
import sys

from native import load

native = load("spawn")
print("vfork:", native.by_vfork(150))
print("vfork, allocating:", native.by_vfork_that_allocates(150))
print("posix_spawn:", native.by_posix_spawn(150))
print("clone:", native.by_clone(150))
print("fork:", native.by_fork(100))
print("system:", native.by_system(30))
print("subprocess:", sum(subprocess.run(["/bin/true"]).returncode == 0 for _ in range(100)))
print("posix_spawn:", os.waitpid(os.posix_spawn("/bin/true", ["true"], os.environ), 0)[1])
print(subprocess.run([sys.executable, "-I", "-c", "print('isolated')"], capture_output=True).stdout)
print(subprocess.run([sys.executable, "-c", "print('bare')"], env={}, capture_output=True))
print(subprocess.run(["/bin/sh", "-c", "echo $((6 * 7)); ls -d /"], capture_output=True))
