# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""The report page of a described recording, put together as the writer in Swift does it."""

from __future__ import annotations

import base64
import json
import re
import zlib
from array import array
from collections.abc import Iterable
from pathlib import Path
from typing import Any

SOURCES = Path(__file__).resolve().parents[2] / "Sources/Reports"


def packed(columns: list[tuple[str, str, Iterable[float]]]) -> tuple[list[dict[str, Any]], str]:
    """The list of the columns, and the blob they are in."""
    listed, blob = [], bytearray()
    for name, kind, values in columns:
        integers = array("i", [int(value) for value in values] if kind == "i32" else [])
        numbers = array("d", values if kind == "f64" else [])
        listed.append({"name": name, "type": kind, "count": len(integers) + len(numbers)})
        blob += integers.tobytes() + numbers.tobytes()
        blob += bytes(-len(blob) % 8)
    return listed, base64.b64encode(zlib.compress(bytes(blob), 6)).decode()


def themes() -> str:
    """The style sheet's variables, as the palette in Swift has them."""
    text = (SOURCES / "Plots/PlotPalette.swift").read_text(encoding="utf-8")
    pages = re.findall(r'\("page", "(#\w+)"\)', (SOURCES / "HTML/Palette.swift").read_text())
    made = []
    for name, page in zip(("light", "dark"), pages, strict=True):
        part = text[text.index(f"static let {name} ") :]
        part = part[: part.index("])")]
        colors = {
            key: re.search(rf'{key}: "(#\w+)"', part) for key in ("text", "quiet", "rule", "peak")
        }
        curves = re.findall(r'"(#\w+)"', part[part.index("curves:") :])
        pairs = [("page", page), *((key, found[1]) for key, found in colors.items() if found)]
        pairs += [(f"c{number}", color) for number, color in enumerate(curves)]
        made.append(";".join(f"--pl-{key}:{color}" for key, color in pairs))
    light, dark = made
    return (
        f":root{{color-scheme:light dark;{light}}}"
        f"@media(prefers-color-scheme:dark){{:root{{{dark}}}}}"
        f":root[data-theme=light]{{color-scheme:light;{light}}}"
        f":root[data-theme=dark]{{color-scheme:dark;{dark}}}\n"
    )


def script() -> str:
    """All files of the script; the one that starts it is the last."""
    files = sorted(
        (SOURCES / "Web/report").glob("*.js"),
        key=lambda path: (path.name == "opening.js", path.name),
    )
    return "".join(bare(path.read_text(encoding="utf-8")) for path in files)


def bare(text: str) -> str:
    """Without comments that begin a line, and without indentation, which a page need not carry."""
    rows = (re.sub(r"^/\*.*?\*/", "", row.strip()).strip() for row in text.split("\n"))
    return "\n".join(row for row in rows if row and not row.startswith(("//", "/*", "*"))) + "\n"


def page(recording: dict[str, Any]) -> str:
    """The page, as the writer in Swift puts it together."""
    listed, blob = packed(recording["columns"])
    head = json.dumps({**recording["head"], "columns": listed}, ensure_ascii=False)
    web = SOURCES / "Web/report"
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="Peakline">
<title>Memory</title>
<style>{themes()}{bare((web / "report.css").read_text(encoding="utf-8"))}</style>
</head>
<body>
{(web / "skeleton.html").read_text(encoding="utf-8")}
<script type="application/json" id="report">{head.replace("<", chr(92) + "u003c")}</script>
<script type="application/octet-stream" id="columns">{blob}</script>
<script type="module">
{script()}</script>
</body>
</html>
"""


def write(recording: dict[str, Any], path: Path) -> Path:
    path.write_text(page(recording), encoding="utf-8")
    return path
