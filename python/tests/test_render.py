# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""`LineProfile.to_table`: rendered by the executable, without disturbing the program it is for."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
from programs import run, write

from peakline import (
    Alternative,
    Comparison,
    FunctionProfile,
    Line,
    LineProfile,
    Run,
    _executable,
    _render,
)

MIB = 1 << 20


def profile(backend: str = "heap", file: str = "work.py") -> LineProfile:
    """A profile that holds a bit of everything."""
    is_heap = backend == "heap"

    def line(number: int, source: str | None, increment: int, *heap: int) -> Line:
        figures = (increment, *heap, 0, 0) if is_heap else ()
        return Line(number, source, 2, 9 * MIB, increment, increment, 0.25, *figures)

    lines = (
        line(1, "def work():", 0, 0, 0, 0, 0, 0),
        line(2, "    é = bytearray(80 << 20)", 80 * MIB, 80 * MIB, 80 * MIB, 0, 2, 0),
        Line(3, "    # nothing", 0, None, 0, 0, 0.0, *([0] * 8 if is_heap else [])),
        line(4, None, -30 * MIB, 5 * MIB, 5 * MIB, 35 * MIB, 7, 0),
    )
    function = FunctionProfile(file, "work", 1, 9 * MIB, lines, "NOTE: gone")
    return LineProfile([function], backend, ["Not all was seen."])


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """What is said on the interpreter's own standard error."""
    stream = io.StringIO()
    monkeypatch.setattr(sys, "__stderr__", stream)
    return stream


def test_the_table_is_the_one_of_the_command(tmp_path: Path) -> None:
    path = tmp_path / "lines.json"
    for backend in "heap", "rss":
        path.write_text(profile(backend).to_json())
        shown = subprocess.run(
            [_executable.find(), "report", path], capture_output=True, text=True, check=True
        )
        assert profile(backend).to_table() == shown.stdout
    assert "Own peak" in profile().to_table()
    assert "Occurrences" in profile("rss").to_table()


def test_the_table_holds_the_figures_the_sentence_the_note_and_the_caveat() -> None:
    rows = profile().to_table().splitlines()
    assert rows[0] == "work  work.py:1  (2 calls, heap)"
    assert rows[1] == "NOTE: gone"
    assert rows[2] == "Line 2 adds all that the lines add: 80.0 MiB; line 4 gives back 30.0 MiB."
    assert " ".join(rows[7].split()) == (
        "2 9.00 MiB 80.0 MiB 80.0 MiB 80.0 MiB 2 250 ms é = bytearray(80 << 20)"
    )
    assert rows[8].split() == ["3", "#", "nothing"]
    assert rows[9].endswith("  <source unavailable>")
    assert " ".join(rows[11].split()) == "Sum 50.0 MiB 85.0 MiB 9 750 ms"
    assert rows[-1] == "NOTE: Not all was seen."


def test_columns_are_given_as_text_or_as_names() -> None:
    by_text = profile().to_table("line, own-peak,code")
    assert by_text == profile().to_table(["line", "own-peak", "code"])
    assert by_text.splitlines()[4].split() == ["Line", "Own", "peak", "Code"]
    assert "Requested" in profile().to_table("all")
    assert "RSS" in profile("rss").to_table("all")


@pytest.mark.parametrize(
    ("columns", "backend"), [("own_peak", "heap"), ("own-peak", "rss"), ("", "heap"), ([], "rss")]
)
def test_a_column_that_is_not_there_is_an_error_that_names_those_that_are(
    columns: str | list[str], backend: str
) -> None:
    with pytest.raises(ValueError, match="choose from line, usage, increment"):
        profile(backend).to_table(columns)


def test_colour_width_and_precision_are_off_until_asked_for() -> None:
    plain = profile().to_table()
    assert "\x1b" not in plain
    assert "█" not in plain
    assert "\x1b[" in profile().to_table(color=True)
    assert "█" in profile().to_table(width=120)
    narrow = profile().to_table(width=1).splitlines()
    assert max(map(len, narrow)) <= 20
    assert "80.000 MiB" in profile().to_table(precision=3)


def test_the_columns_known_here_are_those_of_the_executable() -> None:
    tool = _executable.find()
    answer = subprocess.run([tool, "report", "--help"], capture_output=True, text=True, check=True)
    columns = answer.stdout.split("THE COLUMNS")[1].split("THE SENTENCE")[0]
    assert tuple(re.findall(r"^  (\S+)  +\S", columns, re.MULTILINE)) == _render.COLUMNS
    answer = subprocess.run(
        [tool, "report", "--columns", ",".join(_render.COLUMNS), "-"],
        input=profile("rss").to_json(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 2
    assert answer.stderr.startswith(f"peakline: {', '.join(_render.HEAP_COLUMNS)} are counted by")
    assert profile().to_table(",".join(_render.COLUMNS)) == profile().to_table("all")


def test_a_path_that_is_no_text_does_not_cost_the_table() -> None:
    odd = os.fsdecode(b"/a\xff.py")
    assert "/a\ufffd.py:1" in profile(file=odd).to_table()


def test_without_the_executable_the_four_columns_are_shown_and_the_reason_told(
    monkeypatch: pytest.MonkeyPatch, said: io.StringIO
) -> None:
    def missing() -> str:
        raise _executable.ExecutableMissing("it is missing: reinstall it")

    monkeypatch.setattr(_executable, "find", missing)
    assert profile().to_table() == profile().to_text()
    assert profile().to_table(precision=3) == profile().to_text(3)
    sentence = "peakline: the four-column table is shown: it is missing: reinstall it\n"
    assert said.getvalue() == sentence * 2


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("echo 'peakline: something is wrong: mend it' >&2; exit 1", "something is wrong: mend it"),
        ("echo half; exit 3", "ended with status 3: reinstall Peakline"),
        ("kill -9 $$", "ended with status -9: reinstall Peakline"),
        (None, "could not be run"),
    ],
)
def test_an_executable_that_fails_costs_the_table_only(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    said: io.StringIO,
    script: str | None,
    reason: str,
) -> None:
    path = tmp_path / "peakline"
    path.write_text("#!/nowhere/shell\n" if script is None else f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    monkeypatch.setattr(_executable, "find", lambda: str(path))
    assert profile().to_table() == profile().to_text()
    assert reason in said.getvalue()
    assert said.getvalue().count("\n") == 1


def test_nothing_is_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    profile().to_table()
    before = sorted(os.listdir("/proc/self/fd"))
    profile().to_table()
    monkeypatch.delattr(os, "memfd_create")
    assert profile().to_table() == profile().to_table()
    assert sorted(os.listdir("/proc/self/fd")) == before
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_the_executable_runs_without_the_agent_but_with_what_else_is_preloaded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LD_PRELOAD", "/x/libpeakline_agent.so:/lib/other.so /y/third.so")
    assert _render._environment("utf-8")[b"LD_PRELOAD"] == b"/lib/other.so:/y/third.so"
    monkeypatch.setenv("LD_PRELOAD", "/x/libpeakline_agent.so")
    assert b"LD_PRELOAD" not in _render._environment("utf-8")


def test_a_stream_that_is_no_utf_8_gets_ascii() -> None:
    options = _render.arguments(None, color=False, width=120, precision=None)
    text = _render.render(profile().to_json(), options, encoding="latin-1")
    assert text.replace("é", "").isascii()
    assert "-----" in text


# ---- Programs that make it hard

RENDERS = """
import os, signal, sys
sys.path.insert(0, os.path.dirname({tests!r}))
sys.path.insert(0, {tests!r})
from test_render import profile
expected = profile().to_table()
{trouble}
text = profile().to_table()
os.write({out}, b"same" if text == expected else text.encode())
"""


@pytest.mark.parametrize(
    "trouble",
    [
        "signal.signal(signal.SIGCHLD, signal.SIG_IGN)",
        "signal.signal(signal.SIGCHLD, lambda *_: os.waitpid(-1, 0))",
        "signal.signal(signal.SIGPIPE, signal.SIG_DFL)",
        "signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())",
        "out = os.dup(1); os.close(0); os.close(1); os.close(2); os.dup2(out, 9)",
        "out = os.dup(1); os.dup2(out, 9); os.close(out); os.close(1)",
        "sys.stdin = sys.stdout = sys.stderr = None",
        "os.mkdir('gone'); os.chdir('gone'); os.rmdir('../gone')",
        "os.environ['PATH'] = '/nowhere'; os.chdir('/')",
        "os.environ.clear()",
        "import subprocess; subprocess.Popen = subprocess.run = None",
        "os.fork = None; os.umask(0o777); os.environ['TMPDIR'] = '/nowhere'",
        "import threading; threading.Thread.start = None",
    ],
)
def test_a_program_may_do_what_it_likes(tmp_path: Path, trouble: str) -> None:
    tests = str(Path(__file__).resolve().parent)
    out = 9 if "9" in trouble else 1
    source = RENDERS.format(tests=tests, trouble=trouble, out=out)
    answer = run(tmp_path, write(tmp_path, "program.py", source))
    assert (answer.stdout, answer.stderr, answer.returncode) == ("same", "", 0)


def test_with_no_file_to_be_had_the_four_columns_are_shown(tmp_path: Path) -> None:
    tests = str(Path(__file__).resolve().parent)
    trouble = "import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (4, 4))"
    answer = run(
        tmp_path,
        write(tmp_path, "program.py", RENDERS.format(tests=tests, trouble=trouble, out=1)),
    )
    assert answer.stdout.startswith("Filename: work.py\n")
    assert answer.stderr.startswith("peakline: the four-column table is shown: ")
    assert answer.stderr.count("\n") == 1


def test_a_handler_that_raises_is_the_programs_and_leaves_no_child(tmp_path: Path) -> None:
    tests = str(Path(__file__).resolve().parent)
    source = f"""
    import os, signal, sys, time
    sys.path.insert(0, {tests!r})
    from test_render import profile
    from peakline import _executable

    class Theirs(Exception):
        pass

    def raises(*_):
        raise Theirs

    open("slow", "w").write("#!/bin/sh\\nexec sleep 60\\n")
    os.chmod("slow", 0o755)
    _executable.find = lambda: os.path.abspath("slow")
    signal.signal(signal.SIGALRM, raises)
    signal.setitimer(signal.ITIMER_REAL, 0.2)
    began = time.monotonic()
    try:
        profile().to_table()
    except Theirs:
        print("passed", time.monotonic() - began < 30)
    try:
        os.waitpid(-1, os.WNOHANG)
    except ChildProcessError:
        print("none left")
    """
    answer = run(tmp_path, write(tmp_path, "program.py", source))
    assert (answer.stdout, answer.stderr) == ("passed True\nnone left\n", "")


class Page(HTMLParser):
    """A fragment of HTML, read by somebody else's parser."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[str] = []
        self.rows: list[list[str]] = []
        """The texts of the cells, row by row."""
        self.text = ""
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)
        self.elements.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.text += data
        if "td" in self.open or "th" in self.open:
            self.rows[-1][-1] += data


@pytest.mark.parametrize("backend", ["heap", "rss"])
@pytest.mark.parametrize("columns", [None, "all", ["line", "increment", "code"]])
@pytest.mark.parametrize("precision", [None, 3])
def test_the_cells_of_the_html_hold_what_those_of_the_table_hold(
    backend: str, columns: str | list[str] | None, precision: int | None
) -> None:
    shown = profile(backend)
    html = shown.to_html(columns, precision=precision)
    assert html is not None
    rows = [row.split() for row in shown.to_table(columns, precision=precision).splitlines()]
    # Below the title, the note and the sentence; above the caveat.
    table = [row for row in rows[4:-2] if not row[0].startswith("─")]
    page = Page(html)
    assert [" ".join(row).split() for row in page.rows] == table
    assert table[2][0] == "2"
    for sentence in ("work.py:1", "2 calls", backend, "NOTE: gone", "NOTE: Not all was seen."):
        assert sentence in page.text


def test_html_is_of_one_piece_and_needs_nothing() -> None:
    html = profile().to_html()
    assert html is not None
    assert html == profile()._repr_html_()
    assert html.isascii()
    assert html.startswith('<div class="peakline">')
    assert html.count("<style>") == 1
    assert set(Page(html).elements) & {"script", "link", "img", "iframe", "meta"} == set()


def test_no_text_gets_out_of_the_html() -> None:
    nasty = "</td></table></style><script>alert('\"&amp;')</script>"
    line = Line(1, nasty, 1, 0, 0, 0, 0.0)
    function = FunctionProfile(nasty, nasty, 1, 0, (line,), nasty)
    html = LineProfile([function], "rss", [nasty]).to_html()
    assert html is not None
    page = Page(html)
    assert "script" not in page.elements
    assert page.text.count(nasty) == 5


def test_the_lines_of_alternatives_stand_below_a_comparison() -> None:
    def alternative(name: str, bytes: int) -> Alternative:
        return Alternative(name, (Run(bytes, 0, bytes, 1, 0.5),) * 2, None)

    alternatives = (alternative("old & slow", 80 * MIB), alternative("new", MIB))
    comparison = Comparison(alternatives, ["Mind this."])
    plain = comparison.to_html()
    assert plain is not None
    assert Page(plain).elements.count("table") == 1
    both = comparison.with_lines("old & slow", profile()).with_lines("new", profile("rss"))
    html = both.to_html()
    assert html is not None
    page = Page(html)
    assert page.elements.count("table") == 3
    assert [name for name in ("Lines of old & slow", "Lines of new") if name in page.text] == [
        "Lines of old & slow",
        "Lines of new",
    ]
    assert ["Line", "Increment", "Own peak", "", "Code"] in page.rows
    assert ["Line", "Increment", "", "Code"] in page.rows
    table = both.to_text()
    assert table.startswith(comparison.to_text())
    assert table.index("Lines of old & slow") < table.index("Lines of new")
    assert table.count("é = bytearray(80 << 20)") == 2


def test_html_that_cannot_be_rendered_is_none_and_the_reason_told(
    monkeypatch: pytest.MonkeyPatch, said: io.StringIO
) -> None:
    def missing() -> str:
        raise _executable.ExecutableMissing("it is missing: reinstall it")

    monkeypatch.setattr(_executable, "find", missing)
    assert profile().to_html() is None
    assert said.getvalue() == (
        "peakline: text is shown instead of HTML: it is missing: reinstall it\n"
    )
    with pytest.raises(ValueError, match="choose from line, usage, increment"):
        profile().to_html("nonsense")
