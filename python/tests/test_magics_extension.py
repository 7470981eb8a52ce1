# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""`%load_ext memory_profiler` and `%load_ext peakline`, and out again."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from shells import Shell, shell_with


@pytest.fixture
def shell() -> Iterator[Shell]:
    yield from shell_with(None)


def magics(shell: Shell) -> dict[str, str]:
    """The classes of the magics, by 'line mprun' and the like."""
    return {
        f"{kind} {name}": type(known[name].__self__).__name__
        for kind, known in shell.ip.magics_manager.magics.items()
        for name in ("mprun", "memit")
        if name in known
    }


def all_of(name: str) -> dict[str, str]:
    return dict.fromkeys(("line mprun", "line memit", "cell mprun", "cell memit"), name)


CLASSES = {"memory_profiler": "MemoryProfilerMagics", "peakline": "PeaklineMagics"}


@pytest.mark.parametrize("extension", CLASSES)
def test_loaded_unloaded_and_loaded_again(shell: Shell, extension: str) -> None:
    for _ in range(2):
        shell.run(f"%load_ext {extension}")
        assert magics(shell) == all_of(CLASSES[extension])
        shell.run(f"%reload_ext {extension}")
        assert magics(shell) == all_of(CLASSES[extension])
        shell.run(f"%unload_ext {extension}")
        assert magics(shell) == {}


@pytest.mark.parametrize("extension", CLASSES)
def test_of_both_the_later_is_in_force(shell: Shell, extension: str) -> None:
    (other,) = set(CLASSES) - {extension}
    shell.run(f"%load_ext {other}", f"%load_ext {extension}")
    assert magics(shell) == all_of(CLASSES[extension])
    shell.run(f"%unload_ext {other}")
    assert magics(shell) == all_of(CLASSES[extension])
    shell.run(f"%unload_ext {extension}")
    assert magics(shell) == {}


@pytest.mark.parametrize("extension", CLASSES)
def test_the_earlier_come_back_when_the_later_go(shell: Shell, extension: str) -> None:
    (other,) = set(CLASSES) - {extension}
    shell.run(f"%load_ext {other}", f"%load_ext {extension}", f"%unload_ext {extension}")
    assert magics(shell) == all_of(CLASSES[other])
    shell.run(f"%unload_ext {other}")
    assert magics(shell) == {}


def test_programs_register_and_subclass_the_magics(shell: Shell) -> None:
    import memory_profiler

    memory_profiler.MemoryProfilerMagics.register_magics(shell.ip)
    assert magics(shell) == all_of("MemoryProfilerMagics")
    memory_profiler.unload_ipython_extension(shell.ip)
    memory_profiler.load_ipython_extension(shell.ip)
    assert magics(shell) == all_of("MemoryProfilerMagics")
    memory_profiler.unload_ipython_extension(shell.ip)


@pytest.mark.parametrize("magic", ["mprun", "memit"])
def test_help_names_every_option(shell: Shell, magic: str) -> None:
    shell.run("%load_ext peakline")
    text = shell.ip.find_line_magic(magic).__doc__
    options = {
        "mprun": "-f F|-T FILE|-r|-c|--backend B|--columns C|--precision N|--reload|--compare F G",
        "memit": "-r N|-o|-q|-c|-t T|-i I|--backend B",
    }
    for option in options[magic].split("|"):
        assert re.search(rf"^ *{re.escape(option)}\b", text, re.MULTILINE), option


def test_the_two_differ_in_their_text_only(shell: Shell) -> None:
    shell.run("def work():\n    return bytearray(3_000_000)")
    line = "%mprun --backend heap -f work work()"
    assert shell.run("%load_ext memory_profiler", line).text.startswith("Filename: In[1]\n\nLine #")
    assert shell.run("%load_ext peakline", line).text.startswith("work  In[1]:1  (1 call, heap)\n")
    memory_profiler_again = shell.run("%reload_ext memory_profiler", line)
    assert memory_profiler_again.text.startswith("Filename: In[1]\n\nLine #")
