# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Has the executable turn a report's JSON into text: `peakline report -`.

This runs in the middle of somebody's program, or at its very end, so it takes nothing for granted
that a program may have changed: the standard streams may be closed, SIGCHLD ignored or handled by
code that reaps every child, `subprocess` replaced, the working folder gone. The executable gets
files for its streams, not pipes, so that nobody has to feed it, and nothing can get stuck.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from peakline._text import Stream

HEAP_COLUMNS = ("own-peak", "allocated", "freed", "count", "python", "requested", "others")
"""The columns that only the heap backend fills."""

COLUMNS = (
    *("line", "usage", "increment", *HEAP_COLUMNS[:4], "occurrences", "time", "rss"),
    *(*HEAP_COLUMNS[4:], "code"),
)
"""All columns of a table of lines, as `peakline report --columns` knows them."""

_WIDTHS = (20, 10_000)
_AGENT = "libpeakline_agent.so"


class CannotRender(RuntimeError):
    """The executable is missing, or failed; the message is a sentence."""


def find() -> str:
    """The absolute path of the executable. Raises CannotRender."""
    from peakline import _executable

    try:
        return os.path.abspath(_executable.find())
    except _executable.ExecutableMissing as error:
        raise CannotRender(str(error)) from None


def chosen(columns: str | Iterable[str] | None, backend: str) -> str | None:
    """The argument of `--columns` for these names. Raises ValueError for those that cannot be."""
    if columns is None:
        return None
    names = columns.split(",") if isinstance(columns, str) else list(columns)
    names = [name.strip() for name in names]
    if names == ["all"]:
        return "all"
    known = [name for name in COLUMNS if backend == "heap" or name not in HEAP_COLUMNS]
    for name in names or [""]:
        if name not in COLUMNS:
            raise ValueError(
                f"there is no column {name!r}: choose from {', '.join(known)}, or 'all' alone"
            )
        if name not in known:
            raise ValueError(
                f"the column {name!r} is counted by the heap backend only, not by {backend}: "
                f"choose from {', '.join(known)}"
            )
    return ",".join(names)


def arguments(
    columns: str | None, color: bool, width: int | None, precision: int | None
) -> list[str]:
    """The options of `peakline report`."""
    options = ["--color", "always" if color else "never"]
    if columns is not None:
        options += ["--columns", columns]
    if width is not None:
        options += ["--width", str(min(max(width, _WIDTHS[0]), _WIDTHS[1]))]
    if precision is not None:
        options += ["--precision", str(precision)]
    return options


def wants_color(stream: Stream, choice: str = "auto") -> bool:
    """Whether a stream is to be coloured: `auto` is where a terminal can show it."""
    if choice != "auto":
        return choice == "always"
    dumb = os.environ.get("TERM") == "dumb" or os.environ.get("NO_COLOR")
    return not dumb and _is_terminal(stream)


def width_of(stream: Stream) -> int | None:
    """How many cells a row may have there; None where it is no terminal."""
    if not _is_terminal(stream):
        return None
    try:
        stated = int(os.environ.get("COLUMNS", ""))
    except ValueError:
        stated = 0
    if stated > 0:
        return stated
    try:
        return os.get_terminal_size(stream.fileno()).columns or 80  # type: ignore[attr-defined]
    except (OSError, ValueError, AttributeError):
        return 80


def _is_terminal(stream: Stream) -> bool:
    try:
        return bool(stream.isatty())  # type: ignore[attr-defined]
    except Exception:  # A stream of the program's own, closed or without the method.
        return False


def render(
    json: str, options: Sequence[str], *, tool: str | None = None, encoding: str = "utf-8"
) -> str:
    """The report's text. `encoding` is that of the stream it is for. Raises CannotRender."""
    return answer(["report", *options, "-"], json.encode(), tool=tool, encoding=encoding)


def answer(
    words: Sequence[str], given: bytes = b"", *, tool: str | None = None, encoding: str = "utf-8"
) -> str:
    """What the executable prints when it is called with these words; `given` is its input. Raises
    CannotRender with the sentence that it ends with, if it does not succeed.
    """
    tool = tool or find()
    try:
        said, complaint, status = _run([tool, *words], given, encoding)
    except OSError as error:
        raise CannotRender(
            f"the executable '{tool}' could not be run ({error}): reinstall Peakline"
        ) from None
    text = said.decode("utf-8", "replace")
    # Who reaped it before us took its status along.
    if status == 0 or (status is None and text and not complaint):
        return text
    sentence = complaint.decode("utf-8", "replace").strip()
    sentence = sentence.removeprefix("peakline: ").removeprefix("mprof: ")
    raise CannotRender(
        sentence or f"the executable '{tool}' ended with status {status}: reinstall Peakline"
    )


def html(json: str, columns: str | None, precision: int | None) -> str | None:
    """The report's HTML; None, and a sentence on stderr, where it cannot be rendered."""
    from peakline._errors import say

    options = ["--html"]
    if columns is not None:
        options += ["--columns", columns]
    if precision is not None:
        options += ["--precision", str(precision)]
    try:
        return render(json, options)
    except CannotRender as error:
        say(f"text is shown instead of HTML: {error}")
        return None


def _run(words: list[str], text: bytes, encoding: str) -> tuple[bytes, bytes, int | None]:
    """Runs a program to its end: its output, its errors, and its status unless that is lost."""
    files: list[int] = []
    try:
        for _ in range(3):
            files.append(_file())
        given, said, complaint = files
        _write_all(given, text)
        os.lseek(given, 0, os.SEEK_SET)
        actions = [(os.POSIX_SPAWN_DUP2, file, number) for number, file in enumerate(files)]
        import signal

        child = os.posix_spawn(
            words[0],
            words,
            _environment(encoding),
            file_actions=actions,
            setsigmask=[],
            setsigdef=[signal.SIGCHLD, signal.SIGPIPE],
        )
        status = _wait(child)
        return _read_all(said), _read_all(complaint), status
    finally:
        for file in files:
            os.close(file)


def _wait(child: int) -> int | None:
    """Waits until the child has ended, whoever reaps it."""
    try:
        status: int | None = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    except ChildProcessError:
        # SIGCHLD is ignored, or a handler or another thread was faster: it has ended.
        status = None
    except BaseException:
        # A handler of the program raised: that is the program's, and must pass.
        from contextlib import suppress

        with suppress(OSError):
            os.kill(child, 9)
            os.waitpid(child, 0)
        raise
    return status


def _file() -> int:
    """An anonymous file, numbered above the standard streams, which may be closed."""
    import fcntl

    if hasattr(os, "memfd_create"):
        number = os.memfd_create("peakline-report")
    else:
        import tempfile

        with tempfile.TemporaryFile() as file:
            number = os.dup(file.fileno())
    try:
        return fcntl.fcntl(number, fcntl.F_DUPFD_CLOEXEC, 3)
    finally:
        os.close(number)


def _write_all(file: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(file, rest) :]


def _read_all(file: int) -> bytes:
    os.lseek(file, 0, os.SEEK_SET)
    parts = []
    while part := os.read(file, 1 << 20):
        parts.append(part)
    return b"".join(parts)


def _environment(encoding: str) -> dict[bytes, bytes]:
    """The program's, but without our agent, and with a locale that says what may be written."""
    environment = dict(os.environb)
    preloaded = environment.pop(b"LD_PRELOAD", b"").replace(b":", b" ").split()
    others = [path for path in preloaded if os.path.basename(path) != _AGENT.encode()]
    if others:
        environment[b"LD_PRELOAD"] = b":".join(others)
    # No part of the program, where that is recorded with all that it starts.
    environment[b"PEAKLINE_RECORD"] = b""
    is_utf8 = encoding.lower().replace("-", "").replace("_", "") == "utf8"
    environment[b"LC_ALL"] = b"C.UTF-8" if is_utf8 else b"C.ASCII"
    return environment


def encoding_of(stream: Stream) -> str:
    """The encoding of a stream; UTF-8 where it has none, being of text alone."""
    encoding = getattr(stream, "encoding", None)
    return encoding if isinstance(encoding, str) else "utf-8"
