# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Other tools and the engine do not disturb each other: both say what they say alone.

Each case runs in a process of its own, whoever comes first; the programs are in `tracing_tools`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from programs import PACKAGES
from tracing_tools import COVERAGE, CPROFILE, DRIVE, JOB, MONITORING, SETPROFILE, SETTRACE


@pytest.fixture
def job(tmp_path: Path) -> Path:
    (tmp_path / "job.py").write_text(JOB)
    return tmp_path


def run(job: Path, other: str, order: str, **environment: str) -> dict[str, Any]:
    text = DRIVE.replace("PYTHON", repr(PACKAGES)).replace("TOOL", other)
    text = text.replace("INCLUDE", repr(str(job / "job.py")))
    (job / "drive.py").write_text(text)
    done = subprocess.run(
        [sys.executable, "drive.py", order],
        cwd=job,
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def both_are_undisturbed(job: Path, other: str, **environment: str) -> None:
    ours_alone = run(job, other, "o", **environment)
    other_alone = run(job, other, "t", **environment)
    # Two measured functions, 4 + 2 + 0 deep: the whole table, not something like it.
    assert [row[1] for row in ours_alone["ours"][0]][:5] == [3, 3, 9, 6, 3]
    assert len(other_alone["other"]) >= 5
    for order in ("ot", "to"):
        together = run(job, other, order, **environment)
        assert together["ours"] == ours_alone["ours"], order
        assert together["other"] == other_alone["other"], order
        assert together["said"] == other_alone["said"], order
        assert together["restored"], order


@pytest.mark.parametrize(
    "other", [SETTRACE, SETPROFILE, CPROFILE], ids=["settrace", "setprofile", "cProfile"]
)
def test_with_the_standard_tracers(job: Path, other: str) -> None:
    both_are_undisturbed(job, other)


def test_gettrace_inside_a_measured_function_says_what_it_says_without_us(job: Path) -> None:
    for other in (SETTRACE, SETPROFILE):
        bare = run(job, other, "t")["said"]
        assert bare[0][0 if other is SETTRACE else 1].startswith("the ")
        assert run(job, other, "to")["said"] == bare
    assert run(job, SETTRACE, "o")["said"] == [["NoneType", "NoneType"], "NoneType"]


@pytest.mark.parametrize("core", ["ctrace", "pytrace", "sysmon"])
def test_with_coverage(job: Path, core: str) -> None:
    if core == "sysmon" and sys.version_info < (3, 12):
        pytest.skip("this Python has no sys.monitoring")
    both_are_undisturbed(job, COVERAGE, COVERAGE_CORE=core)


def test_with_coverage_of_other_files_only(job: Path) -> None:
    other = COVERAGE.replace("[INCLUDE]", "['nothing/*']")
    alone = run(job, other, "o")["ours"]
    for core in ("ctrace", "pytrace"):
        for order in ("ot", "to"):
            assert run(job, other, order, COVERAGE_CORE=core)["ours"] == alone


def test_with_a_tracer_that_wants_no_lines(job: Path) -> None:
    other = SETTRACE.replace(
        "        return self\n", "        frame.f_trace_lines = False\n        return self\n", 1
    )
    both_are_undisturbed(job, other)


@pytest.mark.skipif(sys.version_info < (3, 12), reason="this Python has no sys.monitoring")
def test_with_another_tool_of_sys_monitoring(job: Path) -> None:
    both_are_undisturbed(job, MONITORING)


def script(text: str, *arguments: str, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", f"import sys\nsys.path[:0] = [{PACKAGES!r}]\n{text}", *arguments],
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.skipif(sys.version_info < (3, 12), reason="this Python has no sys.monitoring")
def test_when_all_six_tools_are_taken_the_trace_function_does_it_and_the_report_says_so() -> None:
    text = """
import tempfile, importlib.util, os
for tool in range(6):
    sys.monitoring.use_tool_id(tool, f"taken {tool}")
path = os.path.join(tempfile.mkdtemp(), "taken.py")
with open(path, "w") as file:
    file.write("def f(n):\\n    for i in range(n):\\n        x = i\\n    return n\\n")
spec = importlib.util.spec_from_file_location("taken", path)
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
import peakline
from peakline import _engine
result = peakline.lines(module.f, 5)
assert _engine.start() == "trace"
assert result.value == 5
print([(line.line, line.occurrences) for line in result.functions[0].lines])
print(*result.caveats)
assert sys.gettrace() is None
"""
    rows, caveat = script(text).splitlines()
    assert rows == "[(1, 1), (2, 6), (3, 5), (4, 1)]"
    assert "slow" in caveat
    assert "six" in caveat


AUDIT = """
import peakline
events = []
def hook(event, arguments):
    if event == "sys.settrace":
        events.append(event)
sys.addaudithook(hook)
def f(n):
    total = 0
    for i in range(n):
        total += len(str(i)) + g(i)
    return total
def g(i):
    return i
result = peakline.lines(f, 50)
assert sys.gettrace() is None
print(result.value, [line.occurrences for line in result.functions[0].lines][:1])
watched = peakline.lines(hook, "sys.settrace", ())
print(sum(line.occurrences for line in watched.functions[0].lines) > 0)
"""


def test_audit_hooks_of_the_program_do_not_recurse() -> None:
    assert script(AUDIT).split() == ["1315", "[1]", "True"]


DEBUGGER = """
import bdb, json
class Debugger(bdb.Bdb):
    def __init__(self):
        super().__init__()
        self.seen = []
    def user_line(self, frame):
        self.seen.append((frame.f_code.co_name, frame.f_lineno - frame.f_code.co_firstlineno))
        self.set_step()
debugger = Debugger()
def begin():
    debugger.set_trace(sys._getframe(1))
def callee(n):
    for i in range(n):
        n += i
    return n
def f(n):
    a = 1
    begin()
    b = callee(2)
    for i in range(n):
        b += i
    debugger.set_continue()
    sys.settrace(None)
    c = callee(1)
    return a + b + c
rows = None
if sys.argv[1] == "ours":
    from peakline import _engine
    session = _engine.session(0)
    session.add(f.__code__)
    session.begin()
    f(3)
    session.end()
    rows = [(row.line - f.__code__.co_firstlineno, row.occurrences)
            for row in session.measured(f.__code__).rows]
else:
    f(3)
print(json.dumps([rows, debugger.seen, sys.gettrace() is None]))
"""


def test_a_debugger_started_in_the_middle_of_a_measured_function() -> None:
    rows, seen, restored = json.loads(script(DEBUGGER, "ours"))
    assert restored
    assert [rows, seen][1] == json.loads(script(DEBUGGER, "bare"))[1]
    assert ["f", 4] in seen
    assert ["callee", 2] in seen
    # The frame itself turns tracing off at line 7; before 3.12 the rest of line 7 is one with it.
    expected = {0: 1, 1: 1, 2: 1, 3: 1, 4: 4, 5: 3, 6: 1, 7: 1, 8: 1, 9: 1}
    found = dict(rows)
    if sys.version_info < (3, 12):
        expected.pop(8)
        found.pop(8, None)
    assert found == expected


def test_two_profilers_of_ours_and_a_tracer_come_and_go_in_any_order() -> None:
    text = """
import memory_profiler, peakline, io
calls = []
def tracer(frame, event, arg):
    calls.append(event)
    return None
def f(n):
    for i in range(n):
        pass
    return n
one, two = memory_profiler.LineProfiler(), memory_profiler.LineProfiler()
one.add_function(f); two.add_function(f)
one.enable(); sys.settrace(tracer); two.enable()
f(3)
one.disable()
assert sys.gettrace() is tracer
f(4)
two.disable()
assert sys.gettrace() is tracer
f(5)
sys.settrace(None)
for profiler in (one, two):
    out = io.StringIO()
    print([row[1][2] for row in list(profiler.code_map.items())[0][1] if row[1]])
"""
    assert script(text).split("\n")[:2] == ["[1, 4, 3, 1]", "[2, 9, 7, 2]"]
