# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""What limits the figures is said beside every table, once."""

from __future__ import annotations

from pathlib import Path

from programs import run, write

SLOWLY = """
from peakline import _drivers
_drivers.choose = lambda: _drivers.plain(ValueError("the test says so"))
"""

SENTENCE = "peakline: Lines are measured by a slow trace function: the test says so.\n"


def test_the_decorator_says_it_after_the_first_table(tmp_path: Path) -> None:
    body = "from peakline import profile\n@profile\ndef f():\n    return 1\nf()\nf()\n"
    said = run(tmp_path, write(tmp_path, "decorated.py", SLOWLY + body))
    assert said.stdout.count("Filename:") == 2
    assert said.stderr == SENTENCE


def test_show_results_says_it(tmp_path: Path) -> None:
    body = (
        "from memory_profiler import LineProfiler, show_results\n"
        "p = LineProfiler()\n@p\ndef f():\n    return 1\nf()\nshow_results(p)\nshow_results(p)\n"
    )
    said = run(tmp_path, write(tmp_path, "shown.py", SLOWLY + body))
    assert said.stdout.count("Filename:") == 2
    assert said.stderr == SENTENCE


def test_the_script_runner_says_it(tmp_path: Path) -> None:
    write(tmp_path, "sitecustomize.py", SLOWLY)
    write(tmp_path, "script.py", "@profile\ndef f():\n    return 1\nf()\n")
    start = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import sitecustomize, runpy; "
    start += "sys.argv = ['memory_profiler', 'script.py']; runpy.run_module('memory_profiler', "
    said = run(tmp_path, "-S", "-c", start + "run_name='__main__', alter_sys=True)")
    assert said.stdout.count("Filename:") == 1
    assert said.stderr == SENTENCE


def test_nothing_is_said_where_nothing_limits_them(tmp_path: Path) -> None:
    body = "from peakline import profile\n@profile\ndef f():\n    return 1\nf()\n"
    said = run(tmp_path, write(tmp_path, "plain.py", body))
    assert (said.stdout.count("Filename:"), said.stderr) == (1, "")
