# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""`mprof plot` and `peakline.plot`: in the terminal, as a page, as a picture."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from mprof_runs import MPROF, environment, is_one_line, mprof

import peakline

SVG = "{http://www.w3.org/2000/svg}"


def stairs(path: Path, *, step: float = 10.0, more: str = "") -> Path:
    """A recording of ten seconds: `step` MiB more each second; nothing left at the end."""
    lines = ["CMDLINE python stairs.py\n"]
    for tenth in range(100):
        lines.append(f"MEM {10 + tenth // 10 * step:.6f} {1000 + tenth / 10:.4f}\n")
    path.write_text("".join(lines) + "MEM 5.000000 1010.0000\n" + more)
    return path


CALLS = """\
FUNC __main__.load 10.0000 1000.5000 50.0000 1004.2000 0
FUNC __main__.<all> 60.0000 1006.0000 90.0000 1009.0000 0
"""
CHILDREN = "".join(
    f"CHLD 41 {index}.000000 {1002 + index / 10:.4f}\nCHLD 42 25.000000 {1002 + index / 10:.4f}\n"
    for index in range(60)
)


def data(page: str) -> Any:
    """What the script of a page is given."""
    (found,) = re.findall(r'<script type="application/json" id="data">(.*?)</script>', page, re.S)
    return json.loads(found)


def points(curve: dict[str, Any]) -> list[tuple[float, float]]:
    """Seconds and MiB, from columns of differences."""
    found, time, amount = [], 0, 0
    for later, more in zip(curve["times"], curve["amounts"], strict=True):
        time, amount = time + later, amount + more
        found.append((time / 10_000, amount / 1024))
    return found


# ---- In the terminal


def test_the_newest_recording_is_drawn_and_a_page_written(tmp_path: Path) -> None:
    stairs(tmp_path / "mprofile_20260101000000.dat", step=1)
    stairs(tmp_path / "mprofile_20260102000000.dat", more=CALLS)
    answer = mprof(tmp_path, "plot")
    assert (answer.returncode, answer.stderr) == (0, "")
    lines = answer.stdout.splitlines()
    assert lines[:3] == [
        "Using last profile data.",
        "python stairs.py",
        "peak 100 MiB at 9.00 s of 10.0 s",
    ]
    assert any("⣀" in line for line in lines)
    assert any(line.split()[:1] == ["load"] and "█" in line for line in lines)
    assert lines[-1] == "To zoom and point, open mprofile_20260102000000.plot.html"
    assert "\x1b" not in answer.stdout
    page = (tmp_path / "mprofile_20260102000000.plot.html").read_text()
    assert page.startswith("<!DOCTYPE html>")


def test_a_terminal_gets_colours_and_its_own_width(tmp_path: Path) -> None:
    stairs(tmp_path / "a.dat", more=CHILDREN)
    ours, theirs = pty.openpty()
    os.set_blocking(ours, True)
    subprocess.run(["stty", "cols", "50", "rows", "24"], stdin=theirs, check=True)
    process = subprocess.Popen(
        [MPROF, "plot", "a.dat"],
        cwd=tmp_path,
        env=environment(TERM="xterm-256color", NO_COLOR="", COLUMNS=""),
        stdout=theirs,
    )
    os.close(theirs)
    text = b""
    while True:
        try:
            part = os.read(ours, 65536)
        except OSError:
            break
        if not part:
            break
        text += part
    assert process.wait() == 0
    os.close(ours)
    shown = text.decode()
    assert "\x1b[" in shown
    bare = re.sub(r"\x1b\[[0-9;]*m", "", shown)
    assert all(len(line) <= 50 for line in bare.replace("\r", "").split("\n")[:-2])
    assert "child 41" in bare
    assert "child 42" in bare


def test_where_only_ascii_can_be_shown_there_is_nothing_else(tmp_path: Path) -> None:
    stairs(tmp_path / "a.dat", more=CALLS)
    answer = mprof(tmp_path, "plot", "a.dat", LC_ALL="C.ISO-8859-1")
    assert answer.returncode == 0
    assert answer.stdout.isascii()
    assert "^" in answer.stdout
    assert "==" in answer.stdout


def test_a_page_that_cannot_be_written_costs_the_plot_nothing(tmp_path: Path) -> None:
    stairs(tmp_path / "a.dat")
    (tmp_path / "a.plot.html").mkdir()
    answer = mprof(tmp_path, "plot", "a.dat")
    assert answer.returncode == 0
    assert "peak 100 MiB" in answer.stdout
    assert is_one_line(answer.stderr, "a.plot.html", "no page was written")


# ---- As a page


def test_the_page_holds_what_the_recording_does(tmp_path: Path) -> None:
    stairs(tmp_path / "a.dat", more=CALLS + CHILDREN)
    assert mprof(tmp_path, "plot", "-s", "-o", "p.html", "a.dat").returncode == 0
    found = data((tmp_path / "p.html").read_text())
    (run,) = found["runs"]
    assert run["peak"] == {"time": 9.0, "mib": 100.0}
    program, *children = run["curves"]
    expected = [(tenth / 10, 10.0 + tenth // 10 * 10) for tenth in range(100)] + [(10.0, 5.0)]
    assert sum(points(program), ()) == pytest.approx(sum(expected, ()))
    assert [child["name"] for child in children] == ["child 41", "child 42"]
    assert points(children[0])[-1] == pytest.approx((7.9, 59.0))
    assert [run["names"][span[0]] for span in run["spans"]] == ["load", "<all>"]
    assert run["spans"][0][1:] == [5000, 42000, 10 * 1024, 50 * 1024, 0]
    assert run["slope"]["perSecond"] > 5


def test_the_page_asks_the_network_for_nothing(tmp_path: Path) -> None:
    stairs(tmp_path / "a.dat", more=CALLS)
    mprof(tmp_path, "plot", "-o", "p.html", "a.dat")
    page = (tmp_path / "p.html").read_text()
    links = re.findall(r"(?:https?:)?//[\w.]+", re.sub(r"(?m)^\s*//.*$", "", page))
    assert set(links) <= {"http://www.w3.org"}, links
    assert not re.findall(r"""(?:src|href)=|@import|url\((?!#)""", page)


def test_no_name_is_taken_for_markup(tmp_path: Path) -> None:
    hostile = "</script><script>alert(1)</script><b title='\"&"
    more = f"MARK 1.0 1001.0000 {hostile}\n"
    path = stairs(tmp_path / "a.dat", more=more)
    path.write_text(path.read_text().replace("python stairs.py", hostile))
    for kind in ("html", "svg"):
        mprof(tmp_path, "plot", "-o", f"p.{kind}", "a.dat")
        text = (tmp_path / f"p.{kind}").read_text()
        assert "<script>alert" not in text
        assert "<b title" not in text
    assert data((tmp_path / "p.html").read_text())["runs"][0]["command"] == hostile
    fragment = peakline.plot(path)._repr_html_()
    assert "<script" not in fragment  # the page is an attribute of the frame


# ---- As a picture


def test_an_svg_shows_what_there_is(tmp_path: Path) -> None:
    stairs(tmp_path / "a.dat", more=CALLS + CHILDREN)
    answer = mprof(tmp_path, "plot", "-o", "p.svg", "--title", "A & B", "a.dat")
    assert (answer.returncode, answer.stdout, answer.stderr) == (0, "", "")
    root = ElementTree.parse(tmp_path / "p.svg").getroot()
    texts = [text.text for text in root.iter(f"{SVG}text")]
    assert texts[:2] == ["A & B", "peak 100 MiB at 9.00 s of 10.0 s"]
    assert {"load", "<all>", "MiB", "program, 100 MiB", "child 42, 25.0 MiB"} <= set(texts)
    # One line for the program, two for its children; what is below the program's is filled.
    assert len(list(root.iter(f"{SVG}path"))) == 4
    box = [float(number) for number in str(root.get("viewBox")).split()]
    for path in root.iter(f"{SVG}path"):
        numbers = [float(n) for n in re.findall(r"-?\d+\.?\d*", str(path.get("d")))]
        assert all(0 <= x <= box[2] for x in numbers[::2])
        assert all(0 <= y <= box[3] for y in numbers[1::2])


def test_a_window_is_all_that_is_drawn(tmp_path: Path) -> None:
    stairs(tmp_path / "a.dat", more=CALLS)
    mprof(tmp_path, "plot", "-w", "2,4", "-o", "p.html", "a.dat")
    found = data((tmp_path / "p.html").read_text())
    assert found["window"] == [2.0, 4.0]
    times = [time for time, _ in points(found["runs"][0]["curves"][0])]
    assert times[0] == pytest.approx(1.9)
    assert times[-1] == pytest.approx(4.1)


def test_other_pictures_are_matplotlibs(tmp_path: Path) -> None:
    stairs(tmp_path / "a.dat", more=CALLS)
    answer = mprof(tmp_path, "plot", "-o", "p.png", "-fs", "--title=A B", "a.dat")
    try:
        import matplotlib  # noqa: F401
    except ImportError:
        assert answer.returncode == 1
        assert is_one_line(answer.stderr, "pip install peakline[plot]")
    else:
        assert answer.returncode == 0, answer.stderr
        assert (tmp_path / "p.png").read_bytes().startswith(b"\x89PNG")


def test_the_recording_is_not_overwritten_by_its_picture(tmp_path: Path) -> None:
    path = stairs(tmp_path / "a.html")
    before = path.read_bytes()
    answer = mprof(tmp_path, "plot", "-o", "a.html", "a.html")
    assert answer.returncode == 1
    assert is_one_line(answer.stderr, "the recording itself")
    assert path.read_bytes() == before


def test_only_our_own_pages_are_replaced(tmp_path: Path) -> None:
    stairs(tmp_path / "a.dat")
    page = tmp_path / "a.plot.html"
    page.write_text("mine")
    answer = mprof(tmp_path, "plot", "a.dat")
    assert answer.returncode == 0
    assert is_one_line(answer.stderr, "a.plot.html is there, and no plot")
    assert page.read_text() == "mine"
    page.unlink()
    for _ in range(2):
        assert mprof(tmp_path, "plot", "a.dat").stderr == ""
    assert page.read_text().startswith("<!DOCTYPE html>")


def test_a_full_disk_is_said(tmp_path: Path) -> None:
    stairs(tmp_path / "a.dat")
    with open("/dev/full", "w") as full:
        for options in ([], ["-o", "-"]):
            answer = subprocess.run(
                [MPROF, "plot", *options, "a.dat"],
                cwd=tmp_path,
                stdout=full,
                stderr=subprocess.PIPE,
                text=True,
                check=False,
            )
            assert answer.returncode == 1
            assert is_one_line(answer.stderr, "the standard output")


def test_a_dash_is_the_standard_output(tmp_path: Path) -> None:
    stairs(tmp_path / "a.dat")
    answer = mprof(tmp_path, "plot", "-o", "-", "a.dat")
    assert answer.stdout.startswith("<!DOCTYPE html>")
    assert [path.name for path in tmp_path.iterdir()] == ["a.dat"]


def test_odd_names_do_not_reach_the_terminal(tmp_path: Path) -> None:
    name = "a\x1b[31m\n.dat"
    stairs(tmp_path / name)
    answer = mprof(tmp_path, "plot", name)
    assert answer.returncode == 0
    assert "\x1b" not in answer.stdout
    answer = mprof(tmp_path, "plot", "-o", "p.svg", "--title", "a\x01\ufffe", name)
    assert answer.returncode == 0
    ElementTree.parse(tmp_path / "p.svg")


@pytest.mark.parametrize("window", ["5.01,5.02", "5,20", "0,1e-5", "9.95,12"])
def test_a_window_between_samples_is_drawn(tmp_path: Path, window: str) -> None:
    path = stairs(tmp_path / "a.dat")
    path.write_text(path.read_text() + "MEM 5000.0 999.0000\n")
    for kind in ("text", "svg", "page"):
        answer = mprof(tmp_path, "plot", "--print", kind, "-w", window, "a.dat")
        assert (answer.returncode, answer.stderr) == (0, ""), kind


def test_an_empty_window_is_said(tmp_path: Path) -> None:
    stairs(tmp_path / "a.dat")
    answer = mprof(tmp_path, "plot", "-w", "50,60", "a.dat")
    assert answer.returncode == 0
    assert is_one_line(answer.stderr, "nothing was recorded in that window")


# ---- What users get wrong


def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    answer = mprof(tmp_path, "plot")
    assert answer.returncode == 255
    assert is_one_line(answer.stderr, "mprof run")
    stairs(tmp_path / "a.dat")
    answer = mprof(tmp_path, "plot", "nothing.dat", "7", "a.dat")
    assert answer.returncode == 0
    assert answer.stderr.count("\n") == 2
    assert "nothing.dat" in answer.stderr
    assert "peak 100 MiB" in answer.stdout
    assert mprof(tmp_path, "plot", "nothing.dat").returncode == 255


@pytest.mark.parametrize("window", ["5", "a,b", "4,2", "1,2,3", "nan,2", ""])
def test_a_window_is_two_times(tmp_path: Path, window: str) -> None:
    stairs(tmp_path / "a.dat")
    answer = mprof(tmp_path, "plot", f"--window={window}", "a.dat")
    assert (answer.returncode, answer.stdout) == (2, "")
    assert is_one_line(answer.stderr, "--window")


def test_a_recording_without_samples_is_said_to_be_one(tmp_path: Path) -> None:
    (tmp_path / "a.dat").write_text("CMDLINE true\n")
    (tmp_path / "b.dat").write_text("nothing of ours\n")
    for name in ("a.dat", "b.dat"):
        answer = mprof(tmp_path, "plot", name)
        assert answer.returncode == 1
        assert is_one_line(answer.stderr, name)


def test_help_teaches(tmp_path: Path) -> None:
    answer = mprof(tmp_path, "plot", "--help")
    assert answer.returncode == 0
    for option in ("--title", "--no-function-ts", "--output", "--window", "--flame", "--slope"):
        assert option in answer.stdout
    assert mprof(tmp_path, "plot", "--version").stdout.startswith("mprof ")


# ---- From Python


def test_from_python_it_is_text_html_or_a_file(tmp_path: Path) -> None:
    path = stairs(tmp_path / "a.dat", more=CALLS)
    plot = peakline.plot(path, title="Stairs", slope=True)
    assert str(plot).startswith("Stairs\npeak 100 MiB at 9.00 s of 10.0 s, slope ")
    assert repr(plot) == str(plot).rstrip("\n")
    bundle = plot._repr_mimebundle_()
    assert bundle["text/plain"] == str(plot)
    assert 'sandbox="allow-scripts"' in bundle["text/html"]
    assert bundle["text/html"].isascii()
    plot.save(tmp_path / "p.html")
    assert data((tmp_path / "p.html").read_text())["title"] == "Stairs"
    plot.save(tmp_path / "p.svg")
    ElementTree.parse(tmp_path / "p.svg")


def test_from_python_what_is_wrong_is_a_value_error(tmp_path: Path) -> None:
    with pytest.raises(peakline.CannotPlot, match=r"there is no file '.*none.dat'"):
        peakline.plot(tmp_path / "none.dat")
    with pytest.raises(peakline.CannotPlot, match="two times"):
        peakline.plot(stairs(tmp_path / "a.dat"), window=(3,))  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="must end in"):
        peakline.plot(tmp_path / "a.dat").save(tmp_path / "a.png")
    with pytest.raises(ValueError, match="--window"):
        peakline.plot(stairs(tmp_path / "a.dat"), window=(3, 1))


def test_several_are_drawn_over_one_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stairs(tmp_path / "mprofile_20260101000000.dat", step=1)
    stairs(tmp_path / "mprofile_20260102000000.dat")
    monkeypatch.chdir(tmp_path)
    plot = peakline.plot(0, -1)
    assert [run["peak"]["mib"] for run in data(plot.html)["runs"]] == [19.0, 100.0]
    assert "mprofile_20260101000000.dat\npeak 19.0 MiB" in str(plot)
    assert "mprofile_20260101000000.dat: peak 19.0 MiB" in plot.to_text(color=True)
    with pytest.raises(peakline.CannotPlot, match="one recording at a time"):
        peakline.plot(0, 1, flame=True)
