# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""The magics in notebooks: run by a kernel, as JupyterLab and nbconvert have it done."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from mprof_runs import MPROF
from programs import PACKAGES, tables

pytest.importorskip("ipykernel", reason="ipykernel is not installed: pip install ipykernel")
nbclient = pytest.importorskip("nbclient", reason="nbclient is not installed: pip install nbclient")
nbformat = pytest.importorskip("nbformat")

EXAMPLE = Path(__file__).parents[2] / "examples" / "big_memory.ipynb"

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


def notebook_of(*cells: str) -> Any:
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])


def run(notebook: Any) -> list[dict[str, str]]:
    """What each cell of code shows: by 'stdout', 'stderr', 'error' or the type of the data."""
    client = nbclient.NotebookClient(
        notebook, timeout=300, kernel_name="python3", allow_errors=True
    )
    with pytest.MonkeyPatch.context() as patch, TemporaryDirectory() as folder:
        # A kernel of this Python, with our packages, and without the settings of whoever tests.
        for name in ("IPYTHONDIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR"):
            patch.setenv(name, str(Path(folder, name)))
        patch.setenv("JUPYTER_PREFER_ENV_PATH", "1")
        patch.setenv("PYTHONPATH", PACKAGES)
        client.execute()
    return [shown(cell) for cell in notebook.cells if cell.cell_type == "code"]


def shown(cell: Any) -> dict[str, str]:
    found: dict[str, str] = {}
    for output in cell.outputs:
        if output.output_type == "stream":
            parts = {output.name: output.text}
        elif output.output_type == "error":
            parts = {"error": f"{output.ename}: {output.evalue}"}
        else:
            parts = output.data
        for kind, text in parts.items():
            found[kind] = found.get(kind, "") + text
    return found


def words(html: str) -> str:
    """The text of a page, a blank between the cells of tables."""
    without_style = re.sub(r"<style>.*?</style>", "", html, flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", without_style)).replace("&#39;", "'")


def assert_stands_alone(html: str) -> None:
    """It needs nothing from anywhere, and runs nothing."""
    assert not re.search(r"https?://|<script|<link|<img|@import|url\(", html)


# MARK: the example


@pytest.fixture(scope="module")
def example() -> list[dict[str, str]]:
    pytest.importorskip("numpy", reason="NumPy is not installed: pip install numpy")
    return run(nbformat.read(EXAMPLE, as_version=4))


def test_the_example_is_kept_without_its_results() -> None:
    notebook = nbformat.read(EXAMPLE, as_version=4)
    nbformat.validate(notebook)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [(cell.outputs, cell.execution_count) for cell in code] == [([], None)] * len(code)


def test_the_example_runs_without_a_complaint(example: list[dict[str, str]]) -> None:
    assert [cell for cell in example if "error" in cell or "stderr" in cell] == []


def test_the_example_shows_what_each_line_of_a_function_costs(
    example: list[dict[str, str]],
) -> None:
    cell = example[2]
    (table,) = tables(cell["text/plain"])
    assert table.filename == "In[2]"
    assert [row.increment for row in table.rows.values()][1:] == [7.6, 152.6, -152.6, 0.0]
    html = cell["text/html"]
    assert_stands_alone(html)
    assert "big_memory In[2]:1 (1 call, heap)" in words(html)
    for row in (
        r" 2 [\d.]+ MiB 7\.63 MiB 7\.63 MiB 7\.63 MiB .* a = \[ 1 \] \* 10 \*\* 6 ",
        r" 3 [\d.]+ MiB 153 MiB 153 MiB 153 MiB .* b = \[ 2 \] \* \( 2 \* 10 \*\* 7 \) ",
        r" 4 [\d.]+ MiB -153 MiB 0 0 .* del b ",
        r" Sum 7\.63 MiB 160 MiB 160 MiB ",
    ):
        assert re.search(row, words(html)), (row, words(html))


def test_the_example_shows_a_temporary(example: list[dict[str, str]]) -> None:
    cell = example[4]
    assert cell["stdout"] == "No -f: measuring middle, which the statement calls.\n"
    assert re.search(
        r" 2 [\d.]+ MiB 0 7\.63 MiB 7\.63 MiB .* return sorted", words(cell["text/html"])
    )


def test_the_example_decorates_a_function(example: list[dict[str, str]]) -> None:
    (table,) = tables(example[5]["stdout"])
    assert [row.increment for row in table.rows.values()][1:] == [7.6, 152.6, -152.6, 0.0]


def test_the_example_measures_a_statement(example: list[dict[str, str]]) -> None:
    for cell, increment in ((example[6], 15.3), (example[7], 152.6)):
        found = re.match(r"peak memory: [\d.]+ MiB, increment: ([\d.]+) MiB\n", cell["stdout"])
        assert found
        assert float(found[1]) == pytest.approx(increment, abs=0.1)


def test_the_example_compares(example: list[dict[str, str]]) -> None:
    cell = example[9]
    assert cell["text/plain"].startswith("with_a_generator has the lowest peak")
    html = cell["text/html"]
    assert_stands_alone(html)
    assert "with_a_generator has the lowest peak" in words(html)
    for name in ("with_a_list", "with_a_generator"):
        assert f"Lines of {name} " in words(html)


def test_the_example_records_a_cell(example: list[dict[str, str]]) -> None:
    cell = example[11]
    assert cell["text/plain"].startswith("1000000In[12]: squares = {n: n * n")
    assert "\nLine 2 of In[12] holds " in cell["text/plain"]
    assert '<iframe sandbox="allow-scripts"' in cell["text/html"]


# MARK: cells that are recorded


def test_a_recorded_cell_is_a_cell_like_any_other() -> None:
    cells = run(
        notebook_of(
            "%load_ext peakline\nimport asyncio",
            "def load(count):\n    return [bytearray(1 << 20) for _ in range(count)]",
            "%%peakline --exact\n"
            "async def work():\n"
            "    await asyncio.sleep(0.01)\n"
            "    return load(20)\n"
            "task = asyncio.create_task(work())\n"
            "rows = await task\n"
            "!echo said\n"
            "len(rows)",
            "%%peakline --exact\nrows = load(30)\n1 / 0",
            "%%peakline\nx = = 1",
            "%%peakline --exakt\ny = 1",
            "y",
            "%peakline_diff --height 5",
            "%%peakline --exact --height 300\nimport os, signal, time\nrows = load(10)\n"
            "os.kill(os.getpid(), signal.SIGINT)\nawait asyncio.sleep(30)",
        )
    )
    assert cells[2]["stdout"].split() == ["said"]
    assert cells[2]["text/plain"].startswith("20In[3]: async def work():\nprocess ")
    # The task runs on the kernel's loop, with no cell of this one above it.
    assert "In[3]:4 work → In[2]:2 load" in cells[2]["text/plain"]
    assert 'style="width:100%;height:720px' in cells[2]["text/html"]
    assert cells[3]["error"] == "ZeroDivisionError: division by zero"
    assert "In[4]:2 <module> → In[2]:2 load" in cells[3]["text/plain"]
    assert re.fullmatch(r"SyntaxError: invalid syntax \(\d+\.py, line 2\)", cells[4].pop("error"))
    assert cells[4] == {}
    assert cells[5]["stderr"].startswith("UsageError: option --exakt not recognized; there are")
    assert cells[6]["error"] == "NameError: name 'y' is not defined"
    assert cells[7]["stderr"].startswith("UsageError: --height needs a number of pixels")
    assert cells[8]["error"].startswith(("KeyboardInterrupt", "CancelledError"))
    assert "In[9]:3 <module> → In[2]:2 load" in cells[8]["text/plain"]
    assert "height:300px" in cells[8]["text/html"]


def test_the_page_of_an_exact_cell_has_nothing_of_the_notebooks_own() -> None:
    cells = run(
        notebook_of(
            "%load_ext peakline",
            "%%peakline --exact\nrows = [bytearray(1 << 20) for _ in range(9)]",
        )
    )
    html = cells[1]["text/html"]
    assert "rows = [bytearray(1 &lt;&lt; 20)" in html.replace("\\u003c", "&lt;")
    assert "jupyter_client/session.py" not in html
    assert len(html) < 1_000_000


def test_below_each_cell_there_is_a_line() -> None:
    cells = run(
        notebook_of(
            # What IPython loads for its first traceback is no part of a later cell.
            "1 / 0",
            "%load_ext peakline\n%peakline on",
            "kept = bytearray(40 << 20)",
            "kept = None\n1 / 0",
            "import asyncio\nawait asyncio.sleep(0)\nlen(bytearray(30 << 20))",
            "%peakline off",
            "1",
        )
    )
    changes = []
    for cell in cells[2:5]:
        (found,) = re.findall(
            r"MiB of heap in use, ([+-][\d.]+) MiB, peak of this cell \+([\d.]+) MiB",
            cell["text/plain"],
        )
        assert words(cell["text/html"]).strip() in cell["text/plain"]
        changes.append([float(figure) for figure in found])
    expected = [[40, 40], [-40, 0], [0, 30]]
    for change, wanted in zip(changes, expected, strict=True):
        assert change == pytest.approx(wanted, abs=1.5)
    assert cells[3]["error"] == "ZeroDivisionError: division by zero"
    assert cells[1] == cells[5] == {}
    assert cells[6] == {"text/plain": "1"}


# MARK: what only a kernel does


def test_a_kernel_goes_on_after_a_statement_that_awaits() -> None:
    cells = run(
        notebook_of(
            "%load_ext peakline\n"
            "import asyncio, signal, os\n"
            "ticks = []\n"
            "async def tick():\n"
            "    while True:\n"
            "        ticks.append(0)\n"
            "        await asyncio.sleep(0.001)\n"
            "ticking = asyncio.create_task(tick())\n"
            "async def work(n):\n"
            "    await asyncio.sleep(0.01)\n"
            "    return len(bytearray(n))",
            "result = %mprun -r -f work value = await work(3_000_000)",
            "[line.occurrences for line in result.functions[0].lines], value",
            "peak = %memit -o -q await work(3_000_000)",
            "round(peak.mem_usage[0] - peak.baseline, 1)",
            "%memit await asyncio.sleep(0); raise LookupError('mine')",
            "%mprun -f work os.kill(os.getpid(), signal.SIGINT); await work(1)",
            "before = len(ticks)\nawait asyncio.sleep(0.2)\nlen(ticks) > before, ticking.done()",
            "asyncio.get_event_loop() is asyncio.get_running_loop()",
            "%mprun --compare work(1) work(3_000_000)",
            "await work(7)",
        )
    )
    assert cells[2]["text/plain"] == "([1, 1, 1], 3000000)"
    assert cells[4]["text/plain"] == "2.9"
    assert cells[5]["error"] == "LookupError: mine"
    assert "*** KeyboardInterrupt exception caught in code being profiled." in cells[6]["stdout"]
    assert cells[7]["text/plain"] == "(True, False)"
    assert cells[8]["text/plain"] == "True"
    assert "Lines of work(1) " in words(cells[9]["text/html"])
    assert cells[10]["text/plain"] == "7"


def test_a_cell_that_is_run_again_is_shown_as_it_was_when_it_was_measured() -> None:
    first = "def work():\n    return bytearray(1_000_000)"
    second = "def work():\n    kept = bytearray(2_000_000)\n    return kept"
    cells = run(
        notebook_of(
            "%load_ext peakline",
            first,
            "result = %mprun -r work()",
            "old = work",
            second,
            "%mprun work()",
            "result",
            "%mprun -f old old()",
            first,
            "%mprun work()",
        )
    )
    for cell, place, line in (
        (cells[2], "In[2]:1", "return bytearray( 1_000_000 )"),
        (cells[5], "In[5]:1", "kept = bytearray( 2_000_000 )"),
        (cells[6], "In[2]:1", "return bytearray( 1_000_000 )"),
        (cells[9], "In[9]:1", "return bytearray( 1_000_000 )"),
    ):
        text = words(cell["text/html"])
        assert f"work {place} (1 call, heap)" in text
        assert line in text
    assert "return bytearray( 1_000_000 )" in words(cells[7]["text/html"])


def test_a_usage_error_is_one_line_and_an_error_of_the_statement_passes() -> None:
    cells = run(
        notebook_of(
            "%load_ext memory_profiler",
            "def work():\n    return 1 / 0",
            "%mprun -f wrok work()",
            "%mprun -f work work()",
            "%%memit\n1 +",
        )
    )
    assert cells[2]["stderr"].endswith("Did you mean work?\n")
    assert cells[2].keys() == {"stderr"}
    assert cells[3]["error"] == "ZeroDivisionError: division by zero"
    assert "work In[2]:1 (1 call, heap)" in words(cells[3]["text/html"])
    assert cells[4]["error"].startswith("SyntaxError: invalid syntax")


def test_text_is_shown_where_nothing_can_make_html_of_it() -> None:
    _, cell = run(
        notebook_of(
            "%load_ext memory_profiler\n"
            "def work():\n    return bytearray(3_000_000)\n"
            "import peakline._executable\n"
            "peakline._executable.NAME = 'no-such-command'",
            "%mprun -f work work()",
        )
    )
    (table,) = tables(cell["stdout"])
    assert table.row("return").increment == pytest.approx(2.9, abs=0.1)
    assert "text is shown instead of HTML: " in cell["stderr"]
    assert cell.keys() == {"stdout", "stderr"}


def test_a_result_that_is_the_value_of_its_cell_is_one_table_and_later_another() -> None:
    cells = run(
        notebook_of(
            "%load_ext peakline\ndef work(n=9):\n    return bytearray(n)",
            "%mprun -r work()",
            "result = %mprun -r work()\nresult",
            "result",
            "%mprun -r --compare work(1) work(2)",
            "_",
        )
    )
    for cell in cells[1:4]:
        assert words(cell["text/html"]).count("work In[1]:2 (1 call, heap)") == 1
    assert cells[1]["text/plain"].endswith("<LineProfile of work, backend heap>")
    for cell in cells[4:]:
        assert words(cell["text/html"]).count("Alternative Own peak") == 1
    assert cells[4]["text/plain"].endswith("<Comparison of work(1), work(2)>")


def test_errors_are_those_of_a_cell() -> None:
    cells = run(
        notebook_of(
            "%load_ext peakline\ndef fails():\n    1 / 0\ndef other():\n    pass",
            "x = = 1",
            "%%mprun\nx = = 1",
            "%mprun --compare fails other",
        )
    )
    for cell in cells[1:3]:
        assert re.fullmatch(r"SyntaxError: invalid syntax \(\d+\.py, line \d\)", cell.pop("error"))
        assert cell == {}
    shown = re.sub(r"\x1b\[[\d;]*m", "", cells[3]["stderr"])
    assert "_trial" not in shown
    assert "Cell In[1], line 3" in shown


def test_tasks_of_a_statement_end_with_it_and_that_is_said() -> None:
    cells = run(
        notebook_of(
            "%load_ext peakline\nimport asyncio\n"
            "async def start():\n    return asyncio.create_task(asyncio.sleep(0.01))",
            "%memit task = await start()",
            "task.cancelled()",
        )
    )
    assert "1 task was not finished when the statement was, and cancelled: " in cells[1]["stdout"]
    assert cells[2]["text/plain"] == "True"


def test_recordings_of_mprof_are_plotted_in_the_cell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", f"{Path(MPROF).parent}:{os.environ['PATH']}")
    program = "kept = bytearray(b'x') * (20 << 20); import time; time.sleep(0.2)"
    ran = run(
        notebook_of(
            f'!mprof run -q -T 0.01 {sys.executable} -c "{program}"',
            "!mprof plot",
            "%load_ext peakline\n%mplot -t 'My job'",
            "import peakline\npeakline.plot(0, slope=True)",
        )
    )
    assert ran[0] == {}
    assert "⠒" in ran[1]["stdout"]
    for cell in ran[2:]:
        assert 'sandbox="allow-scripts"' in cell["text/html"]
        assert "data:image/svg+xml;base64," in cell["text/html"]
        assert re.search(r"^peak \d+(\.\d)? MiB at ", cell["text/plain"], re.MULTILINE)
    assert ran[2]["text/plain"].startswith("My job\n")
    assert "MiB/s" in ran[3]["text/plain"]
