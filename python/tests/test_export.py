# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""`peakline export`: what other programs read is what the reports say, to the byte."""

from __future__ import annotations

import csv
import io
import json
import os
import pty
import resource
import shutil
import struct
import subprocess
from collections import defaultdict
from pathlib import Path
from typing import Any

import packing
import pytest
from captures import record
from exports import Place, Profile, check_speedscope, collapsed, pprof

from peakline import _executable

# Functions and files of names that are odd in one form or another, on two threads. What stands for
# the bytes below is put in afterwards, since Python's own names cannot hold them.
PROGRAM = r"""
import os, threading, time

kept = []

def template(depth):
    if depth:
        return call(depth - 1)
    kept.append(bytearray(50_000))
    kept.append([object() for _ in range(50)])

NAMES = [
    "a;b", 'say "x", y', "line\nbreak", "carriage\r\nreturn", "<script>alert(1)</script>",
    "back\\slash\\n", "tab\t", "  blanks  ", "12", "名前 🙂", "\u2028\x85\x1b[31m", "=1+1",
    "NULNULNUL", "ODDODDODD",
]

def run():
    global call
    for name in NAMES:
        code = template.__code__.replace(
            co_name=name, co_filename=f"/srv/{name}.py", **(
                {"co_qualname": name} if hasattr(template.__code__, "co_qualname") else {}))
        call = type(template)(code, globals())
        call(3)
        bytearray(200_000)

def work():
    run()
    # Until its thread has got its name, which the main thread gives it between two instructions.
    named.wait()

run()
named = threading.Event()
other = threading.Thread(target=work, name='worker "2"; 7')
other.start()
while len(kept) < 4 * len(NAMES):
    time.sleep(0.001)
for _ in range(100):
    time.sleep(0.001)
named.set()
other.join()
kept.append(bytearray(3_000_000))
del kept[:20]
os._exit(0)
"""
KEYS = ("at_peak", "live_at_end", "allocated", "allocations", "temporary")
VALUES = tuple(key.replace("_", "-") for key in KEYS)


def peakline(*words: str | Path, **options: Any) -> subprocess.CompletedProcess[bytes]:
    """Runs a command; it must succeed in silence."""
    done = run(*words, **options)
    assert (done.returncode, done.stderr) == (0, b"")
    return done


def run(*words: str | Path, **options: Any) -> subprocess.CompletedProcess[bytes]:
    """Runs a command."""
    command = [_executable.find(), *map(str, words)]
    return subprocess.run(command, capture_output=True, check=False, **options)


@pytest.fixture(scope="module", params=["exact", "sampled"])
def capture(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A capture with odd names."""
    folder = tmp_path_factory.mktemp("export")
    mode = ["--exact"] if request.param == "exact" else ["--sample", "4k"]
    _, done = record(folder, PROGRAM, *mode, "-q")
    assert (done.returncode, done.stderr) == (0, "")
    path = folder / "out.peakline"
    data = path.read_bytes()
    assert b"NULNULNUL" in data
    assert packing.tables(data)
    for name, odd in ((b"NULNULNUL", b"nul\0byte\0"), (b"ODDODDODD", b"\xff\xfe odd \xc3\x80")):
        assert len(name) == len(odd)
        data = data.replace(name, odd)
    summed = bytearray(data)
    struct.pack_into("<Q", summed, packing.PACKING + 8, packing.checksum(data[packing.BODY :]))
    path.write_bytes(summed)
    return path


def document(path: Path, report: str, *options: str) -> Any:
    """A report as JSON."""
    return json.loads(peakline(report, path, "--json", *options).stdout)


def lines(path: Path, key: str, *options: str) -> dict[Place, Any]:
    """Of each line what `report` says; lines without any of it are left out."""
    found: dict[Place, Any] = defaultdict(int)
    for line in document(path, "report", *options)["lines"]:
        if line[key]:
            found[line["file"], line["line"], line["function"]] += line[key]
    return dict(found)


def sums(profile: Profile, index: int) -> dict[Place, int]:
    """Of each line what the samples add up to, which in a window may be nothing."""
    found: dict[Place, int] = defaultdict(int)
    for sample in profile.samples:
        found[sample.frames[-1]] += sample.values[index]
    return {place: value for place, value in found.items() if value}


def assert_equal(found: dict[Any, int], expected: dict[Any, Any], key: str) -> None:
    """To the byte; blocks, of which there are fractions, to the nearest whole number."""
    if key != "allocations":
        assert found == expected
        return
    for place in found.keys() | expected.keys():
        assert abs(found.get(place, 0) - expected.get(place, 0)) <= 0.5 + 1e-6


def export(path: Path, form: str, *options: str) -> bytes:
    """What is written to the standard output."""
    return peakline("export", path, "--to", form, *options).stdout


FILTERS: tuple[tuple[str, ...], ...] = (
    (),
    ("--hide", "<script>*"),
    ("--only", "/srv/*"),
    ("--thread", "worker*"),
)


@pytest.mark.parametrize("options", FILTERS, ids=" ".join)
def test_pprof_adds_up(capture: Path, options: tuple[str, ...]) -> None:
    profile = pprof(export(capture, "pprof", *options))
    units = ["bytes"] * 3 + ["count", "bytes"]
    assert profile.types == list(zip(KEYS, units, strict=True))
    for index, key in enumerate(KEYS):
        assert_equal(sums(profile, index), lines(capture, key, *options), key)
    report = document(capture, "report", *options)
    assert sum(sample.values[0] for sample in profile.samples) == report["in_lines"]


def test_pprof_is_the_tree_from_the_root_on(capture: Path) -> None:
    profile = pprof(export(capture, "pprof"))
    threads: dict[str, int] = defaultdict(int)
    outermost: dict[tuple[str, Place], int] = defaultdict(int)
    for sample in profile.samples:
        threads[sample.labels["thread"]] += sample.values[0]
        outermost[sample.labels["thread"], sample.frames[0]] += sample.values[0]
    tree = document(capture, "tree")["tree"]
    assert tree["at_peak"] == sum(threads.values())
    assert len(tree["children"]) + tree["smaller"] == len(
        [size for size in threads.values() if size]
    )
    for thread in tree["children"]:
        # The reports show no controls.
        name = thread["function"]
        assert threads[name] == thread["at_peak"]
        for call in thread["children"]:
            place = call["file"], call["line"], call["function"]
            assert outermost[name, place] == call["at_peak"]


def test_pprof_says_what_it_is_about(capture: Path) -> None:
    profile = pprof(export(capture, "pprof"))
    report = document(capture, "report")
    assert profile.default == "at_peak"
    assert pprof(export(capture, "pprof", "--value", "allocated")).default == "allocated"
    assert profile.started > 1_700_000_000 * 10**9
    assert profile.duration == pytest.approx(report["duration"] * 1e9, abs=1)
    assert profile.period == report["interval"]
    assert profile.comments[0] == "command: " + report["processes"][0]["command"]
    errors = [comment for comment in profile.comments if "error of at_peak" in comment]
    if report["mode"] == "exact":
        assert errors == []
    else:
        error = round(report["in_lines_standard_error"])
        assert errors == [f"standard error of at_peak: {error} bytes"]
    run_line = PROGRAM.split("\n").index("def run():") + 1
    # CPython 3.10 does not tell a thread's own `run` by its name.
    found = {
        line
        for (file, name), line in profile.first_lines.items()
        if name == "run" and "threading" not in file
    }
    assert found == {run_line}


@pytest.mark.skipif(shutil.which("go") is None, reason="Go's pprof is not installed")
def test_pprof_itself_reads_it(capture: Path, tmp_path: Path) -> None:
    path = tmp_path / "out.pb"
    peakline("export", capture, "--to", "pprof", "-o", path)
    samples = pprof(path.read_bytes()).samples
    for index, key in enumerate(KEYS):
        total = sum(sample.values[index] for sample in samples)
        options = [f"-sample_index={key}", "-unit=bytes" if key != "allocations" else "-unit=count"]
        done = subprocess.run(
            ["go", "tool", "pprof", "-top", "-lines", "-nodefraction=0", *options, path],
            capture_output=True,
            text=True,
            check=True,
        )
        unit = "" if key == "allocations" else "B"
        assert f"of {total}{unit} total" in done.stdout
    raw = subprocess.run(["go", "tool", "pprof", "-raw", path], capture_output=True, check=True)
    assert b"at_peak/bytes[dflt]" in raw.stdout


def test_the_stacks_are_the_same_in_all_forms(capture: Path) -> None:
    profile = pprof(export(capture, "pprof"))
    flame = json.loads(export(capture, "speedscope"))
    check_speedscope(flame)
    frames = flame["shared"]["frames"]
    assert {profile["name"] for profile in flame["profiles"]} >= {"at peak", "allocated"}
    for index, (key, value) in enumerate(zip(KEYS, VALUES, strict=True)):
        # Thread and stack, as a row of a folded file has them.
        expected: dict[tuple[str, ...], int] = defaultdict(int)
        places: dict[tuple[Any, ...], int] = defaultdict(int)
        for sample in profile.samples:
            if sample.values[index] > 0:
                names = [
                    name if file is None else f"{name} ({file}:{line})"
                    for file, line, name in sample.frames
                ]
                thread = sample.labels["thread"]
                stack = [(file, line) for file, line, _ in sample.frames]
                expected[(thread, *names)] += sample.values[index]
                places[(thread, *stack)] += sample.values[index]
        rows = collapsed(export(capture, "collapsed", "--value", value))
        assert len(rows) == len(dict(rows))
        assert dict(rows) == expected
        alone = json.loads(export(capture, "speedscope", "--value", value))
        check_speedscope(alone)
        (alone_profile,) = alone["profiles"]
        unit = "none" if key == "allocations" else "bytes"
        assert (alone_profile["name"], alone_profile["unit"]) == (key.replace("_", " "), unit)
        if alone_profile["weights"]:
            assert alone_profile in flame["profiles"]
        found: dict[tuple[Any, ...], int] = defaultdict(int)
        for sampled, weight in zip(alone_profile["samples"], alone_profile["weights"], strict=True):
            first, *rest = (frames[frame] for frame in sampled)
            stack = [(one.get("file"), one.get("line")) for one in rest]
            found[(first["name"], *stack)] += weight
        assert found == places


@pytest.mark.parametrize("options", FILTERS, ids=" ".join)
def test_csv_has_the_lines_of_the_report(capture: Path, options: tuple[str, ...]) -> None:
    data = export(capture, "csv", *options)
    rows = list(csv.DictReader(io.StringIO(data.decode(), newline="")))
    expected = document(capture, "report", *options)["lines"]
    assert list(rows[0]) == list(expected[0])
    for row, line in zip(rows, expected, strict=True):
        for key, value in line.items():
            if isinstance(value, str):
                assert row[key] == value.replace("\0", "\u2400")
            else:
                assert row[key] == ("" if value is None else json.dumps(value))


def test_json_is_that_of_the_report(capture: Path) -> None:
    for options in FILTERS:
        assert (
            export(capture, "json", *options)
            == peakline("report", capture, "--json", *options).stdout
        )


def test_names_are_not_altered(capture: Path) -> None:
    names = {
        frame[2] for sample in pprof(export(capture, "pprof")).samples for frame in sample.frames
    }
    assert names >= {
        *("a;b", 'say "x", y', "line\nbreak", "carriage\r\nreturn", "<script>alert(1)</script>"),
        *("back\\slash\\n", "  blanks  ", "12", "名前 🙂", "\u2028\x85\x1b[31m", "nul\0byte\0"),
    }
    assert any("\N{REPLACEMENT CHARACTER}" in name for name in names)


def test_moments_come_from_the_timeline(capture: Path) -> None:
    end = document(capture, "report")["duration"]
    at = ("--at", f"{end / 2:.3f}s")
    profile = pprof(export(capture, "pprof", *at))
    assert (profile.types[0], profile.default) == (("held", "bytes"), "held")
    assert sums(profile, 0) == lines(capture, "held", *at)
    window = ("--window", f"0s,{end:.3f}s")
    profile = pprof(export(capture, "pprof", *window))
    assert profile.types[0] == ("increase", "bytes")
    assert sums(profile, 0) == lines(capture, "increase", *window)
    assert b",increase," in export(capture, "csv", *window)
    done = run("export", capture, "--to", "collapsed", *window)
    assert done.returncode == 0
    negative = [sample.values[0] for sample in profile.samples if sample.values[0] < 0]
    assert (b"left out" in done.stderr) == bool(negative)
    increase = sum(sample.values[0] for sample in profile.samples) - sum(negative)
    assert sum(size for _, size in collapsed(done.stdout)) == increase


def test_files_and_pipes(capture: Path, tmp_path: Path) -> None:
    written = tmp_path / "out.csv"
    written.write_text("x" * 10_000_000)
    done = peakline("export", capture, "--to", "csv", "-o", written)
    assert done.stdout == b""
    assert written.read_bytes() == export(capture, "csv")
    newest = peakline("export", "--to", "csv", cwd=capture.parent)
    assert newest.stdout == written.read_bytes()
    with capture.open("rb") as file:
        piped = peakline("export", "-", "--to", "csv", stdin=file)
    assert piped.stdout == written.read_bytes()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--to", "xml"], b"pprof"),
        ([], b"--to"),
        (["--to", "csv", "--value", "allocated"], b"leave out --value"),
        (["--to", "pprof", "--value", "most"], b"live-at-end"),
        (["--to", "pprof", "--at", "1s", "--value", "at-peak"], b"leave out --value at-peak"),
        (["--to", "pprof", "--at", "1s", "--window", "1s,2s"], b"leave one of them out"),
        (["--to", "pprof", "--thread", "nobody"], b"there is no thread 'nobody'"),
        (["--to", "pprof", "--at", "9d"], b"choose a moment between"),
        (["--to", "csv", "-o", "/nowhere/x"], b"/nowhere/x cannot be written: No such file"),
        (["--to", "csv", "-o", "/dev/full"], b"/dev/full cannot be written: No space left"),
        (["--to", "csv", "-o", "out.peakline"], b"it is the capture: name another file"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(capture: Path, words: list[str], said: bytes) -> None:
    before = capture.read_bytes()
    done = run("export", "out.peakline", *words, cwd=capture.parent)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.startswith(b"peakline: ")
    assert done.stderr.count(b"\n") == 1
    assert said in done.stderr
    assert capture.read_bytes() == before


def test_what_is_no_capture_is_refused(tmp_path: Path) -> None:
    other = tmp_path / "lines.json"
    other.write_text("{}")
    done = run("export", other, "--to", "csv")
    assert done.returncode == 1
    assert done.stderr.startswith(b"peakline: ")
    done = run("export", "--to", "csv", cwd=tmp_path)
    assert done.returncode == 2
    assert b"there is no capture" in done.stderr


def test_a_full_standard_output_is_said(capture: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [_executable.find(), "export", str(capture), "--to", "speedscope"],
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert done.returncode == 2
    assert done.stderr == (
        b"peakline: the standard output cannot be written: No space left on device\n"
    )


def test_a_limit_of_size_is_said(capture: Path, tmp_path: Path) -> None:
    done = run(
        *("export", capture, "--to", "speedscope", "-o", tmp_path / "out"),
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000)),
        # So that writing fails, and is no signal.
        restore_signals=False,
    )
    assert done.returncode == 2
    assert b"cannot be written: File too large" in done.stderr


def test_a_terminal_is_spared_what_is_no_text(capture: Path) -> None:
    ours, theirs = pty.openpty()
    done = subprocess.run(
        [_executable.find(), "export", str(capture), "--to", "pprof"],
        stdout=theirs,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(theirs)
    os.close(ours)
    assert done.returncode == 2
    assert b"name a file with -o" in done.stderr
