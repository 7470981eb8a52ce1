# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Finds the program to run and makes the `__main__` module that Python itself would make for it.

A program is a script (with or without `.py`), a folder or zip file with a `__main__.py`, compiled
code, or the name of a module. Loading it changes `sys.argv` and `sys.path` to what `python
script.py` or `python -m module` have; nothing of the program runs yet, apart from the parent
packages of a module. Costs one reading and compilation of the source.
"""

from __future__ import annotations

import builtins
import io
import os
import sys
from types import CodeType, ModuleType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.machinery import ModuleSpec
    from typing import Any


class CannotRun(Exception):
    """There is nothing to run: the sentence for stderr, and the exit status to end with."""

    def __init__(self, sentence: str, status: int = 1) -> None:
        super().__init__(sentence)
        self.status = status


class Target:
    """What to run: a script's path or a module's name, and the arguments that it gets.

    `keeps_working_folder` leaves the current folder, which `python -m` puts on `sys.path`, behind
    the script's own: memory_profiler's users import their packages from there.
    """

    __slots__ = ("arguments", "is_module", "keeps_working_folder", "name")

    def __init__(
        self,
        name: str,
        arguments: Sequence[str] = (),
        *,
        is_module: bool = False,
        keeps_working_folder: bool = False,
    ) -> None:
        self.name = name
        self.arguments = list(arguments)
        self.is_module = is_module
        self.keeps_working_folder = keeps_working_folder

    @classmethod
    def guess(
        cls, name: str, arguments: Sequence[str] = (), *, keeps_working_folder: bool = False
    ) -> Target:
        """A target by memory_profiler's rule: `*.py` is a script, another name a module.

        A name that no module bears, but a file, is a script too (memory_profiler refused it).
        """
        is_module = not _looks_like_a_path(name) and (
            not os.path.exists(name) or _is_importable(name)
        )
        return cls(name, arguments, is_module=is_module, keeps_working_folder=keeps_working_folder)

    @property
    def module_name(self) -> str:
        """The name by which the program could be imported: `tool` for `bin/tool.py`."""
        if self.is_module:
            return self.name
        return os.path.basename(os.path.normpath(self.name)).partition(".")[0]

    def load(self) -> tuple[CodeType, ModuleType]:
        """The program's code and its `__main__`, which is not yet in `sys.modules`.

        Raises CannotRun, or whatever the source (SyntaxError) or a parent package raises.
        """
        return self._load_module() if self.is_module else self._load_script()

    def _load_module(self) -> tuple[CodeType, ModuleType]:
        if not _is_path_safe():
            sys.path[0] = os.getcwd()
        # Parent packages, imported on the way, see what Python shows them: "-m".
        sys.argv = ["-m", *self.arguments]
        code, main = _from_spec(_find_module(self.name))
        sys.argv[0] = main.__dict__["__file__"]
        return code, main

    def _load_script(self) -> tuple[CodeType, ModuleType]:
        script = find_script(self.name)
        sys.argv = [script, *self.arguments]
        path = os.path.join(os.getcwd(), script)
        if _holds_modules(path):
            self._put_first(path)
            return _from_spec(_find_module("__main__", script))
        if not _is_path_safe():
            self._put_first(os.path.dirname(os.path.realpath(path)))
        return _from_file(path)

    def _put_first(self, entry: str) -> None:
        """Puts `entry` in the place of what Python put first for our own start."""
        if _is_path_safe() or (self.keeps_working_folder and sys.path[0] != entry):
            sys.path.insert(0, entry)
        else:
            sys.path[0] = entry


def find_script(name: str) -> str:
    """The path of a script: `name` itself, else the first such file on $PATH. Raises CannotRun."""
    if os.path.isfile(name) or os.path.isdir(name):
        return name
    for folder in os.environ.get("PATH", os.defpath).split(os.pathsep):
        path = os.path.join(folder, name)
        if folder and os.path.isfile(path):
            return path
    raise CannotRun(f"Could not find script {name}")


def _looks_like_a_path(name: str) -> bool:
    return name.endswith((".py", ".pyc", ".pyz", ".zip")) or os.sep in name


def _is_importable(name: str) -> bool:
    from importlib.util import find_spec

    try:
        return name.isidentifier() and find_spec(name) is not None
    except (ImportError, ValueError):
        return False


def _is_path_safe() -> bool:
    """Python was told (-I, -P) to put nothing of its own before `sys.path`."""
    return bool(getattr(sys.flags, "safe_path", sys.flags.isolated))


def _holds_modules(path: str) -> bool:
    """A folder or an archive, by the same test as the interpreter's: an importer takes it."""
    from pkgutil import get_importer

    return get_importer(path) is not None


def _find_module(name: str, holder: str = "") -> tuple[str, ModuleSpec, CodeType]:
    # The functions that `python -m` calls: private, but they alone give every one of its messages,
    # and they have not changed since 3.4.
    import runpy

    private: Any = runpy
    try:
        if holder:
            return private._get_main_module_details(CannotRun)  # type: ignore[no-any-return]
        return private._get_module_details(name, CannotRun)  # type: ignore[no-any-return]
    except CannotRun as error:
        sentence = str(error)
        if holder:
            sentence = f"can't find '__main__' module in {os.path.join(os.getcwd(), holder)!r}"
        raise CannotRun(f"{sys.executable}: {sentence}") from None


def _from_spec(found: tuple[str, ModuleSpec, CodeType]) -> tuple[CodeType, ModuleType]:
    _, spec, code = found
    main = _fresh_main(spec.origin, spec.cached)
    main.__package__ = spec.parent
    main.__loader__ = spec.loader
    main.__spec__ = spec
    return code, main


def _from_file(path: str) -> tuple[CodeType, ModuleType]:
    from importlib.machinery import SourceFileLoader, SourcelessFileLoader

    try:
        with io.open_code(path) as file:
            data = file.read()
    except OSError as error:
        reason = f"[Errno {error.errno}] {error.strerror}"
        raise CannotRun(f"{sys.executable}: can't open file {path!r}: {reason}", 2) from None
    main = _fresh_main(path, None)
    if is_compiled(path, data):
        main.__loader__ = SourcelessFileLoader("__main__", path)
        return _code_from_compiled(data), main
    main.__loader__ = SourceFileLoader("__main__", path)
    return _code_from_source(data, path), main


def is_compiled(path: str, data: bytes) -> bool:
    """Whether a file is a `.pyc`, by its name or by its first bytes."""
    from importlib.util import MAGIC_NUMBER

    return path.endswith(".pyc") or data.startswith(MAGIC_NUMBER)


def _code_from_compiled(data: bytes) -> CodeType:
    import marshal
    from importlib.util import MAGIC_NUMBER

    if not data.startswith(MAGIC_NUMBER):
        raise RuntimeError("Bad magic number in .pyc file")
    code = marshal.loads(data[16:])
    if not isinstance(code, CodeType):
        raise RuntimeError("Bad code object in .pyc file")
    return code


def _code_from_source(data: bytes, path: str) -> CodeType:
    try:
        code: CodeType = compile(data, path, "exec", dont_inherit=True)
        return code
    except SyntaxError:
        line = _line_not_in_utf8(data)
        if line is None:
            raise
    # Python reads a script line by line and says this; given bytes, it speaks of a codec and
    # position 0.
    byte, number = line
    raise SyntaxError(
        f"Non-UTF-8 code starting with '\\x{byte:02x}' in file {path} on line {number}, "
        "but no encoding declared; see https://peps.python.org/pep-0263/ for details"
    )


def _line_not_in_utf8(data: bytes) -> tuple[int, int] | None:
    """The first byte that is not UTF-8 and its line, unless the source declares an encoding."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        if b"coding" in b"".join(data.splitlines()[:2]):
            return None
        return data[error.start], data.count(b"\n", 0, error.start) + 1
    return None


def _fresh_main(file: str | None, cached: str | None) -> ModuleType:
    """A new `__main__` with the names, in that order, that this interpreter gives to one."""
    first = sys.modules["__main__"].__dict__
    main = ModuleType("__main__")
    names = main.__dict__
    if "__annotations__" in first:
        names["__annotations__"] = {}
    names["__builtins__"] = builtins
    names["__file__"] = file
    if "__cached__" in first:
        names["__cached__"] = cached
    return main
