# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""docs/format.md says what is written, and what it shows can be read back."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from peakline import Line, _executable, _heap, lines

PAGE = Path(__file__).resolve().parents[2] / "docs" / "format.md"

pytestmark = pytest.mark.skipif(not PAGE.exists(), reason="the tests stand without the repository")


def page() -> str:
    """What is said of reports; of captures, which Python does not write, Swift has tests."""
    return PAGE.read_text(encoding="utf-8").partition("\n# Captures\n")[0]


def documents() -> list[dict[str, Any]]:
    found = re.findall(r"^```json\n(.*?)^```", page(), re.M | re.S)
    return [json.loads(text) for text in found]


def work() -> list[bytes]:
    return [bytes(1000) for _ in range(1000)]


BACKENDS = ["rss", "heap"] if _heap.available() is None else ["rss"]


@pytest.mark.parametrize("backend", BACKENDS)
def test_the_example_has_the_keys_that_are_written_in_their_order(backend: str) -> None:
    shown, *_ = documents()
    written = json.loads(lines(work, backend=backend).to_json())
    assert list(shown) == list(written)
    assert list(shown["functions"][0]) == list(written["functions"][0])
    for line in [*shown["functions"][0]["lines"], *written["functions"][0]["lines"]]:
        assert tuple(line) == Line._fields


@pytest.mark.parametrize("backend", BACKENDS)
def test_the_figures_of_the_heap_are_null_without_it_and_the_rest_never(backend: str) -> None:
    (function,) = json.loads(lines(work, backend=backend).to_json())["functions"]
    ours = Line._fields.index("heap_increment")
    for line in function["lines"]:
        of_all, of_heap = list(line.values())[:ours], list(line.values())[ours:]
        assert len(of_heap) == 8
        assert [value is None for value in of_heap] == [backend != "heap"] * 8
        assert None not in [
            value for name, value in zip(line, of_all, strict=False) if name != "usage"
        ]
        if backend == "heap":
            assert line["heap_increment"] == line["increment"]


def test_every_key_is_explained() -> None:
    keys: set[str] = set()

    def collect(value: Any) -> None:
        if isinstance(value, dict):
            keys.update(value)
            for each in value.values():
                collect(each)
        elif isinstance(value, list):
            for each in value:
                collect(each)

    for document in documents():
        collect(document)
    explained = set()
    for row in re.findall(r"^\| (`.*?) \|", page(), re.M):
        explained.update(re.findall(r"`(\w+)`", row))
    assert explained == keys


def test_the_examples_can_be_shown() -> None:
    for document in documents():
        answer = subprocess.run(
            [_executable.find(), "report", "-"],
            input=json.dumps(document),
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
        assert (answer.returncode, answer.stderr) == (0, "")
        assert "80.0 MiB" in answer.stdout
