# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Writes the generated parts of docs/accuracy.md."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import judging
from places import HERE
from report import PEERS, Verdict, lines_of, tallies, verdict

if TYPE_CHECKING:
    from pathlib import Path

TERMS = {
    "memory_profiler": "increment of the resident set",
    "tracemalloc": "increment in bytes asked for",
    "memray": "bytes asked for",
    "scalene": "bytes allocated",
}


def write(path: Path, results: dict[str, Any], version: str) -> None:
    """Writes the oracle's table."""
    replace(path, "accuracy", _markdown(results, version))


def replace(path: Path, target: str, markdown: str) -> None:
    """Puts what a target of make writes in its place in a file, at the end if there is none."""
    begin, end = (f"<!-- made by make {target}: {which} -->" for which in ("begin", "end"))
    text = path.read_text("utf-8")
    part = f"{begin}\n\n{markdown}\n{end}\n"
    if begin in text:
        before, rest = text.split(begin, 1)
        after = rest.split(end, 1)[1].lstrip("\n")
        text = before + part + ("\n" + after if after else "")
    else:
        text = text.rstrip("\n") + "\n\n" + part
    path.write_text(text, encoding="utf-8")


def _markdown(results: dict[str, Any], version: str) -> str:
    head = (HERE / "introduction.md").read_text("utf-8").rstrip("\n")
    verdicts = {name: verdict(found) for name, found in results.items()}
    parts = [head.replace("VERSION", version), _overall(results, verdicts), "### Every line\n"]
    parts += [_program(name, results[name], verdicts[name]) for name in results]
    return "\n\n".join(parts)


def _overall(results: dict[str, Any], verdicts: dict[str, Verdict]) -> str:
    asked = [v for v in verdicts.values() if v.lines]
    lines = sum(v.lines for v in asked)
    unknown = sum(v.unknown for v in asked)
    watched = sum(len(v.watched) for v in asked)
    rows = [
        f"{len(asked)} programs, {lines} lines. Of {sum(not v.unknown for v in asked)} the "
        f"truth of every line is the same in every run, of the others that of all but {unknown} "
        f"lines. On {watched} lines the interpreter itself allocates for being watched.",
        "",
        "| | asked for | lines | exact | within 10 % | missing | invented | failed on |",
        "|---|---|--:|--:|--:|--:|--:|---|",
        _own_row(asked, lines),
    ]
    for peer, tally in tallies(results).items():
        cells = [
            f"{peer} {tally.version}",
            TERMS[peer],
            *map(str, (tally.lines, tally.exact, tally.near, tally.missing, tally.invented)),
            ", ".join(tally.failed),
        ]
        rows.append("| " + " | ".join(cells) + " |")
    rows += ["", _peaks(results)]
    return "\n".join(rows)


def _own_row(asked: list[Verdict], lines: int) -> str:
    texts = [text for v in asked for text in v.details]
    wrong = sum(len({judging.line_in(text) for text in v.details} - {None}) for v in asked)
    missing = sum("is missing" in text for text in texts)
    invented = sum("is invented" in text for text in texts)
    cells = [
        "**Peakline**",
        "all eight figures, in bytes",
        lines,
        lines - wrong,
        lines - wrong,
        missing,
    ]
    return "| " + " | ".join(map(str, [*cells, invented, ""])) + " |"


def _peaks(results: dict[str, Any]) -> str:
    """Who was asked for the peak of the whole call."""
    rows = []
    for peer in ("memray", "fil"):
        errors, failed, version = [], [], ""
        for name, result in results.items():
            answer = result.get("peers", {}).get(peer)
            if answer is None:
                continue
            if answer.get("peak") is None:
                failed.append(name)
                continue
            version = answer["version"]
            truth = result["truth"][0]["truth"]["whole"]["requested_peak"]
            if truth < 65536:
                continue
            errors.append(abs(answer["peak"] - truth) / max(truth, 1))
        if errors:
            errors.sort()
            near = sum(error <= 0.01 for error in errors)
            middle, worst = 100 * errors[len(errors) // 2], 100 * errors[-1]
            rows.append(
                "The peak of the whole call, in bytes asked for, where it is over 64 KiB: "
                f"{peer} {version} is within 1 % "
                f"on {near} of {len(errors)} programs, off by {middle:.1f} % in the middle and by "
                f"{worst:,.0f} % at worst"
                + (f"; failed on {', '.join(failed)}" if failed else "")
                + "."
            )
    return "\n\n".join(rows)


def _program(name: str, result: dict[str, Any], judged: Verdict) -> str:
    source = (HERE / "programs" / f"{name}.py").read_text("utf-8").splitlines()
    about = source[2].strip('"')
    rows = [f"#### {name}", "", about, ""]
    if not judged.lines:
        return "\n".join([*rows, f"{judged.sentence.capitalize()}."])
    rows += [
        "| line | increment | own peak | allocated | blocks | Peakline | "
        + " | ".join(PEERS)
        + " |",
        "|---|--:|--:|--:|--:|--:|" + "--:|" * len(PEERS),
    ]
    truths = [lines_of(run) for run in result["truth"]]
    doubtful = judging.unknown(truths)
    for number, line in truths[0].items():
        text = source[int(number) - 1].split("#:")[0].strip().replace("|", "\\|")
        text = text if len(text) <= 60 else text[:59] + "…"
        cells = [f"`{text}`"]
        cells += [
            f"{line[field]:,}"
            for field in ("heap_increment", "own_peak", "allocated", "allocations")
        ]
        agreed = all(_error(peer, result, number, line) in ("0", "–") for peer in PEERS)
        if agreed and not line["allocated"] and not line["freed"]:
            continue
        wrong = [d for d in judged.details if f"line {number}:" in d or f"line {number} is" in d]
        cells.append("0" if not wrong else "; ".join(wrong))
        cells += [_error(peer, result, number, line) for peer in PEERS]
        rows.append("| " + " | ".join(cells) + " |")
        if number in doubtful:
            rows[-1] += f" differs from run to run ({doubtful[number]}) |"
    return "\n".join(rows)


def _error(peer: str, result: dict[str, Any], number: str, line: dict[str, int]) -> str:
    answer = result.get("peers", {}).get(peer, {})
    off = judging.error(peer, answer, number, line)
    return "–" if off is None else f"{off:+,}" if off else "0"
