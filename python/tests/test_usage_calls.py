# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""memory_usage of a function: once, exact at its peak, and without a trace around it."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from known_memory import (
    MIB,
    PAGE,
    PAGES_PER_MIB,
    Pages,
    on_one_processor,
    rollup,
    spike,
    unreported_bytes,
)

from peakline import memory_usage

HERE = os.path.dirname(os.path.abspath(__file__))


def run(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a program that can import what this test can."""
    return subprocess.run(
        [sys.executable, *(arguments or ("-c", program))],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([HERE, *sys.path])},
    )


def threads() -> set[str]:
    """The threads of this process. One that has ended may still be there for a moment."""
    return set(os.listdir("/proc/self/task"))


@pytest.mark.parametrize("options", [{}, {"max_usage": True}, {"timeout": 0.001}, {"interval": 9}])
def test_a_function_runs_exactly_once(options: dict[str, object]) -> None:
    calls: list[int] = []
    memory_usage((calls.append, (1,)), **options)  # type: ignore[arg-type]
    assert calls == [1]


@pytest.mark.parametrize("mib", [1, 50])
def test_the_greatest_value_is_that_of_a_peak_far_shorter_than_any_interval(mib: int) -> None:
    with on_one_processor():
        before = rollup()["Rss"]
        found = memory_usage((spike, (mib,)), max_usage=True) * MIB
    # A few pages of the interpreter's own come and go.
    slack = unreported_bytes(1) + 16 * PAGE
    assert -slack <= found - before - mib * MIB <= 64 * PAGE


def test_the_greatest_value_of_a_series_is_that_of_the_peak() -> None:
    with on_one_processor():
        found = memory_usage((spike, (50,)), interval=10.0)
    assert -unreported_bytes() <= (max(found) - found[0] - 50) * MIB <= 64 * PAGE
    assert abs(found[-1] - found[0]) < 1, "the end is the end, not the peak"


def test_a_peak_before_the_call_is_none_of_its_business() -> None:
    spike(80)
    assert memory_usage((spike, (10,)), max_usage=True) < rollup()["Rss"] / MIB + 12


def test_nested_calls_do_not_spoil_each_other() -> None:
    def outer() -> tuple[float, float]:
        spike(60)
        small = memory_usage((spike, (10,)), max_usage=True)
        series = memory_usage((spike, (20,)))
        return small, max(series)

    base = rollup()["Rss"] / MIB
    high, (small, middle) = memory_usage(outer, max_usage=True, retval=True)
    series, _ = memory_usage(outer, retval=True)
    assert 59 < high - base < 62
    assert 9 < small - base < 12
    assert 19 < middle - base < 22
    assert 59 < max(series) - base < 62


def test_calls_on_several_threads_do_not_spoil_each_other() -> None:
    found: dict[int, float] = {}

    def work(number: int) -> None:
        found[number] = memory_usage((spike, (20, 0.02)), max_usage=number % 2 == 0, retval=False)

    base = rollup()["Rss"] / MIB
    workers = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in workers:
        thread.start()
    for thread in workers:
        thread.join()
    for number, value in found.items():
        height = value if number % 2 == 0 else max(value)  # type: ignore[call-overload]
        assert 19 < height - base < 8 * 20 + 5


def test_the_greatest_value_starts_no_thread_and_leaves_none() -> None:
    before = threads()
    assert memory_usage(threads, max_usage=True, retval=True)[1] <= before
    assert len(memory_usage(threads, retval=True)[1] - before) == 1
    assert threads() <= before


def test_a_timeout_ends_the_series_but_not_the_function() -> None:
    found, returned = memory_usage(
        (spike, (1, 0.2)), interval=0.01, timeout=0.05, timestamps=True, retval=True
    )
    assert returned == "done"
    assert found[-1][1] - found[0][1] < 0.15
    assert 3 <= len(found) <= 8


@pytest.mark.parametrize("kind", [ValueError, SystemExit, KeyboardInterrupt, GeneratorExit])
@pytest.mark.parametrize("max_usage", [False, True])
def test_any_exception_passes_unchanged(kind: type[BaseException], max_usage: bool) -> None:
    raised = kind("mine")
    before = threads()

    def fail() -> None:
        raise raised

    with pytest.raises(kind) as caught:
        memory_usage(fail, max_usage=max_usage)
    assert caught.value is raised
    assert raised.__context__ is None
    assert threads() <= before


@pytest.mark.parametrize("options", ["", ", max_usage=True", ", include_children=True"])
def test_an_exit_inside_the_function_ends_the_program_with_its_status(options: str) -> None:
    program = "import sys\nfrom peakline import memory_usage\n"
    done = run(f"{program}memory_usage((sys.exit, (3,)){options})")
    assert done.returncode == 3
    assert done.stderr == ""


def test_an_interrupt_inside_the_function_ends_the_program_at_once() -> None:
    done = run(
        "import os, signal, time\n"
        "from peakline import memory_usage\n"
        "def f():\n"
        "    os.kill(os.getpid(), signal.SIGINT)\n"
        "    time.sleep(30)\n"
        "memory_usage(f)\n"
    )
    assert done.returncode == -signal.SIGINT
    assert done.stderr.rstrip().endswith("KeyboardInterrupt")


def test_the_programs_children_survive_an_exception() -> None:
    child = subprocess.Popen(["sleep", "60"])

    def fail() -> None:
        raise ValueError("mine")

    for include_children in (False, True):
        with pytest.raises(ValueError, match="mine"):
            memory_usage(fail, include_children=include_children)
    assert child.poll() is None
    child.kill()
    child.wait()


def test_descendants_are_counted_and_nothing_of_ours() -> None:
    found = memory_usage((time.sleep, (0.05,)), interval=0.005, include_children=True)
    assert max(found) - found[0] < 0.5
    assert abs(found[0] - rollup()["Rss"] / MIB) < 1

    def with_child() -> None:
        program = "import time; b = bytearray(30 * 2**20); time.sleep(.2)"
        subprocess.run([sys.executable, "-c", program], check=True)

    found = memory_usage(with_child, interval=0.01, include_children=True)
    assert 30 < max(found) - found[0] < 60
    greatest = memory_usage(with_child, interval=0.01, include_children=True, max_usage=True)
    assert 30 < greatest - found[0] < 60


def test_a_fork_under_a_greatest_value_warns_of_nothing_and_the_child_measures_itself() -> None:
    done = run(
        "import os, warnings\n"
        "warnings.simplefilter('error')\n"
        "from known_memory import spike, rollup\n"
        "from peakline import memory_usage\n"
        "def f():\n"
        "    pid = os.fork()\n"
        "    if pid == 0:\n"
        "        base = memory_usage()[0]\n"
        "        high = memory_usage((spike, (30,)), max_usage=True)\n"
        "        series = memory_usage((spike, (20,)))\n"
        "        os._exit(7 if 29 < high - base < 33 and 19 < max(series) - base < 23 else 1)\n"
        "    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])\n"
        "assert memory_usage(f, max_usage=True, retval=True)[1] == 7\n"
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""


def test_a_fork_right_after_a_series_finds_no_thread_to_warn_of() -> None:
    done = run(
        "import os, warnings\n"
        "warnings.simplefilter('error')\n"
        "from peakline import memory_usage\n"
        "for _ in range(300):\n"
        "    memory_usage(lambda: None)\n"
        "    pid = os.fork()\n"
        "    if pid == 0: os._exit(0)\n"
        "    os.waitpid(pid, 0)\n"
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("options", ["", ", max_usage=True"])
def test_a_child_forked_in_the_middle_ends_the_call_without_the_thread(options: str) -> None:
    done = run(
        "import os, time\n"
        "from peakline import memory_usage\n"
        "def f():\n"
        "    time.sleep(.02)\n"
        "    return os.fork()\n"
        f"memory, pid = memory_usage(f, interval=.001, retval=True{options})\n"
        "highest = memory if isinstance(memory, float) else max(memory)\n"
        "assert 3 < highest < 500\n"
        "if pid == 0: os._exit(5)\n"
        "assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 5\n"
        "print('fine')\n"
    )
    assert done.stdout == "fine\n", done.stderr


def test_closing_every_descriptor_in_the_middle_does_not_hurt() -> None:
    done = run(
        "import os, sys, time\n"
        "from known_memory import Pages, spike\n"
        "from peakline import memory_usage\n"
        "def f():\n"
        "    os.closerange(3, 4096)\n"
        "    with Pages(20 * 256): time.sleep(.05)\n"
        "    numbers = [os.dup(0) for _ in range(10)]\n"
        "    assert numbers == list(range(3, 13)), numbers\n"
        "ways = {}, {'max_usage': True}, {'backend': 'uss'}, {'include_children': True}\n"
        "for options in ways:\n"
        "    base = memory_usage(backend=options.get('backend'))[0]\n"
        "    found = memory_usage(f, interval=.002, **options)\n"
        "    high = max(found) if isinstance(found, list) else found\n"
        "    assert 19 < high - base < 25, (options, high - base)\n"
        "print('fine')\n"
    )
    assert done.stdout == "fine\n", done.stderr


def test_the_sampling_thread_takes_no_descriptor_of_the_program() -> None:
    def busy() -> set[int]:
        seen = set()
        end = time.monotonic() + 0.1
        while time.monotonic() < end:
            number = os.dup(0)
            seen.add(number)
            os.close(number)
        return seen

    memory_usage()
    _, seen = memory_usage(busy, interval=0.0001, include_children=True, retval=True)
    assert len(seen) == 1


def test_the_sampling_thread_receives_no_signal() -> None:
    ticks: list[int] = []
    before = signal.signal(signal.SIGALRM, lambda *_: ticks.append(1))

    def blocked() -> dict[str, bool]:
        """Of each thread: whether it blocks the signal."""
        answer = {}
        for status in Path("/proc/self/task").glob("*/status"):
            mask = re.search(r"^SigBlk:\s*(\w+)", status.read_text(), re.MULTILINE)
            assert mask is not None
            answer[status.parent.name] = bool(int(mask[1], 16) >> (signal.SIGALRM - 1) & 1)
        return answer

    def busy() -> list[bool]:
        new = [value for thread, value in blocked().items() if thread not in known]
        signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
        end = time.monotonic() + 60
        while len(ticks) <= 20 and time.monotonic() < end:
            pass
        signal.setitimer(signal.ITIMER_REAL, 0)
        return new

    known = blocked()
    try:
        found, new = memory_usage(busy, interval=0.001, retval=True)
    finally:
        signal.signal(signal.SIGALRM, before)
    assert new == [True]
    assert len(found) >= 3
    assert len(ticks) > 20


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_it_works_in_a_daemonic_pool_worker(method: str, tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "import multiprocessing\n"
        "from known_memory import spike\n"
        "from peakline import memory_usage\n"
        "def work(mib):\n"
        "    assert multiprocessing.current_process().daemon\n"
        "    series, result = memory_usage((spike, (mib,)), retval=True)\n"
        "    high = memory_usage((spike, (mib,)), max_usage=True)\n"
        # A forked child's own pages come one by one, beside what is measured.
        "    rises = max(series) - series[0], high - series[0]\n"
        "    return [mib - 0.5 < rise < mib + 2 for rise in rises], result\n"
        "if __name__ == '__main__':\n"
        f"    with multiprocessing.get_context('{method}').Pool(2) as pool:\n"
        "        print(pool.map(work, [10, 20]))\n"
    )
    done = run("", str(script))
    assert done.stdout == f"{[([True, True], 'done')] * 2}\n", done.stderr


@pytest.mark.parametrize("method", ["spawn", "forkserver"])
def test_a_script_without_a_guard_runs_once_under_any_start_method(
    method: str, tmp_path: Path
) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "import multiprocessing\n"
        f"multiprocessing.set_start_method('{method}')\n"
        "from peakline import memory_usage\n"
        "print(len(memory_usage((print, ('once',)))) >= 3)\n"
    )
    done = run("", str(script))
    assert done.stdout == "once\nTrue\n", done.stderr


def test_memory_that_stays_is_in_the_last_reading() -> None:
    kept: list[Pages] = []
    found = memory_usage((lambda: kept.append(Pages(25 * PAGES_PER_MIB)),))
    assert 24 < found[-1] - found[0] < 26
    kept[0].close()


def test_a_long_series_keeps_every_reading() -> None:
    found = memory_usage((time.sleep, (0.6,)), interval=0.0001, timestamps=True)
    assert len(found) > 2000
    times = [seconds for _, seconds in found]
    assert times == sorted(times)


@pytest.mark.skipif(os.getuid() != 0, reason="only root can make /proc read-only for one program")
@pytest.mark.skipif(shutil.which("unshare") is None, reason="needs unshare")
def test_where_the_mark_cannot_be_reset_a_new_height_is_still_exact(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "from known_memory import spike\n"
        "from peakline import memory_usage\n"
        "from peakline._series import Peak\n"
        "spike(20)\n"
        "base = memory_usage()[0]\n"
        "one = memory_usage((spike, (50,)), max_usage=True) - base\n"
        "two = max(memory_usage((spike, (60,)), interval=9)) - base\n"
        # Lower than what was before: only readings could see it, and there are none in between.
        "three = max(memory_usage((spike, (10,)), interval=9)) - base\n"
        "print(Peak().is_kept, round(one), round(two), three < 5)\n"
    )
    mount = 'mount -o bind,ro /proc /proc && exec "$0" "$1"'
    done = run(
        "",
        "-c",
        "import os, sys; os.execvp(sys.argv[1], sys.argv[1:])",
        "unshare",
        "-m",
        "sh",
        "-c",
        mount,
        sys.executable,
        str(script),
    )
    if "mount" in done.stderr or "unshare" in done.stderr:
        pytest.skip("this machine does not let /proc be made read-only")
    assert done.stdout == "False 50 60 True\n", done.stderr
