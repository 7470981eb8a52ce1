# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Programs of a recorded tree notice nothing; those that cannot be recorded are listed."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from trees import SIZE, is_held, read, run, runs_as_without, write

from peakline import _executable

C_PROGRAM = """
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
int main(int count, char **words) {
  char *kept = malloc(7000000);
  memset(kept, count, 7000000);
  printf("%d %s\\n", kept[4711], getenv("LD_PRELOAD") ? "preloaded" : "as always");
  return count + 3;
}
"""


def built(folder: Path, name: str, *options: str, source: str = C_PROGRAM) -> Path:
    """A program in C."""
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.c").write_text(source)
    done = subprocess.run(
        ["cc", *options, "-o", folder / name, folder / f"{name}.c"],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        pytest.skip(f"cannot be built here: {done.stderr[-300:]}")
    return folder / name


def starting(path: Path | str) -> str:
    """A program that starts another in every way."""
    return f"""
    import os, subprocess
    path = {str(path)!r}
    def say(*words): print(*words, flush=True)
    def tried(call, *words):
        try:
            return call(*words)
        except OSError as error:
            return repr(error)
    done = tried(lambda: subprocess.run([path], capture_output=True, text=True))
    say(done if isinstance(done, str) else (done.returncode, done.stdout, done.stderr))
    say(os.system(path))
    say(subprocess.run(path, shell=True).returncode)
    with os.popen(path) as stream: say(stream.read())
    for spawn in os.posix_spawn, os.posix_spawnp:
        child = tried(spawn, path, [path, "word"], {{}})
        say(child if isinstance(child, str) else os.waitpid(child, 0)[1])
    for run in os.execv, os.execvp, lambda path, words: os.execve(path, words, {{"A": "b"}}):
        child = os.fork()
        if not child:
            say(tried(run, path, [path, "word"]))
            os._exit(9)
        say(os.waitpid(child, 0)[1])
    """


def test_children_in_c_are_recorded(tmp_path: Path) -> None:
    native = built(tmp_path / "bin", "native")
    tree = runs_as_without(tmp_path, starting(native), "--exact")
    holders = [one for one in tree.processes if one["live_at_end"] >= 7_000_000]
    assert [one["python"] for one in holders] == [None] * 9
    assert all(one["live_at_end"] < 7_100_000 for one in holders)
    assert tree.unrecorded == []


@pytest.mark.parametrize(
    ("reason", "options"),
    [
        ("static", ["-static"]),
        ("sanitizer", ["-fsanitize=address"]),
        ("sanitizer", ["-fsanitize=address", "-static-libasan"]),
        ("sanitizer", ["-fsanitize=leak"]),
        ("sanitizer", ["-fsanitize=thread"]),
    ],
    ids=lambda value: value if isinstance(value, str) else "".join(value),
)
def test_what_cannot_be_recorded_runs_as_always_and_is_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reason: str, options: list[str]
) -> None:
    # What they say of leaks has the number of their process.
    monkeypatch.setenv("ASAN_OPTIONS", "detect_leaks=0")
    monkeypatch.setenv("LSAN_OPTIONS", "detect_leaks=0")
    program = built(tmp_path / "bin", "program", *options)
    tree = runs_as_without(
        tmp_path,
        starting(program).replace("{}", "os.environ").replace('{"A": "b"}', "os.environ"),
        "--exact",
    )
    assert tree.unrecorded == [(reason, str(program))] * 9


def test_a_program_of_another_machine_is_listed(tmp_path: Path) -> None:
    source = tmp_path / "other.s"
    source.write_text(".globl _start\n_start:\n movl $1,%eax\n movl $9,%ebx\n int $0x80\n")
    program = tmp_path / "other"
    done = subprocess.run(
        ["cc", "-m32", "-nostdlib", "-static", "-o", program, source],
        capture_output=True,
        check=False,
    )
    if done.returncode or subprocess.run([program], check=False).returncode != 9:
        pytest.skip("there is no other machine's program that runs here")
    tree = runs_as_without(tmp_path, starting(program), "--exact")
    assert tree.unrecorded == [("architecture", str(program))] * 9


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives a program to another user")
def test_a_program_that_runs_as_another_user_is_listed(tmp_path: Path) -> None:
    program = built(tmp_path / "bin", "program")
    os.chown(program, 65534, 65534)
    program.chmod(0o4755)
    tree = runs_as_without(tmp_path, starting(program), "--exact")
    assert tree.unrecorded == [("setuid", str(program))] * 9


@pytest.mark.parametrize("what", ["missing", "no program", "folder", "broken"])
def test_what_does_not_start_gives_the_same_errors(tmp_path: Path, what: str) -> None:
    path = tmp_path / "thing"
    if what == "no program":
        path.write_text("nothing to be run")
    elif what == "folder":
        path.mkdir()
    elif what == "broken":
        path.write_bytes(b"\\x7fELF" + bytes(range(256)) * 3)
        path.chmod(0o755)
    tree = runs_as_without(tmp_path, starting(path), "--exact")
    assert tree.unrecorded == []
    # Nor where a name is looked for.
    runs_as_without(tmp_path / "named", starting("no-such-program-here"), "--exact")


ENVIRONMENT = """
import os, subprocess, sys
# Else these differ with the folder.
os.chdir("/")
os.environ["PWD"] = "/"
os.environ.pop("OLDPWD", None)
def show(words, **options):
    done = subprocess.run(words, capture_output=True, text=True, **options)
    print(words, done.returncode, done.stdout, done.stderr)
python = [sys.executable, "-c", "import os; print(os.environ)"]
programs = [["env"], ["env", "-i", "env"], ["bash", "-c", "declare -x"], ["sh", "-c", "export -p"]]
print(os.environ)
for words in *programs, python:
    show(words)
    for env in {}, {"A": "b"}, {"B": "1", "LD_PRELOAD": "", "C": "2"}, {"LD_PRELOAD": "/no.so"}:
        show(words, env={**env, "PATH": os.environ["PATH"]})
show("env; echo $LD_PRELOAD $PEAKLINE_RECORD $0 $#", shell=True)
sys.stdout.flush()
os.environ["LD_PRELOAD"] = ""
os.system("env; export -p; echo \\"$LD_PRELOAD\\" $PEAKLINE_RECORD $0 $#")
os.environ["WORD"] = "it's"
os.system("echo '$WORD' \\"$WORD\\" `echo back` \\\\; # no more\\n echo next; nosuch; exit 3")
print(os.system(""), os.system("if"), os.system("kill -9 $$"), os.system("(exit 300)"))
"""


def test_every_program_sees_the_environment_that_it_was_given(tmp_path: Path) -> None:
    tree = runs_as_without(tmp_path, ENVIRONMENT, "--exact")
    assert len(tree.processes) > 20


def test_no_descriptor_comes_to_children(tmp_path: Path) -> None:
    program = """
    import os, subprocess
    for fd in sorted(map(int, os.listdir("/proc/self/fd"))):
        try:
            if fd > 2: assert not os.get_inheritable(fd), fd
        except OSError:
            pass
    def names(): return sorted(int(fd) for fd in os.listdir("/proc/self/fd") if int(fd) < 100)
    print(names())
    if not os.fork():
        print(names(), flush=True)
        os._exit(0)
    os.wait()
    print(os.open("/dev/null", os.O_RDONLY), os.pipe())
    """
    runs_as_without(tmp_path, program, "--exact")


@pytest.mark.parametrize("mode", ["--exact", "--sample=64KiB"])
def test_programs_that_leave_nothing_as_it_was(tmp_path: Path, mode: str) -> None:
    program = """
    import os, subprocess, sys, worker
    os.closerange(3, 100_000)
    os.mkdir("other"); os.chdir("other"); os.umask(0o777)
    if not os.fork():
        worker.work(); os._exit(0)
    print(os.wait()[1])
    words = [sys.executable, "-c", "import worker; worker.work(); print(len(worker.held))"]
    print(subprocess.run(words, env={"PYTHONPATH": ".."}, capture_output=True))
    """
    tree = runs_as_without(tmp_path, program, mode)
    work = tree.work()
    if mode == "--exact":
        assert is_held(work.allocated, 2)
    else:
        assert abs(work.allocated - 2 * SIZE) < 6 * work.allocated_standard_error


def test_the_folder_is_deleted_while_it_runs(tmp_path: Path) -> None:
    program = """
    import os, shutil, subprocess, sys, worker
    shutil.rmtree("out.peakline")
    if not os.fork():
        worker.work(); os._exit(3)
    print(os.wait()[1])
    print(subprocess.run([sys.executable, "-c", "print(1)"], capture_output=True))
    print(os.system("exit 5"))
    """
    write(tmp_path, program)
    done = run(tmp_path, _executable.find(), "record", "-o", "out.peakline", "--exact")
    assert done.returncode == 0
    assert done.stdout.endswith("1280\n")
    assert done.stderr.startswith("peakline: what was recorded is lost")
    assert not (tmp_path / "out.peakline").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root mounts a small disk")
def test_the_disk_is_full(tmp_path: Path) -> None:
    small = tmp_path / "recorded"
    small.mkdir()
    options = ["-t", "tmpfs", "-o", "size=3m", "tmpfs"]
    if subprocess.run(["mount", *options, small], capture_output=True, check=False).returncode:
        pytest.skip("nothing can be mounted here")
    try:
        program = """
        import os, subprocess, sys, worker
        for _ in range(12):
            if not os.fork():
                worker.work(); os._exit(3)
            print(os.wait()[1])
        print(subprocess.run([sys.executable, "-c", "print(1)"], capture_output=True).stdout)
        """
        tree = runs_as_without(tmp_path, program, "--exact")
        assert tree.processes
        assert tree.report["caveats"]
    finally:
        subprocess.run(["umount", "-l", small], check=False)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root becomes another user")
def test_a_program_that_drops_its_rights(tmp_path: Path) -> None:
    program = """
    import os, subprocess, sys, worker
    worker.work()
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
    if not os.fork():
        worker.work(); os._exit(3)
    print(os.wait()[1])
    print(subprocess.run(["cat", "/proc/self/loginuid"], capture_output=True).returncode)
    """
    tree = runs_as_without(tmp_path, program, "--exact")
    assert is_held(tree.work().allocated, 1) or is_held(tree.work().allocated, 2)


def test_a_recording_within_a_recording(tmp_path: Path) -> None:
    program = """
    import subprocess, sys, worker
    from peakline import _executable
    worker.work()
    command = [_executable.find(), "record", "-q", "--exact", "--force", "-o", "inner.peakline"]
    inner = [*command, sys.executable, "-c", "import worker; worker.work()"]
    print(subprocess.run(inner).returncode)
    """
    tree = runs_as_without(tmp_path, program, "--exact")
    # Who asked for a recording of his own has it.
    assert is_held(tree.work().allocated, 1)
    inner = read(tree.path.parent / "inner.peakline", tree.done)
    assert is_held(inner.work().allocated, 1)
    assert len(inner.processes) == 1
