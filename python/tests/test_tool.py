# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""The executable `peakline`, its second name `mprof`, and how Python finds them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from peakline import _executable, _version

SEVEN = ["run", "attach", "rm", "clean", "list", "plot", "peak"]


def run(
    *command: str | Path, environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Runs a command to its end, in this process's environment with the given changes."""
    return subprocess.run(
        [str(word) for word in command],
        env={**os.environ, **(environment or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.fixture(scope="module")
def tool() -> Path:
    return Path(_executable.find())


@pytest.fixture(scope="module")
def mprof(tool: Path) -> Path:
    return tool.with_name("mprof")


def is_one_sentence(text: str) -> bool:
    return text.endswith("\n") and text.count("\n") == 1 and "Traceback" not in text


def fake_python(directory: Path, name: str = "python3") -> Path:
    """A program that prints its arguments, one a line, in place of a Python."""
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / name
    path.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    path.chmod(0o755)
    return path


# ---- Versions and help


def test_the_executable_and_the_package_have_one_version(tool: Path) -> None:
    assert run(tool, "--version").stdout == f"peakline {_version.__version__}\n"


def test_mprof_has_the_same_version(mprof: Path) -> None:
    answer = run(mprof, "--version")
    assert (answer.returncode, answer.stderr) == (0, "")
    assert answer.stdout.split()[:2] == ["mprof", _version.__version__]


@pytest.mark.parametrize("arguments", [["--help"], ["-h"], []])
def test_help_is_a_success_and_shows_examples(tool: Path, arguments: list[str]) -> None:
    answer = run(tool, *arguments)
    assert (answer.returncode, answer.stderr) == (0, "")
    assert "peakline profile -f" in answer.stdout
    assert max(map(len, answer.stdout.splitlines())) <= 80


@pytest.mark.parametrize("flag", ["--help", "-h"])
def test_mprofs_help_is_a_success_and_lists_the_commands(mprof: Path, flag: str) -> None:
    answer = run(mprof, flag)
    assert (answer.returncode, answer.stderr) == (0, "")
    assert answer.stdout.startswith("Usage: mprof <command> <options> <arguments>\n")
    listed = [line.split()[0] for line in answer.stdout.splitlines() if line.startswith("    ")]
    assert listed == [*SEVEN, "export"]


# ---- Wrong usage


@pytest.mark.parametrize("arguments", [["nonsense"], ["--nonsense"], ["doctor", "--nonsense"]])
def test_wrong_usage_is_one_sentence_and_status_2(tool: Path, arguments: list[str]) -> None:
    answer = run(tool, *arguments)
    assert (answer.returncode, answer.stdout) == (2, "")
    assert is_one_sentence(answer.stderr)
    assert "--help" in answer.stderr


def test_mprof_without_a_command_is_its_help_and_a_failure(mprof: Path) -> None:
    answer = run(mprof)
    assert (answer.returncode, answer.stderr) == (1, "")
    assert answer.stdout == run(mprof, "--help").stdout


def test_an_unknown_command_of_mprof_is_one_sentence_and_status_2(mprof: Path) -> None:
    answer = run(mprof, "nonsense")
    assert (answer.returncode, answer.stdout) == (2, "")
    assert is_one_sentence(answer.stderr)


# ---- Finding a Python


def test_profile_hands_all_arguments_over_to_the_chosen_python(tool: Path, tmp_path: Path) -> None:
    python = fake_python(tmp_path)
    given = ["-f", "load", "--help", "--", "s.py", "--version", "two words", ""]
    answer = run(tool, "profile", *given, environment={"PEAKLINE_PYTHON": str(python)})
    assert answer.returncode == 0
    assert answer.stdout.split("\n")[:-1] == ["-m", "peakline", "profile", *given]


@pytest.mark.parametrize("flag", ["--help", "-h", "--version"])
def test_profiles_own_flags_are_left_to_python(tool: Path, tmp_path: Path, flag: str) -> None:
    python = fake_python(tmp_path)
    answer = run(tool, "profile", flag, environment={"PEAKLINE_PYTHON": str(python)})
    assert answer.stdout.split() == ["-m", "peakline", "profile", flag]


def test_profile_ends_with_the_status_of_the_python(tool: Path, tmp_path: Path) -> None:
    python = fake_python(tmp_path)
    python.write_text("#!/bin/sh\nexit 42\n")
    assert run(tool, "profile", environment={"PEAKLINE_PYTHON": str(python)}).returncode == 42


def test_the_python_beside_the_executable_is_used_through_a_link(
    tool: Path, tmp_path: Path
) -> None:
    fake_python(tmp_path / "path")
    link = tmp_path / "bin" / "peakline"
    link.parent.mkdir()
    link.symlink_to(tool)
    path = str(tmp_path / "path")
    doctor = json.loads(
        run(link, "doctor", "--json", environment={"PATH": path, "PEAKLINE_PYTHON": ""}).stdout
    )
    found = {finding["name"]: finding["detail"] for finding in doctor["findings"]}
    assert found["python"].startswith(f"{os.path.realpath(tool.parent)}/python3,")


def test_a_chosen_python_that_is_missing_is_one_sentence_and_status_127(tool: Path) -> None:
    answer = run(tool, "profile", environment={"PEAKLINE_PYTHON": "/nowhere/python"})
    assert (answer.returncode, answer.stdout) == (127, "")
    assert is_one_sentence(answer.stderr)
    assert "/nowhere/python" in answer.stderr


def test_a_python_that_the_kernel_refuses_is_one_sentence_and_status_126(
    tool: Path, tmp_path: Path
) -> None:
    broken = fake_python(tmp_path)
    broken.write_text("#!/nowhere/interpreter\n")
    answer = run(tool, "profile", environment={"PEAKLINE_PYTHON": str(broken)})
    assert (answer.returncode, answer.stdout) == (126, "")
    assert is_one_sentence(answer.stderr)


# ---- The alias


def test_mprof_works_through_links_and_with_an_empty_path(mprof: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    first.symlink_to(mprof)
    second.symlink_to(first)
    answer = run(second, "--version", environment={"PATH": ""})
    assert answer.stdout.startswith("mprof ")


def test_mprof_without_the_executable_beside_it_says_what_to_do(
    mprof: Path, tmp_path: Path
) -> None:
    alone = tmp_path / "mprof"
    alone.write_bytes(mprof.read_bytes())
    alone.chmod(0o755)
    answer = run(alone, "--version")
    assert (answer.returncode, answer.stdout) == (127, "")
    assert is_one_sentence(answer.stderr)
    assert "pip install" in answer.stderr


def test_the_module_mprof_is_the_command(mprof: Path) -> None:
    by_name, by_module = run(mprof, "--help"), run(sys.executable, "-m", "mprof", "--help")
    assert by_module.stdout == by_name.stdout


def test_the_module_mprof_without_the_executable_says_what_to_do(tmp_path: Path) -> None:
    package = Path(_executable.__file__).parent
    for name in ("peakline", "mprof"):
        (tmp_path / name).symlink_to(package.with_name(name))
    answer = run(
        sys.executable,
        "-c",
        "import sys; sys.executable = '/nowhere/python'\n"
        "import sysconfig; sysconfig.get_path = lambda *_: '/nowhere'\n"
        "import mprof; mprof.main()",
        environment={"PATH": "/nowhere", "PYTHONPATH": str(tmp_path)},
    )
    assert (answer.returncode, answer.stdout) == (127, "")
    assert is_one_sentence(answer.stderr)
    assert "pip install" in answer.stderr


# ---- The doctor


def test_the_doctor_finds_a_whole_installation_healthy(tool: Path) -> None:
    answer = run(tool, "doctor", environment={"PEAKLINE_PYTHON": sys.executable})
    assert answer.returncode == 0, answer.stdout
    assert not [line for line in answer.stdout.splitlines() if line.startswith("bad")]


def test_the_doctors_json_says_what_its_text_says(tool: Path) -> None:
    environment = {"PEAKLINE_PYTHON": sys.executable}
    text = run(tool, "doctor", environment=environment).stdout.splitlines()
    report = json.loads(run(tool, "doctor", "--json", environment=environment).stdout)
    assert report["version"] == _version.__version__
    assert report["healthy"] is True
    assert [finding["detail"] for finding in report["findings"]] == [
        line.split(maxsplit=2)[2] for line in text
    ]


def test_the_doctor_says_what_to_do_about_a_python_without_peakline(
    tool: Path, tmp_path: Path
) -> None:
    bare = tmp_path / "bare-python"
    bare.write_text(f'#!/bin/sh\nexec {sys.executable} -I -S "$@"\n')
    bare.chmod(0o755)
    answer = run(tool, "doctor", environment={"PEAKLINE_PYTHON": str(bare)})
    assert (answer.returncode, answer.stderr) == (1, "")
    (line,) = [line for line in answer.stdout.splitlines() if line.startswith("bad")]
    assert f"'{bare} -m pip install" in line


def test_the_doctor_says_when_the_chosen_python_is_none(tool: Path) -> None:
    answer = run(tool, "doctor", environment={"PEAKLINE_PYTHON": "/bin/false"})
    assert answer.returncode == 1
    assert "/bin/false does not work" in answer.stdout


# ---- The doctor, of the heap

JEMALLOC = Path("/usr/lib/x86_64-linux-gnu/libjemalloc.so.2")

SIZELESS = """
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>
static char room[256u << 20] __attribute__((aligned(64)));
static atomic_size_t used;
static void *take(size_t align, size_t size) {
  if (align < 16) align = 16;
  size_t start, end, old = used;
  do {
    start = (old + sizeof(size_t) + align - 1) / align * align;
    end = start + size;
    if (end > sizeof room) return NULL;
  } while (!atomic_compare_exchange_weak(&used, &old, end));
  ((size_t *)(room + start))[-1] = size;
  return room + start;
}
void *malloc(size_t size) { return take(16, size); }
void free(void *block) {}
void *calloc(size_t count, size_t size) { return take(16, count * size); }
void *realloc(void *block, size_t size) {
  void *fresh = take(16, size);
  if (!fresh || !block) return fresh;
  size_t old = ((size_t *)block)[-1];
  return memcpy(fresh, block, old < size ? old : size);
}
void *aligned_alloc(size_t align, size_t size) { return take(align, size); }
void *memalign(size_t align, size_t size) { return take(align, size); }
int posix_memalign(void **block, size_t align, size_t size) {
  return (*block = take(align, size)) ? 0 : 12;
}
"""
"""An allocator that gives everything once and tells no sizes."""


def heap_finding(tool: Path, tmp_path: Path, **environment: str) -> tuple[str, str]:
    """The state and the detail that the doctor gives of this Python in an environment."""
    # Of the Python alone: what is examined may be odd, the tool need not bear it.
    python = tmp_path / "odd-python"
    changes = "".join(f"export {name}='{value}'\n" for name, value in environment.items())
    python.write_text(f'#!/bin/sh\n{changes}exec {sys.executable} "$@"\n')
    python.chmod(0o755)
    answer = run(tool, "doctor", "--json", environment={"PEAKLINE_PYTHON": str(python)})
    assert answer.stderr == ""
    (finding,) = (
        finding for finding in json.loads(answer.stdout)["findings"] if finding["name"] == "heap"
    )
    return finding["state"], finding["detail"]


def test_the_doctor_says_what_is_counted_of_the_heap(tool: Path, tmp_path: Path) -> None:
    counted = "counted: malloc, mappings, Python's small objects"
    assert heap_finding(tool, tmp_path) == ("ok", counted)


def test_the_doctor_knows_objects_that_are_mallocs(tool: Path, tmp_path: Path) -> None:
    state, detail = heap_finding(tool, tmp_path, PYTHONMALLOC="malloc")
    assert (state, detail.partition(",")[0]) == ("ok", "counted: malloc")
    assert "which gives Python its small objects" in detail


@pytest.mark.skipif(not JEMALLOC.exists(), reason="there is no jemalloc")
def test_the_doctor_says_what_another_allocator_hides(tool: Path, tmp_path: Path) -> None:
    state, detail = heap_finding(tool, tmp_path, LD_PRELOAD=str(JEMALLOC))
    assert state == "note"
    assert "Another allocator stands in for malloc" in detail


@pytest.mark.skipif(not shutil.which("cc"), reason="there is no C compiler")
def test_the_doctor_says_when_the_heap_cannot_be_counted(tool: Path, tmp_path: Path) -> None:
    source, library = tmp_path / "sizeless.c", tmp_path / "sizeless.so"
    source.write_text(SIZELESS)
    built = run("cc", "-shared", "-fPIC", "-O1", "-fno-builtin", "-o", library, source)
    assert built.returncode == 0, built.stderr
    state, detail = heap_finding(tool, tmp_path, LD_PRELOAD=str(library))
    assert state == "note"
    assert "does not tell the sizes of its blocks" in detail
    assert "'--backend rss'" in detail
