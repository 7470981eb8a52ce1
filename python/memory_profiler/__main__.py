# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""`python -m memory_profiler`: runs a script and prints the lines of the functions it decorates
with `@profile`.
"""

from __future__ import annotations

import sys
from typing import IO, Any

import memory_profiler
from memory_profiler._output_file import OutputFile
from peakline._backends import HEAP, NAMES, TRACEMALLOC, number_of
from peakline._options import MOST_DECIMALS

_EPILOG = """\
In the script, @profile needs no import. A table of each decorated function is printed when the
script ends, however it ends; the exit status is the script's own.

  python -m memory_profiler script.py --its-own --options
  python -m memory_profiler package.module
"""


def main() -> int:
    """Parses the command line and runs the program; the status to exit with."""
    from argparse import REMAINDER, ArgumentParser, RawDescriptionHelpFormatter

    parser = ArgumentParser(
        prog="python -m memory_profiler",
        usage="python -m memory_profiler [options] script_file.py [arguments]",
        description="Runs a script or module and prints what memory each line costs.",
        epilog=_EPILOG,
        formatter_class=RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--version", action="version", version=memory_profiler.__version__)
    add(
        "--pdb-mmem",
        dest="max_mem",
        metavar="MAXMEM",
        type=float,
        help="stop in the debugger when a decorated function uses more than MAXMEM MiB",
    )
    add("--precision", type=int, default=3, help="decimals of the MiB figures (default 3)")
    add("-o", dest="out_filename", metavar="FILE", help="append the results to FILE")
    add(
        "--timestamp",
        action="store_true",
        help="print when each decorated function ran, and its memory, instead of its lines",
    )
    add("--include-children", action="store_true", help="count child processes too")
    add(
        "--backend",
        choices=NAMES,
        default="psutil",
        metavar="BACKEND",
        help=f"what to measure: {', '.join(NAMES)} (psutil is rss)",
    )
    add("program", nargs=REMAINDER, help="script or module, and its arguments")
    arguments = parser.parse_args()
    if not arguments.program:
        print("A program to run must be provided. Use -h for help")
        return 1
    if not 0 <= arguments.precision <= MOST_DECIMALS:
        parser.error(f"--precision needs a number of decimals, 0 to {MOST_DECIMALS}")
    number = number_of(arguments.backend)
    if arguments.include_children and number in (HEAP, TRACEMALLOC):
        from peakline._memory import only_this_process

        sentence = f"{only_this_process(number)}, or leave out --include-children"
        print(f"memory_profiler: {sentence}", file=sys.stderr)
        return 2
    output: OutputFile | None = None
    if arguments.out_filename is not None:
        try:
            output = OutputFile(arguments.out_filename)
        except OSError as error:
            parser.error(f"cannot write {arguments.out_filename}: {error.strerror}")
    try:
        return _run(arguments, output)
    except RuntimeError as error:
        # What the program raises does not come here; it has not begun.
        from peakline._heap import HeapUnavailable

        if not isinstance(error, HeapUnavailable):
            raise
        print(f"memory_profiler: {error}", file=sys.stderr)
        return 2


def _run(arguments: Any, output: OutputFile | None) -> int:
    from memory_profiler._script import ScriptProfiler, run
    from peakline._target import Target

    if arguments.timestamp or arguments.max_mem is not None:
        _prepare(number_of(arguments.backend))
    profiler: Any
    if arguments.timestamp:
        profiler = memory_profiler.TimeStamper(
            arguments.backend, include_children=arguments.include_children
        )
        if output is not None:
            _mark_into(output.path, arguments)

        def show(stream: IO[str] | None) -> None:
            if stream is None:
                profiler.show_results()
                return
            from io import StringIO

            # With one write: others may append to the same file, as mprof does.
            text = StringIO()
            profiler.show_results(text)
            stream.write(text.getvalue())
    else:
        profiler = ScriptProfiler(
            backend=arguments.backend,
            max_mem=arguments.max_mem,
            include_children=arguments.include_children,
        )

        def show(stream: IO[str] | None) -> None:
            memory_profiler.show_results(profiler, stream, arguments.precision)

    def report() -> None:
        if output is None:
            show(None)
            return
        with output.stream() as stream:
            show(stream)

    program, *its_own = arguments.program
    return run(Target.guess(program, its_own, keeps_working_folder=True), profiler, report)


def _mark_into(path: str, arguments: Any) -> None:
    """Has the marks of the program written to the same file as its stamps."""
    from memory_profiler._compat import _get_memory
    from peakline import _mark

    def stamp() -> tuple[float, float]:
        found: tuple[float, float] = _get_memory(
            -1, arguments.backend, timestamps=True, include_children=arguments.include_children
        )
        return found

    _mark.begin(path, stamp)


def _prepare(backend: int) -> None:
    """Begins to count what counts from a beginning only. Raises HeapUnavailable."""
    if backend == HEAP:
        from peakline import _heap

        _heap.start()
    elif backend == TRACEMALLOC:
        import tracemalloc

        tracemalloc.start()


if __name__ == "__main__":
    sys.exit(main())
