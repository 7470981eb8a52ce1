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
    """The magics of `%load_ext peakline`."""

    is_compatible = False
    """Whether text looks as memory_profiler's, and `-r` and `-o` return its objects."""

    replaced: dict[tuple[str, str], Any]
    """The magics whose place these took, by kind and name."""

    def __init__(self, shell: Any) -> None:
        super().__init__(shell)
        from peakline._magics.after_cells import AfterCells
        from peakline._magics.recorded import Recorder

        self._after_cells = AfterCells(shell)
        self._recorder = Recorder(shell)

    def connect(self) -> None:
        """Called when they have been registered."""
        from peakline._magics import cells

        if not self.is_compatible:
            cells.connect(self.shell)

    def disconnect(self) -> None:
        """Called when they are taken out again: leaves no hook behind."""
        from peakline._magics import cells

        if not self.is_compatible:
            cells.disconnect(self.shell)
        self._after_cells.off()
        self._recorder.close()

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

    @no_var_expand  # type: ignore[misc, untyped-decorator, unused-ignore]
    @line_cell_magic  # type: ignore[misc, untyped-decorator, unused-ignore]
    def peakline(self, line: str = "", cell: str | None = None) -> None:
        """Records what a cell does to the memory, or says it in a line below each cell.

          %%peakline [options] [FILE]
          cell

        The cell runs as it would otherwise; below it comes the page of the recording: memory over
        time, a flame graph that begins at the cell, the lines of this and of other cells, a table.
        All threads are recorded. `%peakline_diff` compares the last two cells that were.

        FILE      keep the capture there, for `peakline report` and the others, and for
                  `peakline.show(FILE)`; what was recorded there before is replaced
        --exact   record every block, at about twice the time
        --sample N    about one block in N bytes (default 512KiB)
        --height PX   of the page (default 720)

          %peakline on
          %peakline off

        After each cell: what is in use now, what this cell has changed of it, and the most that
        was in use during the cell above its beginning, of the heap of the whole process, other
        threads included. The peak is right to within 64 KiB for each thread. Where the heap
        cannot be counted it is the resident set, and the line says so.
        """
        from peakline._magics import cells
        from peakline._magics.arguments import usage_error

        if cell is not None:
            self.shell.run_cell("".join(cells.with_line_magic(line, cell.splitlines(True))))
            return
        word, _, rest = line.strip().partition(" ")
        if word == "cell":
            self._recorder.begin(rest)
        elif word in ("on", "off") and not rest.strip():
            getattr(self._after_cells, word)()
        else:
            raise usage_error(
                "'%peakline on' and '%peakline off' it is, or '%%peakline' at the top of a cell"
            )

    @line_magic  # type: ignore[misc, untyped-decorator, unused-ignore]
    def peakline_diff(self, line: str = "") -> None:
        """Shows what the last cell that `%%peakline` recorded holds more than the one before.

          %peakline_diff [--height PX]

        Lines are paired by their texts: edit a cell, run it again, and compare.

        --height PX   of the page (default 720)
        """
        from peakline import CannotShow
        from peakline._magics.arguments import usage_error

        try:
            self._recorder.compare(line)
        except CannotShow as error:
            raise usage_error(str(error)) from None
