# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Libraries loaded and dropped in loops, also by several threads; constructors that allocate; a
dependency and a dlopen that only the library's own RUNPATH serves; extension modules."""

import _ctypes
import ctypes
import importlib
import sys
import threading

from native import path


def once() -> int:
    handle = _ctypes.dlopen(path("plugs/libplug.so"), 2)
    plug = ctypes.CDLL("libplug", handle=handle)
    plug.plug_gives.restype = ctypes.c_void_p
    plug.plug_gives.argtypes = [ctypes.c_size_t]
    libc.free.argtypes = [ctypes.c_void_p]
    result = plug.plug_works() + 2 * plug.plug_opens()
    libc.free(plug.plug_gives(5000))
    _ctypes.dlclose(handle)
    return result


def many(results: list[int]) -> None:
    results.extend(once() for _ in range(150))


libc = ctypes.CDLL(None)
print("alone:", {once() for _ in range(300)})
results: list[int] = []
threads = [threading.Thread(target=many, args=(results,)) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print("together:", set(results), len(results))
for name in ("sqlite3", "decimal", "ssl", "lzma", "bz2", "xml.etree.ElementTree", "curses", "uuid"):
    try:
        importlib.import_module(name)
    except ImportError:
        sys.modules.pop(name, None)
try:
    _ctypes.dlopen(path("no such library.so"), 2)
except OSError as error:
    print("missing:", "no such library.so" in str(error))
