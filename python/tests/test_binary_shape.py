# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""The shape of the agent's library: what enters a profiled process, and what cannot."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from elftools.elf.dynamic import DynamicSection
from elftools.elf.elffile import ELFFile
from elftools.elf.gnuversions import GNUVerNeedSection, GNUVerSymSection

from peakline import _agent

# Everything that the agent may ask of libc. Nothing here allocates: a profiler that allocates in
# the process it measures spoils its own numbers. Whoever adds a name says what it is for.
ALLOWED_IMPORTS = {
    # Finds Python's functions in the running interpreter.
    "dlsym",
    # Finds the program's calls of its allocator, in every object that is loaded.
    "dl_iterate_phdr",
    # Kept files under /proc, read again and again without being opened again.
    "open",
    "read",
    "pread",
    "close",
    "syscall",
    # The agent's own memory, apart from the heap that is measured.
    "mmap",
    "munmap",
    "madvise",
    # Plain memory, which the compiler may call by itself.
    "memcpy",
    "memmove",
    "memset",
    # Who, when, how deep, and how large a page is.
    "getpid",
    "sysconf",
    "__errno_location",
    "getrlimit",
    "clock_gettime",
    # A thread's record, given back when the thread ends.
    "pthread_key_create",
    "pthread_setspecific",
    # The sampling thread, only where a series is asked for, and deaf to the program's signals.
    "pthread_attr_init",
    "pthread_attr_setstacksize",
    "pthread_attr_destroy",
    "pthread_create",
    "pthread_join",
    "sigfillset",
    "sigprocmask",
    "pthread_sigmask",
    # A fork leaves the child without that thread, and with kept files that are its parent's.
    "__register_atfork",
    # What a preloaded agent is told to record, taken out of the environment at once.
    "environ",
    "strtol",
    # Programs that are started: their environment, and whether they can be recorded.
    "geteuid",
    "getegid",
    "memmem",
    "stpcpy",
    "strchr",
    "strcpy",
    "strcspn",
    "strlen",
    "strncmp",
    "strnlen",
    "strspn",
    # A capture that is cut off while it is mapped.
    "sigaction",
    # From the C start files, in every library, and from the stack protector.
    "__cxa_finalize",
    "__gmon_start__",
    "__stack_chk_fail",
    "_ITM_deregisterTMCloneTable",
    "_ITM_registerTMCloneTable",
}

ALLOCATORS = re.compile(
    r"(m|c|re|reallocarr|v|pv|mem|aligned_)?alloc|free|posix_memalign|memalign|reallocarray|strn?dup"
    r"|fopen|fdopen|opendir|fdopendir|getline|getdelim|asprintf|scandir|realpath|swift_.*|_Z(nw|na|dl|da).*"
)

# Found by these names before libc when the agent is preloaded, and only then.
HOOKED = {
    *("malloc", "free", "calloc", "realloc", "reallocarray", "posix_memalign", "aligned_alloc"),
    *("memalign", "valloc", "pvalloc", "mmap", "mmap64", "munmap", "mremap", "mprotect"),
    *("execve", "execv", "execvpe", "execvp", "fexecve", "execl", "execlp", "execle"),
    *("posix_spawn", "posix_spawnp", "system", "popen", "_exit", "_Exit"),
}

NEWEST_GLIBC = (2, 17)
"""What `clock_gettime` in libc itself needs; everything else is asked for in an older version."""

SWIFT_MODULES = 2
"""The agent, and the format of captures."""

SIZE_BUDGET = 205_000


@pytest.fixture(scope="module")
def library() -> Iterator[ELFFile]:
    with open(_agent.PATH, "rb") as stream:
        yield ELFFile(stream)


def symbols(library: ELFFile, *, defined: bool) -> set[str]:
    table = library.get_section_by_name(".dynsym")
    return {
        symbol.name
        for symbol in table.iter_symbols()
        if symbol.name and (symbol["st_shndx"] != "SHN_UNDEF") == defined
    }


def test_the_library_exports_its_entry_points_and_the_names_that_it_hooks(library: ELFFile) -> None:
    exports = symbols(library, defined=True)
    assert "peakline_abi" in exports
    assert {name for name in exports if not name.startswith("peakline_")} == HOOKED


def test_the_library_needs_libc_alone(library: ELFFile) -> None:
    dynamic = library.get_section_by_name(".dynamic")
    assert isinstance(dynamic, DynamicSection)
    needed = {tag.needed for tag in dynamic.iter_tags("DT_NEEDED")}
    assert needed == {"libc.so.6"}


def test_every_function_that_the_library_imports_is_on_the_list(library: ELFFile) -> None:
    assert symbols(library, defined=False) - ALLOWED_IMPORTS == set()


def test_the_library_imports_nothing_that_allocates(library: ELFFile) -> None:
    allocating = {name for name in symbols(library, defined=False) if ALLOCATORS.fullmatch(name)}
    assert allocating == set()


def test_no_allocator_got_onto_the_list() -> None:
    assert {name for name in ALLOWED_IMPORTS if ALLOCATORS.fullmatch(name)} == set()
    assert all(map(ALLOCATORS.fullmatch, ["malloc", "calloc", "realloc", "free", "opendir"]))


def test_the_library_loads_on_an_old_glibc(library: ELFFile) -> None:
    assert isinstance(library.get_section_by_name(".gnu.version"), GNUVerSymSection)
    needed = library.get_section_by_name(".gnu.version_r")
    assert isinstance(needed, GNUVerNeedSection)
    versions = {
        tuple(int(part) for part in version.name.removeprefix("GLIBC_").split("."))
        for _, auxiliaries in needed.iter_versions()
        for version in auxiliaries
    }
    assert versions, "nothing is imported with a version: this test would prove nothing"
    assert max(versions) <= NEWEST_GLIBC


def test_the_library_is_small() -> None:
    assert os.path.getsize(_agent.PATH) < SIZE_BUDGET


def test_the_library_carries_no_symbol_table(library: ELFFile) -> None:
    assert library.get_section_by_name(".symtab") is None


def test_no_function_of_the_library_can_trap() -> None:
    code = instructions(disassembly(Path(_agent.PATH)))
    assert "ret" in {name for _, name, _ in code}, "no code was read: this would prove nothing"
    assert [trap for trap in traps(code) if trap not in unreachable_stub(code)] == []


def disassembly(path: Path) -> str:
    disassembler = shutil.which("objdump") or shutil.which("llvm-objdump") or beside_swift()
    if disassembler is None:
        pytest.skip("no objdump: install binutils, or put Swift's toolchain on PATH")
    command = [disassembler, "-d", "--no-show-raw-insn", str(path)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


Instruction = tuple[int, str, str]
"""An address, a mnemonic and its operands."""


def instructions(text: str) -> list[Instruction]:
    # Without what is said in angle brackets: distances from names, which look like addresses.
    text = re.sub(r"<[^>\n]*>", "", text)
    # And without distances from the instruction itself: where they lead to stands behind them.
    text = re.sub(r"-?0x[0-9a-f]+\(%rip\)", "", text)
    found = re.findall(r"^\s*([0-9a-f]+):\s+(\S+)[ \t]*(.*)$", text, re.MULTILINE)
    return [(int(address, 16), name, operands) for address, name, operands in found]


def traps(code: list[Instruction]) -> list[int]:
    return [address for address, name, _ in code if name in ("ud2", "brk")]


def unreachable_stub(code: list[Instruction]) -> list[int]:
    """The trap of Embedded Swift's exception personality, which the compiler keeps in each module.

    It is a function of nothing but the trap, and no instruction refers to it. A trap that is part
    of anything else, or one more like it, is not excused.
    """
    stubs = []
    for (_, before, _), (start, name, _) in pairwise(code):
        # A function of its own: it begins where functions begin, behind what fills the gap.
        is_alone = start % 16 == 0 and (
            before in ("nop", "nopw", "nopl", "xchg", "cs", "udf") or before.startswith("data16")
        )
        if name not in ("ud2", "brk") or not is_alone:
            continue
        if not any(re.search(rf"\b(0x)?{start:x}\b", operands) for _, _, operands in code):
            stubs.append(start)
    return stubs[:SWIFT_MODULES]


def beside_swift() -> str | None:
    swift = shutil.which("swift")
    return swift and shutil.which("llvm-objdump", path=os.path.dirname(os.path.realpath(swift)))
