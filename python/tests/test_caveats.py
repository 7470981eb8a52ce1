# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""What limits the figures is said beside every table, once."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
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


UNTRACED = (
    "peakline: A measured function set or removed the trace function, or it failed there: on this "
    "version of Python the lines from there to the function's next call, or to its end, were not "
    "told apart.\n"
)
needs_trace = pytest.mark.skipif(
    sys.version_info >= (3, 12), reason="lines are not measured by a trace function"
)


@needs_trace
@pytest.mark.parametrize(
    "lines",
    [
        "sys.settrace(None)\n    x = 1",
        "sys.settrace(None)\n    helper()",
        "sys.settrace(lambda *_: None)\n    x = 1",
        "sys.settrace(None)\n    g()",
        "sys.settrace(None)\n    yield 1",
    ],
)
def test_it_is_said_that_a_measured_function_removed_the_trace_function(
    tmp_path: Path, lines: str
) -> None:
    body = (
        "import sys\nfrom peakline import profile\ndef helper(): pass\n"
        f"@profile\ndef g():\n    pass\n@profile\ndef f():\n    {lines}\n"
        "for _ in range(2):\n    for _ in f() or (): pass\n"
    )
    said = run(tmp_path, write(tmp_path, "untraced.py", body))
    assert "Occurrences" in said.stdout
    assert said.stderr == UNTRACED


@needs_trace
def test_it_is_said_of_a_trace_function_that_fails(tmp_path: Path) -> None:
    body = (
        "import sys\nfrom peakline import profile\n"
        "def trace(frame, event, arg):\n"
        "    if event == 'line' and frame.f_code.co_name == 'f':\n        raise LookupError\n"
        "    return trace\n"
        "@profile\ndef f():\n    x = 1\n    return x\n"
        "sys.settrace(trace)\ntry:\n    f()\nexcept LookupError:\n    print('raised')\n"
    )
    said = run(tmp_path, write(tmp_path, "failing.py", body))
    assert said.stdout.endswith("raised\n")
    assert said.stderr == UNTRACED


@pytest.mark.parametrize(
    "body",
    [
        # Before, between and after the calls, and within what they call.
        "def helper(): sys.settrace(None)\n"
        "@profile\ndef f():\n    helper()\n    return 1\n"
        "sys.settrace(trace)\nf()\nsys.settrace(None)\nf()\nsys.settrace(trace)\n",
        # The trace function takes itself away in what a measured function calls.
        "def helper(): pass\n"
        "@profile\ndef f():\n    helper()\n    return 1\n"
        "def once(frame, event, arg):\n"
        "    if frame.f_code.co_name == 'helper': sys.settrace(None)\n    return once\n"
        "sys.settrace(once)\nf()\n",
        # A debugger goes its way.
        "@profile\ndef f():\n    breakpoint()\n    x = 1\n    return x\nf()\n",
    ],
)
def test_nothing_is_said_of_trace_functions_elsewhere(tmp_path: Path, body: str) -> None:
    head = "import sys\nfrom peakline import profile\ndef trace(*_): return trace\n"
    said = run(tmp_path, write(tmp_path, "traced.py", head + body), stdin="next\ncontinue\n")
    assert said.stdout.count("Filename:") == body.count("\nf()\n")
    assert said.stderr == ""


NOT_MEASURED = "f was called where Python tells nobody of lines, as at a debugger's prompt"


def test_it_is_said_that_a_call_at_a_debuggers_prompt_is_not_measured(tmp_path: Path) -> None:
    body = (
        "import pdb\nfrom peakline import profile\n@profile\ndef f():\n    x = 1\n    return x\n"
        "pdb.Pdb(nosigint=True, readrc=False).runcall(lambda: 1)\nf()\n"
    )
    said = run(tmp_path, write(tmp_path, "prompt.py", body), stdin="f()\ncontinue\n")
    assert said.stderr == f"peakline: {NOT_MEASURED}: they were not measured.\n"


@pytest.mark.parametrize(
    "function",
    [
        "def f(): return 1",
        "def f():\n    pass",
        'def f():\n    """Text."""',
        "def f():\n    global x",
        "class f:\n    def __init__(self): pass",
    ],
)
def test_nothing_is_said_of_a_call_that_has_next_to_no_lines(tmp_path: Path, function: str) -> None:
    body = f"from peakline import profile\n@profile\n{function}\nf()\n"
    said = run(tmp_path, write(tmp_path, "short.py", body))
    assert (said.stdout.count("Filename:"), said.stderr) == (1, "")
