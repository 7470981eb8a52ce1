# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""`mprof run script.py`: the calls of decorated functions, beside the samples."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from mprof_runs import mprof, recording
from programs import write

BARE = """
    import time

    @profile
    def load():
        kept = bytearray(16 << 20)
        time.sleep(0.1)
        return kept

    load()
    with profile.timestamp("a block"):
        time.sleep(0.05)
    print(__name__)
"""

IMPORTED = """
    import sys
    from memory_profiler import profile

    @profile
    def load():
        return bytearray(16 << 20)

    load()
    sys.exit(4)
"""


def test_a_script_is_run_by_python_and_its_calls_are_recorded(tmp_path: Path) -> None:
    write(tmp_path, "s.py", BARE)
    answer = mprof(tmp_path, "run", "-T", "0.01", "-o", "a.dat", "s.py")
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout == (
        "mprof: Sampling memory every 0.01s\nrunning new process\n"
        "running as a Python program...\n__main__\n"
    )
    found = recording(tmp_path / "a.dat")
    assert found.commands == [f"{sys.executable} s.py"]
    load, block = found.calls
    assert load[0] == "__main__.load"
    before, began, after, ended = map(float, load[1:5])
    assert after - before == pytest.approx(16, abs=1)
    assert load[5] == "0"
    assert block[0] == ".a_block"
    # The same clock and the same measure as the samples.
    within = [memory for memory, when in found.memory if began + 0.05 < when < ended]
    assert within
    assert max(within) == pytest.approx(after, abs=2)


def test_an_imported_decorator_records_too(tmp_path: Path) -> None:
    write(tmp_path, "s.py", IMPORTED)
    answer = mprof(tmp_path, "run", "-q", "-E", "-o", "a.dat", "s.py")
    assert answer.returncode == 4, answer.stderr
    (call,) = recording(tmp_path / "a.dat").calls
    assert call[0] == "__main__.load"


def test_python_may_be_asked_for(tmp_path: Path) -> None:
    write(tmp_path, "package/__init__.py", "")
    write(tmp_path, "package/part.py", BARE)
    for words in (["package.part"], [Path(sys.executable), "package.part"]):
        answer = mprof(tmp_path, "run", "-q", "--python", "-E", "-o", "a.dat", *words)
        assert (answer.returncode, answer.stdout) == (0, "__main__\n"), answer.stderr
        assert len(recording(tmp_path / "a.dat").calls) == 2


def test_python_may_be_declined(tmp_path: Path) -> None:
    script = write(tmp_path, "s.py", "#!/bin/sh\necho shell\n")
    script.chmod(0o755)
    answer = mprof(tmp_path, "run", "-q", "--nopython", "./s.py")
    assert answer.stdout == "shell\n"


@pytest.mark.parametrize("option", ["-C", "-M", "--backend=psutil_pss"])
def test_a_bare_decorator_works_with_every_option(tmp_path: Path, option: str) -> None:
    write(tmp_path, "s.py", BARE)
    answer = mprof(tmp_path, "run", "-q", "-E", option, "-o", "a.dat", "s.py", "--its", "-1")
    assert answer.returncode == 0, answer.stderr
    assert len(recording(tmp_path / "a.dat").calls) == 2


def test_a_script_that_is_not_there_is_127(tmp_path: Path) -> None:
    answer = mprof(tmp_path, "run", "gone.py")
    assert (answer.returncode, answer.stdout) == (127, "")
    assert "gone.py" in answer.stderr


def test_many_calls_are_whole_lines_among_the_samples(tmp_path: Path) -> None:
    write(
        tmp_path,
        "s.py",
        "@profile\ndef f():\n    pass\nfor _ in range(3000):\n    f()\n",
    )
    mprof(tmp_path, "run", "-q", "-T", "0.001", "-o", "a.dat", "s.py")
    assert len(recording(tmp_path / "a.dat").calls) == 3000
