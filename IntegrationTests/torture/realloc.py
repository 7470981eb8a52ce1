# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Python's three allocator domains through their C functions: realloc between small and large in
every order, size 0, and who owns what comes back; each block's content is checked."""

import ctypes
import random

api = ctypes.pythonapi
generator = random.Random(7)
EDGES = [0, 1, 8, 15, 16, 17, 511, 512, 513, 520, 1000, 4096, 100_000, 200_000, 1 << 20]


def domain(name: str):
    functions = []
    for word, result, arguments in (
        ("Malloc", ctypes.c_void_p, [ctypes.c_size_t]),
        ("Calloc", ctypes.c_void_p, [ctypes.c_size_t, ctypes.c_size_t]),
        ("Realloc", ctypes.c_void_p, [ctypes.c_void_p, ctypes.c_size_t]),
        ("Free", None, [ctypes.c_void_p]),
    ):
        function = getattr(api, f"Py{name}_{word}")
        function.restype, function.argtypes = result, arguments
        functions.append(function)
    return functions


for name in ("Mem", "Object", "Mem_Raw"):
    if name == "Mem_Raw":
        malloc, calloc, realloc, free = (
            getattr(api, f"PyMem_Raw{word}") for word in ("Malloc", "Calloc", "Realloc", "Free")
        )
        for function in (malloc, calloc, realloc):
            function.restype = ctypes.c_void_p
        malloc.argtypes, calloc.argtypes = [ctypes.c_size_t], [ctypes.c_size_t] * 2
        realloc.argtypes, free.argtypes = [ctypes.c_void_p, ctypes.c_size_t], [ctypes.c_void_p]
    else:
        malloc, calloc, realloc, free = domain(name)
    wrong = 0
    for old in EDGES:
        for new in EDGES:
            for start in (malloc(old), calloc(old, 1), realloc(None, old)):
                if old:
                    ctypes.memset(start, 0x5A, old)
                moved = realloc(start, new)
                common = min(old, new)
                wrong += moved is None or ctypes.string_at(moved, common) != b"\x5a" * common
                moved = realloc(moved, old)
                free(moved)
    blocks: dict[int, tuple[int, int]] = {}
    for step in range(30_000):
        slot = generator.randrange(200)
        size = generator.choice((generator.randrange(600), generator.choice(EDGES)))
        if slot in blocks:
            address, kept = blocks.pop(slot)
            if step % 3 == 0:
                free(address)
                continue
            address = realloc(address, size)
            common = min(size, kept)
            wrong += ctypes.string_at(address, common) != bytes([slot]) * common
        else:
            address = calloc(size, 1) if step % 2 else malloc(size)
        ctypes.memset(address, slot, size)
        blocks[slot] = (address, size)
    for address, _ in blocks.values():
        free(address)
    print(name, wrong)
