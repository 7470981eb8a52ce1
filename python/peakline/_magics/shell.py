# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""The magics as IPython wants them: one class, whose docstrings are what `%mprun?` shows."""

from __future__ import annotations

from typing import Any

from IPython.core.magic import (
    Magics,
    line_cell_magic,
    line_magic,
    magics_class,
    no_var_expand,
)


@magics_class  # type: ignore[misc, untyped-decorator, unused-ignore]
class PeaklineMagics(Magics):  # type: ignore[misc, unused-ignore]
    """`%mprun`, `%memit` and `%mplot` of `%load_ext peakline`."""

    is_compatible = False
    """Whether text looks as memory_profiler's, and `-r` and `-o` return its objects."""

    replaced: dict[tuple[str, str], Any]
    """The magics whose place these took, by kind and name."""

    @no_var_expand  # type: ignore[misc, untyped-decorator, unused-ignore]
    @line_cell_magic  # type: ignore[misc, untyped-decorator, unused-ignore]
    def mprun(self, line: str = "", cell: str | None = None) -> Any:
        """Runs a statement and shows what memory each line of chosen functions cost.

          %mprun [options] statement
          %%mprun [options] [statement]
          cell

        Functions may come from anywhere: a module, this notebook, the very cell that is run.

        -f F      measure F: a function, method or class, or an expression that gives one; may be
                  given more than once. Without it the functions that the cell defines are measured,
                  or the one that the statement calls, or the lines of the cell.
        -T FILE   write the table as text to FILE, too
        -r        return the result
        -c        count the memory of child processes too (resident sets)
        --all-threads  count the calls of all threads, not only of those that the statement starts
        --backend B    heap: every allocation, counted to the byte; rss (psutil), pss, uss: what the
                  kernel holds for the process; tracemalloc. Default: heap, where it can be counted
        --columns C,…  the columns of the table (`peakline report --help` explains them), or all
        --precision N  sizes in MiB with N decimals
        --reload  reload the modules of F that were edited since they were imported
        --compare F G …  run each function or call, as in f(10) g(10), and show them side by side

        In a notebook the table is HTML; in a terminal it is text.
        """
        __tracebackhide__ = True
        from peakline._magics import mprun, show

        return show.complaining_in_cell(self.shell, mprun.run, self, line, cell)

    @no_var_expand  # type: ignore[misc, untyped-decorator, unused-ignore]
    @line_cell_magic  # type: ignore[misc, untyped-decorator, unused-ignore]
    def memit(self, line: str = "", cell: str | None = None) -> Any:
        """Measures the memory that a statement takes at its peak.

          %memit [options] statement
          %%memit [options] [setup statement, which is not measured]
          cell

        It is counted, not sampled: also what lives for a moment only is seen. *increment* is the
        most that was in use at once above what was in use before; *peak memory* the whole of it.

        -r N      run it N times and show the highest peak (default 1)
        -o        return the result
        -q        show nothing
        -c        count the memory of child processes too (resident sets)
        -t T      stop sampling other processes after T seconds (with -c)
        -i I      sample other processes every I seconds (with -c; default 0.1)
        --backend B    heap: every allocation, counted to the byte; rss (psutil), pss, uss: what the
                  kernel holds for the process; tracemalloc. Default: heap, where it can be counted
        """
        __tracebackhide__ = True
        from peakline._magics import memit, show

        return show.complaining_in_cell(self.shell, memit.run, self, line, cell)

    @line_magic  # type: ignore[misc, untyped-decorator, unused-ignore]
    def mplot(self, line: str = "") -> Any:
        """Shows recordings that `mprof run` made: memory over time.

          %mplot [options] [number|file ...]

        Without a number or a file it is the newest recording of this folder; `!mprof list` numbers
        them, -1 is the newest too. Several are drawn over one another, each from its own start.

        -t TEXT   a title, in place of the command line
        -w A,B    only this stretch, in seconds since the start
        -s        fit a straight line to each
        -f        draw calls by their level on the stack
        -n        leave the calls of functions out
        -r        return the plot: `plot.save("memory.html")` keeps it

        In a notebook the plot can be zoomed and pointed at; in a terminal it is text.
        """
        __tracebackhide__ = True
        from peakline._magics import mplot

        return mplot.run(self, line)
