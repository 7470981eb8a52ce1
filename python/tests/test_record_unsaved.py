# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Code that is on no disk: its lines are in the capture, as `linecache` had them."""

from __future__ import annotations

import json
import linecache
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import peakline
from peakline import _render, _unsaved

TEXT = "# Made by a test\nkept = bytearray(9 << 20)\nother = 'é<&'\n"


@pytest.fixture
def made() -> Iterator[str]:
    name = "<made by a test>"
    linecache.cache[name] = (len(TEXT), None, TEXT.splitlines(True), name)
    yield name
    linecache.cache.pop(name, None)


def recorded(path: Path, name: str, **options: Any) -> dict[str, str | None]:
    """The texts of the lines of code that ran, by place."""
    with peakline.record(path, exact=True, **options):
        exec(compile(TEXT, name, "exec"), {})
    # Nobody has it any more.
    linecache.cache.pop(name, None)
    report = json.loads(_render.answer(["report", "--json", "--", str(path)]))
    return {f"{line['file']}:{line['line']}": line["source"] for line in report["lines"]}


def test_the_lines_that_ran_have_their_texts(tmp_path: Path, made: str) -> None:
    texts = recorded(tmp_path / "a.peakline", made)
    assert texts[f"{made}:2"] == "kept = bytearray(9 << 20)"
    html = peakline.show(tmp_path / "a.peakline").html
    assert "# Made by a test" in html


def test_texts_are_left_out_where_that_is_asked_for(tmp_path: Path, made: str) -> None:
    texts = recorded(tmp_path / "a.peakline", made, source=False)
    assert texts[f"{made}:2"] is None


def test_what_is_odd_in_the_cache_does_no_harm(
    tmp_path: Path, made: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, entry in {
        "<lazy>": (lambda: None,),
        "<zero>": (1, None, ["a\0b\n"], "<zero>"),
        "<surrogate>": (1, None, ["'\ud800'\n"], "<surrogate>"),
        "<bytes>": (3, None, [b"abc"], "<bytes>"),
        "<numbers>": (3, None, [1], "<numbers>"),
        "<nothing>": (3, None, None, "<nothing>"),
        "<none>": None,
        "/of/the/disk.py": (1, 1.5, ["x\n"], "/of/the/disk.py"),
    }.items():
        monkeypatch.setitem(linecache.cache, name, entry)  # type: ignore[arg-type]
    given = _unsaved.given()
    for name in (b"<zero>", b"<bytes>", b"<numbers>", b"<nothing>", b"<none>", b"/of/the/disk.py"):
        assert name not in given
    assert b"<surrogate>\0\0'?'\n\0" in given
    assert recorded(tmp_path / "a.peakline", made)[f"{made}:2"] == "kept = bytearray(9 << 20)"


@pytest.mark.parametrize("there_is", ["no cache", "no module"])
def test_a_cache_that_is_none_does_no_harm(there_is: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "IPython", None)  # type: ignore[arg-type]
        if there_is == "no cache":
            patch.setattr(linecache, "cache", None)
        else:
            patch.setitem(sys.modules, "linecache", None)  # type: ignore[arg-type]
        given = _unsaved.given()
    assert given == b""


def test_a_shell_that_fails_does_no_harm(
    tmp_path: Path, made: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise RuntimeError("no shell")

    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=fail))
    assert recorded(tmp_path / "a.peakline", made)[f"{made}:2"] == "kept = bytearray(9 << 20)"


def test_sealing_that_fails_does_no_harm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**_: Any) -> bytes:
        raise RuntimeError("nothing is given")

    monkeypatch.setattr(_unsaved, "given", fail)
    with peakline.record(tmp_path / "a.peakline"):
        pass
    assert _render.answer(["report", "--json", "--", str(tmp_path / "a.peakline")])


def test_large_sources_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(linecache, "cache", {})
    monkeypatch.setitem(sys.modules, "IPython", None)  # type: ignore[arg-type]
    for name, size in {"<a>": 17, "<b>": 15, "<c>": 15, "<d>": 15, "<e>": 1}.items():
        linecache.cache[name] = (1, None, ["#" * (size << 20) + "\n"], name)
    given = _unsaved.given()
    assert [name for name in linecache.cache if name.encode() in given] == ["<b>", "<c>", "<e>"]
    assert len(given) < 32 << 20
