# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""`mprof plot`, by matplotlib."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from mprof._figures import flame_plotter, plot_file, pyplot
from mprof._files import get_profiles


def plot_action() -> None:
    """Plots the recordings that `sys.argv` names: into a window, or a file with `--output`."""
    arguments = _parser().parse_args()
    plt = pyplot(arguments.backend)
    files = get_profiles(arguments)
    if arguments.flame and len(files) > 1:
        sys.stderr.write("mprof: --flame draws one recording at a time: name one\n")
        raise SystemExit(2)
    figure = plt.figure(figsize=(14, 6), dpi=90)
    if not arguments.flame:
        figure.add_axes((0.1, 0.1, 0.6, 0.75))
    shows_calls = not arguments.no_timestamps and len(files) == 1
    draw = flame_plotter if arguments.flame else plot_file
    for index, name in enumerate(files):
        profile = draw(name, index=index, timestamps=shows_calls, options=arguments)
    # In a flame plot the time is below both of its parts.
    figure.axes[-1].set_xlabel("time (in seconds)")
    plt.ylabel("memory used (in MiB)")
    title = arguments.title
    if title is None and len(files) == 1:
        title = profile["cmd_line"]
    if title:
        plt.title(title.rstrip("\n"))
    beside = None if arguments.flame else (1.02, 1.0)
    legend = plt.legend(loc="upper left", bbox_to_anchor=beside)
    legend.get_frame().set_alpha(0.5)
    plt.grid()
    if arguments.output is None:
        plt.show()
        return
    try:
        plt.savefig(arguments.output)
    except (OSError, ValueError) as error:
        sys.stderr.write(f"mprof: {arguments.output} cannot be written: {error}\n")
        raise SystemExit(1) from None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="mprof plot",
        usage="mprof plot [options] [file.dat | number …]",
        description="Plots recordings of mprof run; without a file, the newest of this folder.",
    )
    add = parser.add_argument
    add("--version", action="version", version=_version())
    add("--title", "-t", help="a title, in place of the command that was run")
    add(
        "--no-function-ts",
        "-n",
        dest="no_timestamps",
        action="store_true",
        help="leave the calls of functions out",
    )
    add("--output", "-o", metavar="FILE", help="write a picture, of the kind that its name ends in")
    add(
        "--window",
        "-w",
        dest="xlim",
        type=_window,
        metavar="FROM,TO",
        help="only this stretch, in seconds since the start",
    )
    add("--flame", "-f", action="store_true", help="draw calls by their level on the stack")
    add("--slope", "-s", action="store_true", help="fit a straight line to each recording")
    add("--backend", help="the backend of matplotlib")
    add("profiles", nargs="*", help="files, or numbers as 'mprof list' shows them")
    return parser


def _window(text: str) -> tuple[float, float]:
    try:
        start, end = map(float, text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError("two times with a comma between, as in 2,5") from None
    return start, end


def _version() -> str:
    from peakline import __version__

    return f"mprof {__version__} (Peakline)"


__all__: list[Any] = ["plot_action"]

if __name__ == "__main__":
    plot_action()
