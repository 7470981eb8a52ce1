# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""The texts of a program, of tools that watch it, and of what runs both beside the engine.

`JOB` is the program: exceptions, generators, recursion. Each tool is a class `Other`, a context
manager with a `result()`. `DRIVE` runs the job under us ("o"), a tool ("t"), or both in that order.
"""

JOB = """
import sys

def helper(n):
    total = 0
    for i in range(n):
        total += i
    return total

def numbers(n):
    try:
        for i in range(n):
            yield helper(i)
    finally:
        helper(1)

def failing(n):
    if n == 0:
        raise ValueError("bottom")
    failing(n - 1)

def work(n):
    kept = []
    for number in numbers(n):
        kept.append(number)
    try:
        failing(3)
    except ValueError:
        kept.append(helper(2))
    stepped = numbers(5)
    next(stepped)
    stepped.close()
    if n:
        work(n - 2)
    return kept

def trace_said():
    return name(sys.gettrace()), name(sys.getprofile())

def name(tracer):
    return str(tracer) if type(tracer).__name__ == "Other" else type(tracer).__qualname__

def asks():
    said = trace_said()
    direct = name(sys.gettrace())
    return said, direct
"""

DRIVE = """
import json, os, sys
sys.path[:0] = [PYTHON]
import job
TOOL
class Ours:
    def __init__(self):
        from peakline import _engine
        self.session = _engine.session(0)
        for function in (job.work, job.numbers, job.asks):
            self.session.add(function.__code__)
    def __enter__(self):
        self.session.begin()
    def __exit__(self, *_):
        self.session.end()
    def result(self):
        return [
            [(row.line, row.occurrences) for row in self.session.measured(f.__code__).rows]
            for f in (job.work, job.numbers)
        ]
class Nothing:
    def __enter__(self): pass
    def __exit__(self, *_): pass
    def result(self): return None
def run():
    with first, second:
        job.work(4)
        said = job.asks()
    return said
order = sys.argv[1]
ours = Ours() if "o" in order else Nothing()
other = Other() if "t" in order else Nothing()
first, second = (ours, other) if order.startswith("o") else (other, ours)
before = repr(sys.gettrace())
said = run()
after = repr(sys.gettrace())
print(json.dumps({"ours": ours.result(), "other": other.result(), "said": said,
                  "restored": before == after}))
"""

SETTRACE = """
class Other:
    def __init__(self):
        self.events = []
    def __repr__(self):
        return "the tracer"
    def __call__(self, frame, event, arg):
        if frame.f_code.co_filename == job.__file__:
            self.events.append((frame.f_code.co_name, event, frame.f_lineno))
        return self
    def __enter__(self):
        sys.settrace(self)
    def __exit__(self, *_):
        sys.settrace(None)
    def result(self):
        return self.events
"""

SETPROFILE = SETTRACE.replace("sys.settrace", "sys.setprofile").replace("tracer", "profiler")

CPROFILE = """
import cProfile, pstats
class Other:
    def __init__(self):
        self.profile = cProfile.Profile()
    def __enter__(self):
        self.profile.enable()
    def __exit__(self, *_):
        self.profile.disable()
    def result(self):
        stats = pstats.Stats(self.profile).stats
        found = [(key, value[:2]) for key, value in stats.items() if key[0] == job.__file__]
        return sorted(found)
"""

COVERAGE = """
import coverage
class Other:
    def __init__(self):
        self.coverage = coverage.Coverage(data_file=None, config_file=False, include=[INCLUDE])
    def __enter__(self):
        self.coverage.start()
    def __exit__(self, *_):
        self.coverage.stop()
    def result(self):
        data = self.coverage.get_data()
        return sorted(data.lines(job.__file__) or [])
"""

MONITORING = """
class Other:
    def __init__(self):
        self.lines = []
        m = sys.monitoring
        self.events = m.events.LINE | m.events.PY_START | m.events.PY_UNWIND
        self.tool = next(tool for tool in (3, 4) if m.get_tool(tool) is None)
        m.use_tool_id(self.tool, "another")
        m.register_callback(self.tool, m.events.LINE, self.line)
        m.register_callback(self.tool, m.events.PY_START, self.start)
        m.register_callback(self.tool, m.events.PY_UNWIND, self.unwind)
    def line(self, code, line):
        if code.co_filename == job.__file__:
            self.lines.append((code.co_name, line))
        else:
            return sys.monitoring.DISABLE
    def start(self, code, offset):
        if code.co_filename == job.__file__:
            self.lines.append((code.co_name, "start"))
            if len(self.lines) > 50 and len(self.lines) < 60:
                sys.monitoring.restart_events()
    def unwind(self, code, offset, error):
        if code.co_filename == job.__file__:
            self.lines.append((code.co_name, "unwind"))
    def __enter__(self):
        sys.monitoring.set_events(self.tool, self.events)
    def __exit__(self, *_):
        sys.monitoring.set_events(self.tool, 0)
    def result(self):
        return self.lines
"""
