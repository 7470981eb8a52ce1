# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""The kept results of the suites as one table for docs/accuracy.md."""

from __future__ import annotations

import drift
import records
import runs

HEAD = """\
Each cell: tests whose results are identical with and without the agent, in both ways in; then how
far the ledger's bytes were from the allocator's at the checkpoint where it was worst, preloaded /
attached (~: by mallinfo2 alone, which counts what glibc keeps in its caches); then the number of
checkpoints at rest.
"""


def markdown(versions: list[str], names: list[str]) -> str:
    """A row for each suite, a column for each Python."""
    lines = [HEAD, f"| suite | {' | '.join(versions)} |", "|---" * (len(versions) + 1) + "|"]
    for name in names:
        cells = [_cell(version, name) for version in versions]
        if any(cells):
            lines.append(f"| {name} | {' | '.join(cell or '–' for cell in cells)} |")
    return "\n".join(lines)


def _cell(version: str, name: str) -> str:
    base = _read(version, name, "base")
    if base is None:
        return ""
    again = _read(version, name, "base-2")
    flaky = records.differing(base.outcomes, again.outcomes) if again else {}
    figures, points, differing = [], 0, set()
    for way in ("preload", "attach"):
        found = _read(version, name, f"{way}-witness") or _read(version, name, way)
        if found is None:
            figures.append("not run")
            continue
        differing |= set(records.differing(base.outcomes, found.outcomes)) - set(flaky)
        drifted = drift.of(found.checkpoints)
        if drifted is None:
            figures.append("unknown")
            continue
        points += drifted.quiet
        off, about = (drifted.witness, "") if drifted.witness is not None else (drifted.malloc, "~")
        figures.append("unknown" if off is None else f"{about}{off:+,}" if off else "0")
    same = len(base.outcomes) - len(differing) - len(flaky)
    words = f"{same:,}"
    if flaky:
        words += f" (+{len(flaky)} flaky)"
    if differing:
        words += f" (**{len(differing)} differ**)"
    return f"{words}; {' / '.join(figures)}; {points}"


def _read(version: str, name: str, mode: str) -> records.Record | None:
    path = runs.place(version, name, mode + ".jsonl")
    return records.read(path) if path.is_file() else None
