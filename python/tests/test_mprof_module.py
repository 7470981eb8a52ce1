# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""`import mprof`: what programs call of the module behind the command."""

from __future__ import annotations

import inspect
import os
import shutil
import subprocess
import sys
import time
from collections import namedtuple
from pathlib import Path

import pytest
from mprof_runs import only, recording
from programs import run, write
from test_mprof_files import NAMES, ORIGINAL

import mprof

SIGNATURES = {
    "main": [],
    "get_action": [],
    "print_usage": [],
    "get_profile_filenames": ["args"],
    "list_action": [],
    "rm_action": [],
    "clean_action": [],
    "get_cmd_line": ["args"],
    "find_first_process": ["name"],
    "attach_action": [],
    "run_action": [],
    "add_brackets": ["xloc", "yloc", "xshift", "color", "label", "options"],
    "read_mprofile_file": ["filename"],
    "plot_file": ["filename", "index", "timestamps", "children", "options"],
    "flame_plotter": ["filename", "index", "timestamps", "children", "options"],
    "add_timestamp_rectangle": ["ax", "x0", "x1", "y0", "y1", "func_name", "color"],
    "function_labels": ["dotted_function_names"],
    "plot_action": [],
    "filter_mprofile_mem_usage_by_function": ["prof", "func"],
    "peak_action": [],
    "get_profiles": ["args"],
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in [*NAMES, "other.dat"]:
        (tmp_path / name).write_text(ORIGINAL)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_functions_have_memory_profilers_names_and_parameters() -> None:
    for name, parameters in SIGNATURES.items():
        assert list(inspect.signature(getattr(mprof, name)).parameters) == parameters, name
    assert mprof.ALL_ACTIONS == ("run", "rm", "clean", "list", "plot", "attach", "peak")
    assert set(mprof.FLAME_PLOTTER_VARS) == {"hovered_rect", "hovered_text", "alpha"}
    assert mprof.logger.name == "mprof"
    assert mprof.help_msg.startswith("Usage: mprof <command> <options> <arguments>\n")
    assert {*SIGNATURES, "ALL_ACTIONS", "logger"} <= set(dir(mprof))
    with pytest.raises(AttributeError, match="nothing"):
        mprof.nothing  # type: ignore[attr-defined]  # noqa: B018


def test_importing_it_is_cheap_and_configures_nothing(tmp_path: Path) -> None:
    program = """
        import sys
        before = {*sys.modules, "__future__"}
        import mprof
        print(sorted(set(sys.modules) - before))
        mprof.read_mprofile_file, mprof.plot_file
        print("matplotlib" in sys.modules, "numpy" in sys.modules)
        import logging
        print(logging.getLogger().handlers)
    """
    answer = run(tmp_path, write(tmp_path, "program.py", program))
    assert answer.stdout == "['mprof']\nFalse False\n[]\n", answer.stderr


# ---- Reading


def test_a_recording_is_read_into_memory_profilers_dictionary(folder: Path) -> None:
    found = mprof.read_mprofile_file("other.dat")
    assert list(found) == [
        "mem_usage", "timestamp", "func_timestamp", "filename", "cmd_line", "children",
    ]  # fmt: skip
    assert found["mem_usage"] == [0.269531, 50.425781, 60.125, 0.0]
    assert found["timestamp"][:2] == [1795212793.5513, 1795212793.6516]
    assert found["func_timestamp"] == {
        "__main__.inner": [[1795212793.5963, 1795212793.7528, 40.4219, 50.4258, 1]],
        "__main__.outer": [[1795212793.5, 1795212793.76, 30.0, 50.4258, 0]],
    }
    assert found["filename"] == "other.dat"
    assert found["cmd_line"] == "/home/you/venv/bin/python w.py\n"
    assert found["children"]["1564"] == [(1.75, 1795212793.6), (3.5, 1795212793.7)]
    assert found["children"]["none"] == []


def test_names_with_blanks_and_calls_without_a_level_are_read(folder: Path) -> None:
    Path("a.dat").write_text("FUNC .two words 1.5 2.0 3.5 4.0 2\nFUNC m.f 1.5 2.0 3.5 4.0\n")
    found = mprof.read_mprofile_file("a.dat")
    assert found["func_timestamp"] == {
        ".two words": [[2.0, 4.0, 1.5, 3.5, 2]],
        "m.f": [[2.0, 4.0, 1.5, 3.5]],
    }
    assert found["cmd_line"] is None


def test_what_cannot_be_read_is_one_warning(folder: Path) -> None:
    Path("a.dat").write_bytes(
        b"CMDLINE a\nMEM 1.0 2.0000\nMEM x 2\nhello\n\xff\xfe\nFUNC f 1\nUNSEEN 3.0 4.0\nMEM 1.0 2."
    )
    with pytest.warns(UserWarning, match=r"a\.dat: 5 lines, line 3 first, could not be read"):
        found = mprof.read_mprofile_file("a.dat")
    assert (found["mem_usage"], found["timestamp"]) == ([1.0], [2.0])


def test_a_file_with_nothing_but_an_empty_line_is_an_error_as_ever(folder: Path) -> None:
    Path("a.dat").write_text("\n")
    with pytest.raises(ValueError, match="Sampling time was too short"):
        mprof.read_mprofile_file("a.dat")
    Path("b.dat").write_text("")
    assert mprof.read_mprofile_file("b.dat")["mem_usage"] == []


def test_samples_are_chosen_by_function(folder: Path) -> None:
    profile = mprof.read_mprofile_file("other.dat")
    choose = mprof.filter_mprofile_mem_usage_by_function
    assert choose(profile, "__main__.inner") == [50.425781]
    assert choose(profile, "__main__.outer") == [0.269531, 50.425781, 60.125]
    assert choose(profile, None) == profile["mem_usage"]
    with pytest.raises(ValueError, match="was not found"):
        choose(profile, "nothing")


# ---- Names


@pytest.mark.parametrize(
    "labels",
    [
        {"a.b.c": "c", "a.b.d": "d"},
        {"a.b.c": "a.b.c", "d.b.c": "d.b.c"},
        {"c": "c", "a.c": "a.c"},
        {"x.f": "x.f", "y.f": "y.f", "f": "f"},
        {"m.C.f": "m.C.f", "m.D.f": "D.f", "n.C.f": "n.C.f"},
        {},
    ],
)
def test_labels_are_the_shortest_ends_that_are_nobody_elses(labels: dict[str, str]) -> None:
    assert mprof.function_labels(list(labels)) == labels
    assert mprof.function_labels([*labels, *labels]) == labels


def test_a_command_line_quotes_words_with_blanks() -> None:
    assert mprof.get_cmd_line(["a b", "c", "d\te", "f'g"]) == "'a b' c 'd\te' f'g"


def test_files_are_found_by_number_name_or_all(folder: Path) -> None:
    find = mprof.get_profile_filenames
    assert find("all") == NAMES
    assert find(["0", "-1", "other.dat"]) == [NAMES[0], NAMES[2], "other.dat"]
    assert find([]) == []
    for word in ("3", "-4", "gone.dat"):
        with pytest.raises(ValueError, match=word):
            find([word])


def test_profiles_are_those_named_or_the_newest(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = namedtuple("arguments", "profiles")
    assert mprof.get_profiles(arguments([])) == [NAMES[2]]
    assert mprof.get_profiles(arguments(["other.dat", "0", "gone"])) == ["other.dat", NAMES[0]]
    said = "Using last profile data.\nInput file not found: gone\n"
    assert capsys.readouterr().out == said
    with pytest.raises(SystemExit) as ended:
        mprof.get_profiles(arguments(["gone"]))
    assert ended.value.code == -1


def test_a_process_is_found_by_its_name(tmp_path: Path) -> None:
    with open("/proc/self/comm") as file:
        name = file.read().strip()
    found = mprof.find_first_process(name)
    assert found is None or found.pid != os.getpid()
    assert mprof.find_first_process("no such name anywhere") is None
    # A name that nobody else has.
    program = shutil.copy("/bin/sleep", tmp_path / f"nap{os.getpid()}")
    process = subprocess.Popen([program, "60"])
    try:
        # A program has its name a moment after it has been started.
        deadline = time.monotonic() + 30
        while (found := mprof.find_first_process(Path(program).name)) is None:
            assert time.monotonic() < deadline
        assert found.pid == process.pid
    finally:
        process.kill()
        process.wait()


# ---- Actions


@pytest.mark.parametrize(("source", "status"), [("pass", 0), ("raise ValueError", 1)])
def test_run_ends_with_the_programs_status_where_asked_for(
    folder: Path, monkeypatch: pytest.MonkeyPatch, source: str, status: int
) -> None:
    """As memory_profiler's own test calls it."""
    file = write(folder, "script.py", source)
    monkeypatch.setattr(sys, "argv", ["<ignored>", "--exit-code", str(file)])
    with pytest.raises(SystemExit) as ended:
        mprof.run_action()
    assert str(ended.value) == str(status)
    monkeypatch.setattr(sys, "argv", ["<ignored>", str(file)])
    mprof.run_action()


@pytest.mark.parametrize(
    ("words", "is_asked_for"),
    [
        ("-E x", True), ("--exit x", True), ("-CEM x", True), ("-T 1 -E x", True),
        ("-CT 1 -E x", True), ("-o -x.dat -E x", True), ("--out -x.dat -E x", True),
        ("--output=-x.dat -E x", True), ("-o-x.dat -E x", True), ("-o -E x", False),
        ("-oE x", False), ("--out -E x", False), ("x -E", False), ("-- -E", False), ("-", False),
    ],
)  # fmt: skip
def test_the_status_is_asked_for_before_the_program_and_not_by_a_value(
    words: str, is_asked_for: bool
) -> None:
    from mprof._actions import _own_options

    assert _own_options(words.split()) == ({"exit-code"} if is_asked_for else set())


def test_run_uses_the_python_that_calls_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "script.py", "import sys\nopen('who', 'w').write(sys.executable)\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["mprof", "-q", "script.py"])
    mprof.run_action()
    assert (tmp_path / "who").read_text() == sys.executable
    assert recording(only(tmp_path)).commands == [f"{sys.executable} script.py"]


def test_the_other_actions_are_the_commands(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["mprof", "list"])
    assert mprof.get_action() == "list"
    assert sys.argv == ["mprof"]
    mprof.list_action()
    assert capfd.readouterr().out.count("\n") == 3
    monkeypatch.setattr(sys, "argv", ["mprof", "other.dat"])
    mprof.peak_action()
    assert capfd.readouterr().out.startswith("other.dat\t60.125 MiB\n")
    monkeypatch.setattr(sys, "argv", ["mprof", "-1"])
    mprof.rm_action()
    assert not (folder / NAMES[2]).exists()
    monkeypatch.setattr(sys, "argv", ["mprof"])
    mprof.clean_action()
    assert not list(folder.glob("mprofile_*"))
    monkeypatch.setattr(sys, "argv", ["mprof", "no-such-process-anywhere"])
    with pytest.raises(SystemExit) as ended:
        mprof.attach_action()
    assert ended.value.code == 1
    monkeypatch.setattr(sys, "argv", ["mprof", "nonsense"])
    with pytest.raises(SystemExit) as ended:
        mprof.get_action()
    assert ended.value.code == 1


# ---- Plots

options = namedtuple("options", "slope xlim")


def test_without_matplotlib_a_plot_is_one_line(folder: Path) -> None:
    script = (
        "import sys; sys.modules['matplotlib'] = None; import mprof; mprof.plot_file('other.dat')"
    )
    answer = run(folder, "-c", script)
    assert (answer.returncode, answer.stdout) == (1, "")
    assert answer.stderr.count("\n") == 1
    assert "pip install peakline[plot]" in answer.stderr


@pytest.mark.parametrize("draw", ["plot_file", "flame_plotter"])
def test_a_recording_is_drawn(folder: Path, draw: str) -> None:
    matplotlib = pytest.importorskip("matplotlib", reason="matplotlib is not installed")
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    plt.figure()
    found = getattr(mprof, draw)(
        "other.dat", timestamps=True, options=options(slope=True, xlim=(0.0, 1.0))
    )
    assert found["mem_usage"]
    labels = [line.get_label() for axes in plt.gcf().axes for line in axes.get_lines()]
    assert any("start at" in str(label) for label in labels)
    assert "child 1564" in labels
    if draw == "plot_file":
        assert "inner 0.157s" in labels
        assert any(" slope " in str(label) for label in labels)
    plt.close()


def test_a_picture_is_written(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("matplotlib", reason="matplotlib is not installed")
    for arguments in (
        ["-o", "a.png", "-1"],
        ["-o", "a.svg", "--flame"],
        ["-so", "a.pdf", "0", "1"],
    ):
        monkeypatch.setattr(sys, "argv", ["mprof", "--backend", "Agg", *arguments])
        mprof.plot_action()
    assert Path("a.png").read_bytes().startswith(b"\x89PNG")
    assert Path("a.svg").stat().st_size > 1000
    assert Path("a.pdf").read_bytes().startswith(b"%PDF")
