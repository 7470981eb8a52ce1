# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""The C stack overflows for real: the program must die by the same signal as without the agent."""

import ctypes
import resource
import sys
import threading

resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
threading.stack_size(256 << 10)
sys.setrecursionlimit(10**8)
kind = ctypes.CFUNCTYPE(ctypes.c_int)


@kind
def again() -> int:
    bytearray(1000)
    return again() + 1


print("falling", flush=True)
thread = threading.Thread(target=again)
thread.start()
thread.join()
print("not reached")
