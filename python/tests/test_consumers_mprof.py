# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""How other projects use mprof: each test makes the calls that one of them makes."""

from __future__ import annotations

import subprocess
import sys
from collections import namedtuple
from pathlib import Path

import pytest
from mprof_runs import MPROF, environment, mprof, only, recording
from programs import write
from test_mprof_files import ORIGINAL


def test_scikit_validate_splits_a_file_of_many_runs(tmp_path: Path) -> None:
    from mprof import read_mprofile_file

    for number in range(3):
        command = ["sh", "-c", f": {number}; sleep 0.3"]
        mprof(tmp_path, "run", "-o", "all.dat", "--append", "-T", "0.05", *command)
    content = (tmp_path / "all.dat").read_text()
    parts = content.split("CMDLINE ")[1:]
    assert len(parts) == 3
    for number, part in enumerate(parts):
        one = tmp_path / f"{number}.dat"
        one.write_text("CMDLINE " + part)
        profile = read_mprofile_file(str(one))
        assert f": {number}" in profile["cmd_line"]
        assert len(profile["mem_usage"]) == len(profile["timestamp"]) >= 3
        assert max(profile["timestamp"]) - min(profile["timestamp"]) > 0.2


def test_benchmarks_read_the_rows_of_functions(tmp_path: Path) -> None:
    import mprof as module

    write(
        tmp_path, "s.py", "@profile\ndef f():\n    return bytearray(8 << 20)\nfor _ in 'ab': f()\n"
    )
    mprof(tmp_path, "run", "-o", "a.dat", "s.py")
    rows = module.read_mprofile_file(str(tmp_path / "a.dat"))["func_timestamp"]["__main__.f"]
    assert len(rows) == 2
    for start, end, before, after, level in rows:
        assert start <= end
        assert after > before > 1
        assert level == 0


def test_glances_records_with_children_and_draws(tmp_path: Path) -> None:
    script = write(
        tmp_path, "glances.py", "import sys, time\nprint(sys.argv[1:])\ntime.sleep(0.3)\n"
    )
    answer = mprof(tmp_path, "run", "-T", "1", "-C", script, "--stop-after", "10", "--quiet")
    assert answer.returncode == 0
    assert "mprof: Sampling memory every 1.0s" in answer.stdout
    assert "['--stop-after', '10', '--quiet']" in answer.stdout
    assert recording(only(tmp_path)).memory
    pytest.importorskip("matplotlib", reason="matplotlib is not installed")
    drawn = mprof(tmp_path, "plot", "--output", "x.png", MPLBACKEND="Agg")
    assert drawn.returncode == 0, drawn.stderr
    assert (tmp_path / "x.png").stat().st_size > 1000


def test_pyprofiler_draws_with_options_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("matplotlib", reason="matplotlib is not installed")
    monkeypatch.setenv("MPLBACKEND", "Agg")
    import mprof as module

    path = tmp_path / "a.dat"
    path.write_text(ORIGINAL)
    options = namedtuple("options", ("slope", "xlim"))
    module.plot_file(str(path), timestamps=True, options=options(slope=False, xlim=None))


def test_pypsas_own_logs_are_read_as_recordings(tmp_path: Path) -> None:
    """Its copy of the sampler writes `MEM` lines, and no command."""
    with open(tmp_path / "job.log", "w") as log:
        for number in range(4):
            log.write(f"MEM {100 + number:.6f} {1795212793 + number:.4f}\n")
    assert mprof(tmp_path, "peak", "job.log").stdout == "job.log\t103.000 MiB\n"


def test_the_books_script_runs_with_and_without_mprof(tmp_path: Path) -> None:
    """High Performance Python's: a guard for `profile`, and a block with a name."""
    write(
        tmp_path,
        "book.py",
        """
        import contextlib, time
        if 'profile' not in dir():
            class Nothing:
                def timestamp(self, name):
                    return contextlib.nullcontext()
                def __call__(self, function):
                    return function
            profile = Nothing()

        @profile
        def work():
            with profile.timestamp("create_output_list"):
                return [0] * 2**20
        work()
        """,
    )
    subprocess.run([sys.executable, "book.py"], cwd=tmp_path, env=environment(), check=True)
    subprocess.run([MPROF, "run", "-E", "book.py"], cwd=tmp_path, env=environment(), check=True)
    names = [call[0] for call in recording(only(tmp_path)).calls]
    assert names == ["__main__.work", ".create_output_list"]


def test_the_originals_own_suite_calls_the_command_so(tmp_path: Path) -> None:
    write(tmp_path, "test_func.py", "@profile\ndef f(): return 1\nf()\n")
    answer = mprof(tmp_path, "run", "test_func.py")
    assert answer.returncode == 0, answer.stderr
    assert mprof(tmp_path, "peak").stdout.startswith("Using last profile data.\nmprofile_")
