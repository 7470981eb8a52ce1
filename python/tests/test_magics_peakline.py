# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""`%%peakline`: cells that are recorded, and run as they would otherwise."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from programs import PACKAGES
from shells import MIB, Shell, shell_with

import peakline
from peakline import _render

LOAD = "def load(count):\n    return [bytearray(1 << 20) for _ in range(count)]"


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shell]:
    monkeypatch.chdir(tmp_path)
    for shell in shell_with("peakline"):
        shell.run(LOAD)
        yield shell


def figures(file: str = "c.peakline") -> dict[str, Any]:
    found: dict[str, Any] = json.loads(_render.answer(["report", "--json", "--", file]))
    return found


def at_peak(report: dict[str, Any]) -> dict[str, int]:
    """Whole MiB by place, for lines that held at least one."""
    return {
        f"{line['file']}:{line['line']}": round(line["at_peak"] / MIB)
        for line in report["lines"]
        if line["at_peak"] >= MIB
    }


def sources(file: str = "c.peakline") -> dict[str, list[str | None]]:
    """The texts that the page shows, by the names of their files."""
    found = re.search(r'id="report">(.*?)</script>', peakline.show(file).html, re.DOTALL)
    assert found
    head = json.loads(found[1])
    return {head["files"][one["file"]]: one["lines"] for one in head["sources"]}


# MARK: what is recorded


def test_the_lines_of_cells_hold_what_they_allocate(shell: Shell) -> None:
    ran = shell.run("%%peakline --exact c.peakline\nrows = load(40)\nmore = bytearray(5 << 20)")
    assert (ran.error, ran.value) == (None, None)
    report = figures()
    assert report["mode"] == "exact"
    assert at_peak(report) == {"In[1]:2": 40, "In[2]:3": 5}
    assert len(shell.names["rows"]) == 40


def test_all_threads_are_recorded(shell: Shell) -> None:
    shell.run(
        "%%peakline --exact c.peakline\n"
        "import threading\n"
        "kept = []\n"
        "thread = threading.Thread(target=lambda: kept.append(load(30)))\n"
        "thread.start(); thread.join()\n"
    )
    assert at_peak(figures()) == {"In[1]:2": 30}


def test_calls_begin_at_the_cell(shell: Shell) -> None:
    ran = shell.run("%%peakline --exact\nrows = load(40)")
    assert re.search(r"^  In\[2\]:2 <module> → In\[1\]:2 load", ran.text, re.MULTILINE)
    ran = shell.run("%%peakline --exact\nawait __import__('asyncio').sleep(0)\nrows = load(40)")
    assert re.search(r"^  In\[3\]:3 <module> → In\[1\]:2 load", ran.text, re.MULTILINE)


def test_cells_of_a_notebook_that_was_run_have_their_lines(shell: Shell) -> None:
    nbformat = pytest.importorskip("nbformat", reason="nbformat is not installed")
    helper = "def helped(count):\n    return load(count)"
    cells = [nbformat.v4.new_code_cell(LOAD + "\n#"), nbformat.v4.new_code_cell(helper)]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), "helpers.ipynb")
    ran = shell.run("%run helpers.ipynb", "%%peakline --exact c.peakline\nrows = helped(40)")
    (place,) = at_peak(figures())
    found = sources()
    names = {"\n".join(map(str, lines)): name for name, lines in found.items()}
    assert names[helper].startswith("In[ ]")
    assert place == f"{names[LOAD + chr(10) + '#']}:2"
    assert f"In[3]:2 <module> → {names[helper]}:2 helped → {place} load" in ran.text


@pytest.mark.parametrize("folder", ["IPython", "ipykernel_notes", "peakline"])
def test_a_folder_of_the_users_may_be_called_as_a_package(shell: Shell, folder: str) -> None:
    Path(folder).mkdir()
    Path(folder, "_mine.py").write_text(LOAD)
    path = str(Path(folder, "_mine.py").absolute())
    shell.names["path"] = path
    shell.run("exec(compile(open(path).read(), path, 'exec'))")
    ran = shell.run("%%peakline --exact c.peakline\nrows = load(40)")
    assert at_peak(figures()) == {f"{path}:2": 40}
    assert f"In[3]:2 <module> → {folder}/_mine.py:2 load" in ran.text


def test_the_page_has_cells_as_they_were_written(shell: Shell) -> None:
    cell = "%%peakline --exact c.peakline\nrows = load(40)\n!echo said\n# The end\nx = 1"
    shell.run(cell)
    found = sources()
    assert found["In[2]"] == cell.splitlines()
    assert found["In[1]"] == LOAD.splitlines()


def test_helpers_of_front_ends_take_no_name_from_a_cell(shell: Shell) -> None:
    cell = "%%peakline --exact c.peakline\nrows = load(40)\nmore = helped(60)"
    helper = "def helped(count):\n    return load(count)"
    for options in ({"silent": True}, {"store_history": False}):
        Path("c.peakline").unlink(missing_ok=True)
        # It has the number of the next cell.
        shell.ip.run_cell(helper, **options)
        number = shell.ip.execution_count
        shell.run(cell)
        found = sources()
        assert found[f"In[{number}]"] == cell.splitlines()
        (name,) = [name for name, lines in found.items() if lines == helper.splitlines()]
        assert name.startswith(f"In[{number}] (")
        assert at_peak(figures()).keys() == {"In[1]:2"}
        tree = _render.answer(["report", "--", "c.peakline"])
        assert f"In[{number}]:3 <module> → {name}:2 helped → In[1]:2 load" in tree


def test_numbers_begin_again(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("builtins._load", shell.names["load"], raising=False)
    cell = "%%peakline --exact c.peakline\nr = _load(40)"
    shell.run("%reset -f", cell)
    found = {"\n".join(map(str, lines)): name for name, lines in sources().items()}
    assert (found[cell], found[LOAD]) == ("In[3]", "In[1]")
    shell.ip.reset(new_session=True)
    shell.run(cell)
    found = {"\n".join(map(str, lines)): name for name, lines in sources().items()}
    assert found[cell] == "In[1]"
    assert found[LOAD].startswith("In[1] (")


def test_the_capture_is_called_as_the_cell_is(shell: Shell) -> None:
    ran = shell.run("%%peakline\n\nrows = load(40)\nlen(rows)")
    assert "\nIn[2]: rows = load(40)\nprocess " in ran.text


def test_what_cannot_be_printed_is_not_in_what_it_is_called(shell: Shell) -> None:
    ran = shell.run("%%peakline\n%%capture found\necho = 'a\x00b\x1b\ud800'")
    # Whether it can be run at all is Python's business.
    assert "In[2]: echo = 'a b  '\nprocess " in ran.text, ran


# MARK: how it runs


def test_a_cell_runs_as_it_would_otherwise(shell: Shell) -> None:
    ran = shell.run("%%peakline\nrows = load(3)\n!echo said\n%time x = 5\nlen(rows)")
    assert ran.value == 3
    assert shell.names["x"] == 5
    out = re.search(r"^Out\[2\]: 3\n(?=In\[2\]: )", ran.text, re.MULTILINE)
    assert out, ran.text
    assert "Wall time: " in ran.text


def test_a_cell_may_await(shell: Shell) -> None:
    ran = shell.run("%%peakline\nimport asyncio\nawait asyncio.sleep(0.001)\n'awaited'")
    assert ran.value == "awaited"
    assert "In[2]: import asyncio" in ran.text


@pytest.mark.parametrize(
    ("statement", "error"),
    [
        ("1 / 0", ZeroDivisionError),
        ("import os, signal; os.kill(os.getpid(), signal.SIGINT)", KeyboardInterrupt),
        ("raise SystemExit(3)", SystemExit),
    ],
)
def test_what_was_recorded_until_an_error_is_shown(
    shell: Shell, statement: str, error: type[BaseException]
) -> None:
    ran = shell.run(f"%%peakline --exact c.peakline\nrows = load(7)\n{statement}\nnever = 1")
    assert type(ran.error) is error
    # IPython may load much to print a traceback, which is the notebook's own.
    assert at_peak(figures())["In[1]:2"] == 7
    assert "peakline/_magics" not in ran.text.split("In[2]: rows = load(7)")[0]
    assert "never" not in shell.names
    # The next cell is nobody's.
    assert shell.run("7").text == "Out[3]: 7\n"


def test_a_syntax_error_is_that_of_the_cell(shell: Shell) -> None:
    ran = shell.run("%%peakline\nx = = 1")
    assert type(ran.error) is SyntaxError
    assert "Cell In[2], line 2\n" in ran.text
    assert "process " not in ran.text


def test_other_cell_magics_may_stand_above_and_below(shell: Shell) -> None:
    for top, count in (("%%peakline --exact c.peakline\n\n%%time", 11), ("%%time\n%%peakline", 12)):
        ran = shell.run(f"{top}\nrows = load({count})")
        assert ran.error is None
        assert "Wall time: " in ran.text
        assert f": rows = load({count})\nprocess " in ran.text
        assert len(shell.names["rows"]) == count
    assert at_peak(figures()) == {"In[1]:2": 11}
    ran = shell.run("%%capture found\n%%peakline\nrows = load(13)\n'value'")
    assert ran.text == ""
    assert "In[4]: rows = load(13)\nprocess " in shell.names["found"].stdout


def test_a_cell_within_a_cell(shell: Shell) -> None:
    ran = shell.run("%%peakline\nget_ipython().run_cell('y = 1')\nrows = load(9)")
    assert shell.names["y"] == 1
    assert ran.text.count("\nprocess ") == 1
    assert "Line 2 of In[1] holds " in ran.text
    ran = shell.run("%%peakline\n%%peakline\nz = 1")
    assert "UsageError: this cell is being recorded: '%%peakline' cannot be in itself" in ran.text
    assert "z" not in shell.names


def test_programs_call_the_cell_magic(shell: Shell) -> None:
    ran = shell.run("get_ipython().run_cell_magic('peakline', '--exact c.peakline', 'x = load(4)')")
    assert ran.error is None
    assert at_peak(figures()) == {"In[1]:2": 4}


def test_whether_a_cell_is_complete_is_asked_as_of_other_cell_magics(shell: Shell) -> None:
    for body in ("", "x = 1", "x = 1\n", "x = 1\n\n", "def f():\n"):
        ours, others = (
            shell.ip.check_complete(f"%%{name}\n{body}") for name in ("peakline", "memit")
        )
        assert ours == others


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ("--exakt", "option --exakt not recognized; there are  --exact --sample --height"),
        ("--sample 3", "sample needs 1024 bytes or more; exact=True records every block"),
        ("--height small", "--height needs a number of pixels, 100 to 10000, not 'small'"),
        ("notes.txt", "notes.txt is there and is no capture: name another file"),
        ("none/c.peakline", "none/c.peakline: No such file or directory"),
    ],
)
def test_what_is_wrong_is_one_line_and_the_cell_does_not_run(
    shell: Shell, options: str, sentence: str
) -> None:
    Path("notes.txt").write_text("notes")
    ran = shell.run(f"%%peakline {options}\nx = 1")
    assert ran.text.count("\n") == 1
    assert ran.text.startswith("UsageError: ")
    assert ran.text.rstrip().endswith(sentence)
    assert "x" not in shell.names
    assert Path("notes.txt").read_text() == "notes"


@pytest.mark.parametrize("options", ["--sample 5", "--height 3", "--exakt"])
def test_what_is_wrong_leaves_the_capture_that_is_there(shell: Shell, options: str) -> None:
    shell.run("%%peakline --exact c.peakline\nrows = load(4)")
    before = Path("c.peakline").read_bytes()
    ran = shell.run(f"%%peakline {options} c.peakline\nx = 1")
    assert ran.text.startswith("UsageError: ")
    assert Path("c.peakline").read_bytes() == before
    assert [path.name for path in Path().iterdir()] == ["c.peakline"]


def test_the_file_of_a_recording_is_there_while_it_runs(shell: Shell) -> None:
    for _ in range(2):
        shell.run("%%peakline c.peakline\nimport os\nfound = os.listdir()")
        assert shell.names["found"] == ["c.peakline"]


def test_a_file_that_cannot_be_replaced_is_said(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: str) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr("os.replace", refuse)
    ran = shell.run("%%peakline c.peakline\nx = 1")
    assert ran.text == "UsageError: c.peakline: Operation not permitted\n"
    assert list(Path().iterdir()) == []
    monkeypatch.undo()
    assert "\nprocess " in shell.run("%%peakline\nx = 1").text


@pytest.mark.parametrize("options", ["silent=True", "store_history=False", "store_history=True"])
def test_a_cell_that_runs_while_another_awaits_does_not_end_it(shell: Shell, options: str) -> None:
    ran = shell.run(
        "%%peakline --exact c.peakline\n"
        "import asyncio\n"
        "async def other():\n"
        f"    get_ipython().run_cell('y = 1', {options})\n"
        "task = asyncio.ensure_future(other())\n"
        "await task\n"
        "rows = load(40)"
    )
    assert ran.text.count("\nprocess ") == 1
    assert at_peak(figures())["In[1]:2"] == 40
    assert shell.names["y"] == 1


def test_a_silent_cell_is_recorded(shell: Shell, capsys: pytest.CaptureFixture[str]) -> None:
    shell.ip.run_cell("%%peakline --exact c.peakline\nrows = load(40)", silent=True)
    assert at_peak(figures())["In[1]:2"] == 40
    assert capsys.readouterr().out.count("\nprocess ") == 1


def test_a_cell_that_is_cancelled_while_it_awaits(shell: Shell) -> None:
    ran = shell.run(
        "%%peakline --exact c.peakline\n"
        "import asyncio\n"
        "async def other():\n"
        "    raise asyncio.CancelledError\n"
        "rows = load(9)\n"
        "await asyncio.ensure_future(other())"
    )
    assert ran.error is not None
    assert ran.text.count("\nprocess ") == 1
    assert at_peak(figures())["In[1]:2"] == 9
    assert "process " not in shell.run("7").text


# MARK: in and out


def test_captures_end_with_their_process_and_not_with_its_children(tmp_path: Path) -> None:
    program = """
import os, sys
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config
config = Config()
config.HistoryManager.enabled = False
ip = InteractiveShell.instance(config=config)
ip.run_cell("%load_ext peakline")
for _ in range(10):
    ip.run_cell("%%peakline\\nx = 1")
child = os.fork()
if child == 0:
    sys.exit(0)
os.waitpid(child, 0)
folder, = [name for name in os.listdir(os.environ["TMPDIR"]) if name.startswith("peakline-cells")]
print("LEFT", len(os.listdir(os.path.join(os.environ["TMPDIR"], folder))))
"""
    ran = subprocess.run(
        [sys.executable, "-c", program],
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": PACKAGES, "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "LEFT 8\n" in ran.stdout, ran
    assert [path for path in tmp_path.iterdir() if path.name.startswith("peakline-cells")] == []


def test_nothing_is_left_behind(shell: Shell) -> None:
    shell.run("%unload_ext peakline")

    def hooks() -> Any:
        callbacks = {event: list(all_) for event, all_ in shell.ip.events.callbacks.items()}
        return callbacks, list(shell.ip.input_transformer_manager.cleanup_transforms)

    before = hooks()
    shell.run("%load_ext peakline", "%peakline on", "%unload_ext peakline")
    assert hooks() == before
    # Also from within a cell that is recorded, which then is not shown.
    shell.run("%load_ext peakline")
    ran = shell.run("%%peakline\n%unload_ext peakline\n'end'")
    assert (ran.value, ran.text) == ("end", "Out[7]: 'end'\n")
    assert hooks() == before
    with peakline.record("after.peakline"):
        pass


def test_memory_profiler_has_its_own_names_only(shell: Shell) -> None:
    shell.run("%unload_ext peakline")
    known = {kind: set(names) for kind, names in shell.ip.magics_manager.magics.items()}
    shell.run("%load_ext memory_profiler")
    for kind, names in shell.ip.magics_manager.magics.items():
        assert set(names) - known[kind] == {"mprun", "memit"}


@pytest.mark.parametrize("name", ["peakline", "peakline_diff"])
def test_help_names_what_there_is(shell: Shell, name: str) -> None:
    text = shell.ip.find_line_magic(name).__doc__
    words = {
        "peakline": "%%peakline |FILE|--exact|--sample N|--height PX|%peakline on|%peakline off",
        "peakline_diff": "%peakline_diff|--height PX",
    }
    for word in words[name].split("|"):
        assert re.search(rf"^ *{re.escape(word)}", text, re.MULTILINE), word
    ran = shell.run("%peakline later")
    assert ran.text == (
        "UsageError: '%peakline on' and '%peakline off' it is, or '%%peakline' at the top of a "
        "cell\n"
    )
