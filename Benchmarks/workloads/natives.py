# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Four threads in C code at once, without the GIL, each call with thousands of allocations.

The C library's own regular expressions: compiling one builds its automaton piece by piece.
"""

import ctypes
from threading import Thread

LIBC = ctypes.CDLL(None)
PATTERN = "|".join(f"(year{n}[0-{n % 9 + 1}]*-(week|day){n}?)+" for n in range(50)).encode()
EXTENDED = 1


def compile_often(times: int) -> None:
    """Compiles the expression and gives it back."""
    compiled = ctypes.create_string_buffer(512)
    for _ in range(times):
        assert not LIBC.regcomp(compiled, PATTERN, EXTENDED)
        LIBC.regfree(compiled)


def work() -> None:
    """Each thread compiles for itself."""
    threads = [Thread(target=compile_often, args=(240,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
