# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""The interface of `memory_profiler`, by Peakline: memory usage of a program, line by line.

Everything that programs use of memory_profiler 0.61 is here under its name; what it computes is
right, and cheap. Names are loaded when they are first used, so that importing the module costs next
to nothing.
"""

from __future__ import annotations

from peakline._decorator import profile

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from memory_profiler._code_map import CodeMap
    from memory_profiler._compat import _TWO_20 as _TWO_20
    from memory_profiler._compat import _func_exec as _func_exec
    from memory_profiler._compat import _get_child_memory as _get_child_memory
    from memory_profiler._compat import _get_memory as _get_memory
    from memory_profiler._compat import choose_backend, has_tracemalloc
    from memory_profiler._line_profiler import LineProfiler
    from memory_profiler._log_file import LogFile
    from memory_profiler._magics import MemitResult as MemitResult
    from memory_profiler._magics import MemoryProfilerMagics as MemoryProfilerMagics
    from memory_profiler._magics import load_ipython_extension as load_ipython_extension
    from memory_profiler._magics import unload_ipython_extension as unload_ipython_extension
    from memory_profiler._mem_timer import MemTimer as MemTimer
    from memory_profiler._script import _find_script as _find_script
    from memory_profiler._script import exec_with_profiler, run_module_with_profiler
    from memory_profiler._show import show_results
    from memory_profiler._time_stamper import TimeStamper
    from memory_profiler._time_stamper import _TimeStamperCM as _TimeStamperCM
    from peakline._usage import memory_usage

__version__ = "0.61.0"
"""The version of memory_profiler whose interface this is; Peakline's own is `peakline.__version__`.
"""

_HOMES = {
    "CodeMap": "memory_profiler._code_map",
    "LineProfiler": "memory_profiler._line_profiler",
    "LogFile": "memory_profiler._log_file",
    "MemTimer": "memory_profiler._mem_timer",
    "MemitResult": "memory_profiler._magics",
    "MemoryProfilerMagics": "memory_profiler._magics",
    "Pipe": "memory_profiler._compat",
    "Process": "memory_profiler._compat",
    "SIGKILL": "memory_profiler._compat",
    "TimeStamper": "memory_profiler._time_stamper",
    "_TWO_20": "memory_profiler._compat",
    "_TimeStamperCM": "memory_profiler._time_stamper",
    "_find_script": "memory_profiler._script",
    "_func_exec": "memory_profiler._compat",
    "_get_child_memory": "memory_profiler._compat",
    "_get_memory": "memory_profiler._compat",
    "choose_backend": "memory_profiler._compat",
    "exec_with_profiler": "memory_profiler._script",
    "has_tracemalloc": "memory_profiler._compat",
    "load_ipython_extension": "memory_profiler._magics",
    "memory_usage": "peakline._usage",
    "psutil": "memory_profiler._compat",
    "run_module_with_profiler": "memory_profiler._script",
    "show_results": "memory_profiler._show",
    "unload_ipython_extension": "memory_profiler._magics",
}


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'memory_profiler' has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})


# What `from memory_profiler import *` gives: psutil may not be there, and multiprocessing is slow.
__all__ = [
    "CodeMap",
    "LineProfiler",
    "LogFile",
    "TimeStamper",
    "choose_backend",
    "exec_with_profiler",
    "has_tracemalloc",
    "memory_usage",
    "profile",
    "run_module_with_profiler",
    "show_results",
]
