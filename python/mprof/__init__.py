# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""The module behind memory_profiler's second command: `mprof`, as a package of its name.

The commands themselves are the executable's. Here is what programs call: the reader of recordings,
the plots, and the commands as functions. Names are loaded when they are first used, so that
importing the module costs next to nothing.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from logging import Logger
    from typing import Any

    from mprof._actions import ALL_ACTIONS as ALL_ACTIONS
    from mprof._actions import attach_action as attach_action
    from mprof._actions import clean_action as clean_action
    from mprof._actions import get_action as get_action
    from mprof._actions import list_action as list_action
    from mprof._actions import main as main
    from mprof._actions import peak_action as peak_action
    from mprof._actions import print_usage as print_usage
    from mprof._actions import rm_action as rm_action
    from mprof._actions import run_action as run_action
    from mprof._figures import FLAME_PLOTTER_VARS as FLAME_PLOTTER_VARS
    from mprof._figures import add_brackets as add_brackets
    from mprof._figures import add_timestamp_rectangle as add_timestamp_rectangle
    from mprof._figures import flame_plotter as flame_plotter
    from mprof._figures import plot_file as plot_file
    from mprof._files import (
        filter_mprofile_mem_usage_by_function as filter_mprofile_mem_usage_by_function,
    )
    from mprof._files import get_profile_filenames as get_profile_filenames
    from mprof._files import get_profiles as get_profiles
    from mprof._files import read_mprofile_file as read_mprofile_file
    from mprof._names import find_first_process as find_first_process
    from mprof._names import function_labels as function_labels
    from mprof._names import get_cmd_line as get_cmd_line
    from mprof._plot_command import plot_action as plot_action

    help_msg: str
    logger: Logger

_HOMES = {
    "ALL_ACTIONS": "_actions",
    "FLAME_PLOTTER_VARS": "_figures",
    "add_brackets": "_figures",
    "add_timestamp_rectangle": "_figures",
    "attach_action": "_actions",
    "clean_action": "_actions",
    "filter_mprofile_mem_usage_by_function": "_files",
    "find_first_process": "_names",
    "flame_plotter": "_figures",
    "function_labels": "_names",
    "get_action": "_actions",
    "get_cmd_line": "_names",
    "get_profile_filenames": "_files",
    "get_profiles": "_files",
    "list_action": "_actions",
    "main": "_actions",
    "peak_action": "_actions",
    "plot_action": "_plot_command",
    "plot_file": "_figures",
    "print_usage": "_actions",
    "read_mprofile_file": "_files",
    "rm_action": "_actions",
    "run_action": "_actions",
}


def __getattr__(name: str) -> Any:
    value: Any
    if name == "logger":
        import logging

        value = logging.getLogger("mprof")
    elif name == "help_msg":
        from mprof._actions import help_message

        value = help_message()
    elif name in _HOMES:
        from importlib import import_module

        value = getattr(import_module(f"mprof.{_HOMES[name]}"), name)
    else:
        raise AttributeError(f"module 'mprof' has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES, "help_msg", "logger"})


__all__ = ["main"]
