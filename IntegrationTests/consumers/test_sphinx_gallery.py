# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""sphinx-gallery with `show_memory`: a gallery of two examples, built; what its pages say."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from programs import write

for package in ("sphinx", "sphinx_gallery", "matplotlib"):
    pytest.importorskip(package, reason=f"{package} is not installed")

CONFIGURATION = """\
extensions = ["sphinx_gallery.gen_gallery"]
sphinx_gallery_conf = {
    "examples_dirs": "examples",
    "gallery_dirs": "made",
    "show_memory": True,
    "filename_pattern": "plot_",
    "log_level": {"backreference_missing": "debug"},
}
"""

EXAMPLE = '''\
"""
An example of {mib} MiB
=======================

It takes memory and gives it back.
"""
import pathlib

with open({ran!r}, "a") as ran:
    ran.write("{mib} ")
taken = bytearray({mib} * 2**20)
print(len(taken))
del taken

# %%
# A block that takes nothing.
print("done")
'''


@pytest.fixture(scope="module")
def gallery(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("gallery")
    ran = str(folder / "ran.txt")
    write(folder, "conf.py", CONFIGURATION)
    write(folder, "index.rst", "Gallery\n=======\n\n.. toctree::\n\n   made/index\n")
    write(folder, "examples/README.txt", "Examples\n========\n")
    for mib in (100, 300):
        write(folder, f"examples/plot_{mib}.py", EXAMPLE.format(mib=mib, ran=ran))
    return folder


def test_pages_show_the_peak_of_each_example(gallery: Path, program: Any) -> None:
    program(gallery, "-m", "sphinx", "-q", "-b", "html", ".", "html")
    shown = {}
    for mib in (100, 300):
        page = (gallery / f"made/plot_{mib}.rst").read_text()
        (figure,) = re.findall(r"\*\*Estimated memory usage:\*\*\s+(\d+) MB", page)
        shown[mib] = int(figure)
    # Peaks of the process: what Python and Sphinx take is in both.
    assert shown[300] - shown[100] == pytest.approx(200, abs=8)
    assert 100 <= shown[100] < 400
    # Each example ran once.
    assert sorted((gallery / "ran.txt").read_text().split()) == ["100", "300"]
    for mib in (100, 300):
        assert f"{shown[mib]} MB" in (gallery / f"html/made/plot_{mib}.html").read_text()
