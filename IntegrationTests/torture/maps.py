# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Direct mappings in many threads: partial munmap, mremap, mprotect, MAP_FIXED. The C part knows
what is left, and the ledger must say the same."""

import ctypes
import mmap

import ledger
from native import load

native = load("maps")
native.maps_hold.restype = native.maps_one.restype = ctypes.c_long


def mapped() -> int:
    return ledger.mapped() or 0


def expect(what: str, change: int, before: int) -> None:
    found = mapped() - before
    good = ledger.mapped() is None or found == change
    print(what, change if good else f"{change}, but the ledger says {found}")


for kind in range(13):
    before = mapped()
    made = native.maps_one(kind)
    expect(f"kind {kind}:", made, before)
    before = mapped()
    native.maps_drop()
    expect(f"kind {kind} dropped:", -made, before)
for threads in (1, 8):
    before = mapped()
    made = native.maps_hold(threads, 20_000)
    found = mapped() - before
    # How much is left depends on the seeds alone, but a hole may be taken by another thread.
    print(
        f"{threads} threads:",
        "as counted" if ledger.mapped() is None or found == made else (made, found),
    )
    native.maps_drop()
    print("dropped:", "all" if mapped() == before else mapped() - before)
before = mapped()
region = mmap.mmap(-1, 10 << 20, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
expect("mmap module:", 10 << 20, before)
region.resize(20 << 20)
expect("resized:", 20 << 20, before)
region.close()
expect("closed:", 0, before)
