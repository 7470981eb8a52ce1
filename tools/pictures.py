# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Makes the pictures of README.md and examples/README.md anew: `make pictures`.

Each example is recorded with the installed Peakline and looked at in Chromium, light and dark.
Run by the Python of an environment that has the wheel's extras `pages` and `demo`.

    python tools/pictures.py [NAME …]
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[1]
EXAMPLES = ROOT / "examples"
PICTURES = ROOT / "docs" / "pictures"
MOST = 200_000
"""Bytes of a picture."""

PAGES = {
    "workers": ["workers.py"],
    "sales": ["sales.py"],
    "topics": ["topics.py", "--once", "20"],
}
"""Pages of whole programs, by the words of their command."""

COMPARED = """
from array import array


def lists():
    rows = [[float(n), n + 0.5] for n in range(200_000)]
    sums = [sum(row) for row in rows]
    return max(sums)


def arrays():
    rows = [array("d", [n, n + 0.5]) for n in range(200_000)]
    sums = array("d", map(sum, rows))
    return max(sums)
"""


def peakline(*words: str, folder: Path, env: dict[str, str]) -> str:
    done = subprocess.run(
        ["peakline", *words], cwd=folder, env=env, check=True, stdout=subprocess.PIPE, text=True
    )
    return done.stdout


def page_of(name: str, folder: Path, env: dict[str, str]) -> Path:
    """The page of a recorded example."""
    for file in EXAMPLES.glob("*.py"):
        shutil.copy(file, folder)
    words = ["record", "-q", "-o", f"{name}.peakline", "python", *PAGES[name]]
    peakline(*words, folder=folder, env=env)
    peakline("html", "-o", f"{name}.html", f"{name}.peakline", folder=folder, env=env)
    return folder / f"{name}.html"


def cell(name: str, html: str, folder: Path) -> Path:
    """A report as it stands below a notebook's cell."""
    target = folder / f"{name}.html"
    # In a notebook it would be the number of the cell.
    html = html.replace(f"{folder}/", "")
    target.write_text(
        f"<!DOCTYPE html><title>{name}</title><body style='margin:16px'>{html}", encoding="utf-8"
    )
    return target


def lines(folder: Path, env: dict[str, str]) -> Path:
    """What `%mprun` shows of the function of examples/orders.py."""
    shutil.copy(EXAMPLES / "orders.py", folder)
    words = ["profile", "-f", "total_by_customer", "--json", "lines.json", "orders.py"]
    peakline(*words, folder=folder, env=env)
    return cell("lines", peakline("report", "--html", "lines.json", folder=folder, env=env), folder)


def comparison(folder: Path, env: dict[str, str]) -> Path:
    """What `%mprun --compare lists arrays` shows."""
    (folder / "rows.py").write_text(COMPARED.lstrip(), encoding="utf-8")
    program = (
        "import peakline, rows\n"
        "both = peakline.compare(rows.lists, rows.arrays, repeat=5)\n"
        "for name in 'lists', 'arrays':\n"
        "    found = peakline.lines(getattr(rows, name), backend='heap')\n"
        "    both = both.with_lines(name, found)\n"
        "print(both.to_html())\n"
    )
    words = ["python", "-c", program]
    done = subprocess.run(words, cwd=folder, env=env, check=True, stdout=subprocess.PIPE, text=True)
    return cell("comparison", done.stdout, folder)


def shoot(browser: Any, page: Path, target: Path, scheme: str, size: tuple[int, int]) -> None:
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, color_scheme=scheme
    )
    shown = context.new_page()
    shown.goto(page.as_uri())
    # Fonts, the columns that are unpacked, and what is drawn then.
    shown.wait_for_load_state("networkidle")
    shown.wait_for_timeout(500)
    shown.screenshot(path=target)
    context.close()
    if target.stat().st_size > MOST:
        print(f"{target.relative_to(ROOT)} has more than {MOST:,} bytes", file=sys.stderr)


def main(names: list[str]) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    makers: dict[str, Any] = {
        name: lambda folder, env, name=name: page_of(name, folder, env) for name in PAGES
    }
    makers |= {"lines": lines, "comparison": comparison}
    with tempfile.TemporaryDirectory() as temporary, sync_playwright() as playwright:
        folder = Path(temporary)
        env = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
        browser = playwright.chromium.launch(
            executable_path=os.environ["CHROMIUM"], args=["--no-sandbox"]
        )
        for name in names or makers:
            page = makers[name](folder, env)
            size = (1240, 790) if name in PAGES else (1080, 560)
            for scheme in "light", "dark":
                # The workers are those of README.md.
                target = ROOT / "docs" / "report" if name == "workers" else PICTURES / name
                shoot(browser, page, target.with_name(f"{target.name}-{scheme}.png"), scheme, size)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
