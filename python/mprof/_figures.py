# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Recordings as pictures by matplotlib, in its current axes. It is imported when one is drawn."""

from __future__ import annotations

import sys
import time as clock
from typing import Any

from mprof._files import Profile, read_mprofile_file
from mprof._names import function_labels

FLAME_PLOTTER_VARS: dict[str, Any] = {"hovered_rect": None, "hovered_text": None, "alpha": None}
"""What the mouse is over in a flame plot."""

_COLORS = ("c", "y", "g", "m", "b", "r", "k")
_LINES = ("k", "b", "g", "m", "c", "y", "r")


def pyplot(backend: str | None = None) -> Any:
    """matplotlib's plotting module. Ends with one line and status 1 where it is not installed."""
    try:
        import matplotlib
    except ImportError:
        sys.stderr.write(
            "mprof: plots are drawn by matplotlib, which is not installed: "
            "'pip install peakline[plot]' brings it\n"
        )
        raise SystemExit(1) from None
    if backend is not None:
        try:
            matplotlib.use(backend)
        except (ImportError, ValueError) as error:
            sentence = str(error).splitlines()[0]
            sys.stderr.write(f"mprof: matplotlib cannot use the backend {backend!r}: {sentence}\n")
            raise SystemExit(2) from None
    import matplotlib.pyplot

    return matplotlib.pyplot


def add_brackets(
    xloc: tuple[float, float],
    yloc: tuple[float, float],
    xshift: float = 0,
    color: str = "r",
    label: str | None = None,
    options: Any = None,
) -> None:
    """Marks a stretch of time by a bracket at each end, at the memory that there was.

    `xshift` is taken off both times; `options.xlim` leaves out what lies outside.
    """
    plt = pyplot()
    start, end = xloc[0] - xshift, xloc[1] - xshift
    limits = getattr(options, "xlim", None)
    if limits is not None and (end < limits[0] or start > limits[1]):
        return
    low, high = plt.ylim()
    left, right = plt.xlim() if limits is None else limits
    # As large as suits the picture, whatever its units.
    height, width = (high - low) / 20, (right - left) / 100
    for time, memory, step in ((start, yloc[0], width), (end, yloc[1], -width)):
        plt.plot(
            [time + step, time, time, time + step],
            [memory + height, memory + height, memory - height, memory - height],
            f"-{color}",
            linewidth=2,
            label=label if step > 0 else None,
        )


def plot_file(
    filename: str,
    index: int = 0,
    timestamps: bool = True,
    children: bool = True,
    options: Any = None,
) -> Profile:
    """Draws a recording: a line, one for each child, brackets around calls, and where the peak is.

    `index` chooses the colour. `options` may have `slope`, to fit a line, and `xlim`. Returns what
    was read; ends with status 0 where there are no samples.
    """
    plt = pyplot()
    import numpy

    profile = _read(filename)
    calls = profile["func_timestamp"] if timestamps else {}
    start = _start(profile, calls)
    order = numpy.argsort(profile["timestamp"], kind="stable")
    times = numpy.asarray(profile["timestamp"], dtype=float)[order] - start
    memory = numpy.asarray(profile["mem_usage"], dtype=float)[order]
    label = _when(start)
    color = _LINES[index % len(_LINES)]
    if getattr(options, "slope", False) and len(times) > 1:
        slope, offset = numpy.polyfit(times, memory, 1)
        plt.plot(times, slope * times + offset, "--", color=color, linewidth=1)
        label += f" slope {slope:.5f}"
    plt.plot(times, memory, f"+-{color}", label=label)
    if children:
        for process, samples in profile["children"].items():
            child = sorted((time, amount) for amount, time in samples)
            plt.plot(
                [time - start for time, _ in child],
                [m for _, m in child],
                "+-",
                label=f"child {process}",
            )
    labels = function_labels(calls)
    for place, (name, stretches) in enumerate(calls.items()):
        for begin, end, before, after, *_ in stretches:
            add_brackets(
                (begin, end),
                (before, after),
                xshift=start,
                color=_COLORS[place % len(_COLORS)],
                label=f"{labels[name]} {end - begin:.3f}s",
                options=options,
            )
    if calls:
        highest = int(memory.argmax())
        plt.axhline(memory[highest], color="r", linestyle="--", linewidth=1)
        plt.axvline(times[highest], color="r", linestyle="--", linewidth=1)
    _limit(plt, options)
    return profile


def flame_plotter(
    filename: str,
    index: int = 0,
    timestamps: bool = True,
    children: bool = True,
    options: Any = None,
) -> Profile:
    """Draws a recording with its calls below the line, each as high as it is deep in the stack."""
    plt = pyplot()
    profile = _read(filename)
    calls = profile["func_timestamp"]
    start = _start(profile, calls)
    pairs = sorted(zip(profile["timestamp"], profile["mem_usage"], strict=True))
    figure, (top, bottom) = plt.gcf(), plt.gcf().subplots(2, 1, sharex=True)
    top.plot([time - start for time, _ in pairs], [m for _, m in pairs], "+-k", label=_when(start))
    if children:
        for process, samples in profile["children"].items():
            child = sorted((time - start, amount) for amount, time in samples)
            top.plot([t for t, _ in child], [m for _, m in child], "+-", label=f"child {process}")
    labels = function_labels(calls)
    deepest = 0
    for place, (name, stretches) in enumerate(calls.items() if timestamps else ()):
        for begin, end, _, _, *level in stretches:
            depth = level[0] if level else 0
            deepest = max(deepest, depth)
            add_timestamp_rectangle(
                bottom,
                begin - start,
                end - start,
                depth,
                depth + 1,
                labels[name],
                _COLORS[place % len(_COLORS)],
            )
    bottom.set_ylim(deepest + 1, 0)
    bottom.set_ylabel("stack level")
    figure.canvas.mpl_connect("motion_notify_event", _hovered)
    plt.sca(top)
    _limit(plt, options)
    return profile


def add_timestamp_rectangle(
    ax: Any, x0: float, x1: float, y0: float, y1: float, func_name: str, color: str = "none"
) -> Any:
    """Draws a call as a rectangle, whose name is shown while the mouse is over it."""
    from matplotlib.patches import Rectangle

    rectangle = Rectangle((x0, y0), x1 - x0, y1 - y0, facecolor=color, edgecolor="k", alpha=0.5)
    ax.add_patch(rectangle)
    text = ax.text((x0 + x1) / 2, (y0 + y1) / 2, func_name, ha="center", va="center", visible=False)
    rectangle.peakline_text = text  # where the mouse's handler finds it
    return rectangle, text


def _hovered(event: Any) -> None:
    """Shows the name of what the mouse is over, and hides the one before."""
    state = FLAME_PLOTTER_VARS
    found = None
    if event.inaxes is not None:
        for patch in event.inaxes.patches:
            if hasattr(patch, "peakline_text") and patch.contains(event)[0]:
                found = patch
    if found is state["hovered_rect"]:
        return
    if state["hovered_rect"] is not None:
        state["hovered_text"].set_visible(False)
        state["hovered_rect"].set_alpha(state["alpha"])
    state.update(hovered_rect=found, hovered_text=None, alpha=None)
    if found is not None:
        state.update(hovered_text=found.peakline_text, alpha=found.get_alpha())
        found.peakline_text.set_visible(True)
        found.set_alpha(0.9)
    event.canvas.draw_idle()


def _read(filename: str) -> Profile:
    profile = read_mprofile_file(filename)
    if not profile["mem_usage"]:
        print(f"** No memory usage values have been found in the profile file.**\nFile: {filename}")
        sys.exit(0)
    return profile


def _start(profile: Profile, calls: Profile) -> float:
    """The first moment of all that is drawn."""
    begins: list[float] = [call[0] for stretches in calls.values() for call in stretches]
    return float(min([*profile["timestamp"], *begins]))


def _when(moment: float) -> str:
    words = clock.strftime("%d / %m / %Y - start at %H:%M:%S", clock.localtime(moment))
    return f"{words}.{round(moment % 1 * 1000) % 1000:03d}"


def _limit(plt: Any, options: Any) -> None:
    limits = getattr(options, "xlim", None)
    if limits is not None:
        plt.xlim(limits[0], limits[1])
