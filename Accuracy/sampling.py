# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Holds the estimates of many sampled recordings of one program against the oracle's truth.

    sampling.py WHEEL              with the first Python that tools/pythons finds
    sampling.py --with PYTHON      an interpreter that can import Peakline

An estimate is right if it is right in the mean, and if it lies within the standard error that is
shown beside it as often as a normal distribution says. Exits with 1 if it is not.
"""

from __future__ import annotations

import statistics
from typing import NamedTuple

import asking
import options
import page
import places
import report

PROGRAM = places.HERE / "estimated.py"
INTERVAL = "4KiB"
FIGURES = ("allocated", "live")
WITHIN_ONE, WITHIN_TWO = (60, 76), (92, 98)
"""Percent of the estimates. A normal distribution has 68.3 and 95.4."""


class Row(NamedTuple):
    """What came out for one figure of one line."""

    line: int
    figure: str
    truth: float
    off: list[float]
    """By how many of its own standard errors each estimate was off."""
    bias: float
    """The mean error in standard errors of the mean, which are those of the estimates, scattered as
    they are, and not what they say of themselves."""

    def within(self, errors: int) -> float:
        """How many percent of the estimates lie within so many standard errors."""
        return 100 * statistics.mean(abs(z) <= errors for z in self.off)


def truths(python: str) -> dict[tuple[int, str], float]:
    """The figures that are to be estimated, of all lines that have some."""
    run = asking.recorded(python, PROGRAM)
    if "error" in run:
        raise SystemExit(run["error"])
    figures: dict[tuple[int, str], float] = {}
    for line, row in report.lines_of(run).items():
        figures[int(line), "allocated"] = row["allocated"]
        figures[int(line), "live"] = run["live"].get(line, 0)
    return {key: value for key, value in figures.items() if value > 100_000}


def estimate(python: str, runs: int) -> list[Row]:
    """The rows of so many recordings."""
    wanted = truths(python)
    found: dict[tuple[int, str], list[tuple[float, float]]] = {key: [] for key in wanted}
    for number in range(runs):
        asking.say(f"recording {number + 1} of {runs}")
        answer = asking.recording(python, PROGRAM, f"--sample={INTERVAL}", f"--seed={number + 1}")
        if "error" in answer:
            raise SystemExit(answer["error"])
        for (line, figure), estimates in found.items():
            row = answer["ours"]["lines"].get(str(line), {})
            estimates.append((row.get(figure, 0), row.get(f"{figure}_variance", 0) ** 0.5))
    asking.say("")
    return [_row(key, wanted[key], estimates) for key, estimates in found.items()]


def _row(key: tuple[int, str], truth: float, estimates: list[tuple[float, float]]) -> Row:
    values = [value for value, _ in estimates]
    of_the_mean = statistics.stdev(values) / len(values) ** 0.5
    off = [(value - truth) / error for value, error in estimates]
    return Row(*key, truth, off, (statistics.mean(values) - truth) / of_the_mean)


def faults(rows: list[Row]) -> list[str]:
    """What is not as it has to be, as sentences."""
    found = [
        f"line {row.line}, {row.figure}: the mean is off by {row.bias:.1f} standard errors"
        for row in rows
        if abs(row.bias) >= 3
    ]
    # All lines together: a share of 200 estimates alone scatters by three percent.
    for errors, (low, high) in ((1, WITHIN_ONE), (2, WITHIN_TWO)):
        share = statistics.mean(row.within(errors) for row in rows)
        if not low <= share <= high:
            found.append(f"{share:.1f} % of the estimates lie within {errors} standard errors")
    return found


def markdown(rows: list[Row], runs: int, version: str) -> str:
    """The generated part of docs/accuracy.md."""
    head = (places.HERE / "sampling.md").read_text("utf-8").rstrip("\n")
    for name, value in (("VERSION", version), ("RUNS", str(runs)), ("INTERVAL", INTERVAL)):
        head = head.replace(name, value)
    source = PROGRAM.read_text("utf-8").splitlines()
    table = [
        "| line | figure | truly | mean error, in its standard errors | within 1 | within 2 |",
        "|---|---|--:|--:|--:|--:|",
    ]
    table += [
        f"| `{source[row.line - 1].strip()}` | {row.figure} | {row.truth:,} | {row.bias:+.2f} | "
        f"{row.within(1):.1f} % | {row.within(2):.1f} % |"
        for row in rows
    ]
    shares = [statistics.mean(row.within(errors) for row in rows) for errors in (1, 2)]
    table.append(f"| all | | | | **{shares[0]:.1f} %** | **{shares[1]:.1f} %** |")
    return head + "\n\n" + "\n".join(table)


def main() -> None:
    """Records, judges, and writes the report."""
    parser = options.parser(__doc__)
    parser.add_argument("--runs", type=int, default=200, help="how many recordings")
    given = options.parse(parser)
    python = options.interpreter(given)
    rows = estimate(python, given.runs)
    text = markdown(rows, given.runs, places.version(python))
    print(text)
    if given.write:
        page.replace(given.write, "recordings, estimates", text)
    wrong = faults(rows)
    print("\n".join(wrong))
    raise SystemExit(bool(wrong))


if __name__ == "__main__":
    main()
