# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Recording programs and threads that Python knows nothing of."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from captures import read, record

from peakline import _executable

MODES = ["--exact", "--sample=16KiB"]
STOPPED = 3

pytestmark = pytest.mark.skipif(not shutil.which("cc"), reason="there is no C compiler")


def compiled(source: Path, target: Path, *options: str) -> None:
    """Compiles a C file."""
    subprocess.run(["cc", "-O1", *options, "-o", target, source], check=True)


@pytest.mark.parametrize("mode", MODES)
def test_a_program_without_python_is_recorded_as_one(tmp_path: Path, mode: str) -> None:
    (tmp_path / "native.c").write_text(
        "#include <stdlib.h>\n#include <string.h>\n#include <pthread.h>\n"
        "static void *work(void *size) {\n"
        "  for (int n = 0; n < 1000; n++) { char *p = malloc((size_t)size); memset(p, 1, 8); }\n"
        "  return 0;\n}\n"
        "int main(void) {\n  pthread_t other;\n"
        "  pthread_create(&other, 0, work, (void *)5000);\n"
        "  work((void *)3000);\n  pthread_join(other, 0);\n  return 5;\n}\n"
    )
    program = tmp_path / "native"
    compiled(tmp_path / "native.c", program, "-pthread")
    capture_path = tmp_path / "out.peakline"
    done = subprocess.run(
        [_executable.find(), "record", "-q", mode, "-o", capture_path, program], check=False
    )
    assert done.returncode == 5
    capture = read(capture_path)
    assert capture.stacks_kind == 0
    live = sum(stack.live for stack in capture.stacks)
    if capture.is_exact:
        assert 8_000_000 < live < 8_000_000 + 2_000 * 16 + 4096
    assert 7_000_000 < capture.peak < 9_000_000


@pytest.mark.parametrize("mode", MODES)
def test_threads_that_begin_when_python_has_ended(tmp_path: Path, mode: str) -> None:
    (tmp_path / "late.c").write_text(
        "#include <stdlib.h>\n#include <stdio.h>\n#include <pthread.h>\n"
        "static void *work(void *none) { free(malloc(100000)); return none; }\n"
        "static void late(void) {\n"
        "  pthread_t other;\n"
        "  for (int n = 0; n < 4; n++) {\n"
        "    pthread_create(&other, 0, work, 0);\n    pthread_join(other, 0);\n  }\n"
        '  puts("ended");\n}\n'
        "void prepare(void) { atexit(late); }\n"
    )
    compiled(tmp_path / "late.c", tmp_path / "late.so", "-shared", "-fPIC", "-pthread")
    source = "import ctypes\nctypes.CDLL('./late.so').prepare()\n"
    _, done = record(tmp_path, source, mode, "-q")
    assert (done.returncode, done.stdout, done.stderr) == (0, "ended\n", "")


@pytest.mark.parametrize("mode", ["exact=True", "sample='4KiB'"])
def test_recordings_end_beside_threads_that_never_rest(tmp_path: Path, mode: str) -> None:
    (tmp_path / "busy.c").write_text(
        "#include <stdlib.h>\n#include <pthread.h>\n"
        "static volatile int stop;\nstatic pthread_t threads[4];\n"
        "static void *work(void *none) {\n"
        "  void *held[64];\n"
        "  while (!stop) {\n"
        "    for (int n = 0; n < 64; n++) held[n] = malloc(200 + n * 16);\n"
        "    for (int n = 0; n < 64; n++) free(held[n]);\n"
        "  }\n  return none;\n}\n"
        "void begin(void) {\n"
        "  for (int n = 0; n < 4; n++) pthread_create(threads + n, 0, work, 0);\n}\n"
        "void end(void) {\n  stop = 1;\n"
        "  for (int n = 0; n < 4; n++) pthread_join(threads[n], 0);\n}\n"
    )
    compiled(tmp_path / "busy.c", tmp_path / "busy.so", "-shared", "-fPIC", "-pthread")
    source = f"""
import ctypes, os, time
import peakline

library = ctypes.CDLL("./busy.so")
outer = peakline.record("outer.peakline", {mode}).start()
library.begin()
time.sleep(0.05)
for _ in range(5):
    with peakline.record("inner.peakline", {mode}):
        time.sleep(0.02)
    # What somebody may be writing into stays mapped.
    print(open("/proc/self/maps").read().count("inner.peakline"), end=" ")
    os.unlink("inner.peakline")
outer.stop()
library.end()
"""
    (tmp_path / "program.py").write_text(source)
    done = subprocess.run(
        [sys.executable, "program.py"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "0 0 0 0 0 ", "")
    assert read(tmp_path / "outer.peakline").state == STOPPED
