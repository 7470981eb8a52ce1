# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""`peakline.compare()`: alternatives with known peaks, in processes of their own."""

from __future__ import annotations

import functools
import json
import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alternatives import (
    MEGABYTE,
    NOISE,
    generated,
    listed,
    near,
    nothing,
    one_array,
    raising,
    two_arrays,
)
from programs import run

import peakline
from peakline import _compare, _render

# MARK: figures


def test_each_run_has_its_peak_what_it_keeps_and_what_it_allocates() -> None:
    result = peakline.compare(two_arrays, one=one_array, repeat=3)
    assert [alternative.name for alternative in result.alternatives] == ["two_arrays", "one"]
    for each in result["two_arrays"].runs:
        assert near(each.own_peak, 30)
        assert near(each.retained, 20)
        assert near(each.allocated, 30)
    for each in result["one"].runs:
        assert near(each.own_peak, 10)
        assert near(each.retained, 0)
        assert near(each.allocated, 10)
        assert 2 <= each.allocations < 100
        assert 0 < each.seconds < 60
    assert all(alternative.error is None for alternative in result.alternatives)
    assert [len(alternative.runs) for alternative in result.alternatives] == [3, 3]
    assert result.best == "one"


def test_a_generator_has_a_lower_peak_than_a_list_of_the_same() -> None:
    result = peakline.compare(listed, generated, repeat=2)
    assert result.best == "generated"
    assert min(each.own_peak for each in result["listed"].runs) > 200_000 * (8 + 32)
    assert max(each.own_peak for each in result["generated"].runs) < NOISE


def test_an_empty_alternative_costs_no_more_than_its_frame() -> None:
    for each in peakline.compare(nothing, repeat=3)["nothing"].runs:
        assert each.own_peak <= 1000
        assert each.allocations <= 1


def test_a_generator_and_a_coroutine_are_run_to_their_end() -> None:
    def numbers() -> Iterator[int]:
        yield 1
        yield len(bytearray(10 * MEGABYTE))

    async def task() -> bytearray:
        import asyncio

        await asyncio.sleep(0)
        return bytearray(10 * MEGABYTE)

    async def steps() -> Any:
        yield 1
        yield len(bytearray(10 * MEGABYTE))

    result = peakline.compare(numbers, task, steps, repeat=1)
    for alternative in result.alternatives:
        (each,) = alternative.runs
        assert 10 * MEGABYTE <= each.own_peak < 11 * MEGABYTE, alternative
    assert result["task"].runs[0].retained > 10 * MEGABYTE
    assert result["numbers"].runs[0].retained < MEGABYTE


def test_threads_of_an_alternative_are_said_not_to_be_counted() -> None:
    kept = []

    def threaded() -> None:
        thread = threading.Thread(target=lambda: kept.append(bytearray(10 * MEGABYTE)))
        thread.start()
        thread.join()

    sentence = "What the threads of 'threaded' allocate is not in its figures."
    result = peakline.compare(threaded, nothing, repeat=1)
    assert result["threaded"].runs[0].own_peak < MEGABYTE
    assert sentence in result.caveats
    assert "What the threads of 'nothing'" not in " ".join(result.caveats)


def test_times_are_taken_where_nothing_is_counted(tmp_path: Path) -> None:
    program = """
import peakline, sys
def counts():
    heap = sys.modules.get("peakline._heap")
    print(heap is not None and heap.is_on(), file=open("notes", "a"))
print(peakline.compare(counts, repeat=2).caveats)
peakline.watch()
print(peakline.compare(counts, repeat=1).caveats)
"""
    answer = run(tmp_path, "-c", program)
    notes = (tmp_path / "notes").read_text().split()
    assert notes == ["True", "False", "True", "False", "True", "True"]
    first, second = answer.stdout.splitlines()
    assert first == "()"
    assert "The times include counting" in second


def test_garbage_from_before_is_not_to_the_credit_of_whoever_collects_it() -> None:
    class Knot:
        def __init__(self) -> None:
            self.itself = self
            self.data = bytearray(10 * MEGABYTE)

    def collect() -> None:
        import gc

        gc.collect()

    Knot()
    assert peakline.compare(collect, repeat=1)["collect"].runs[0].retained > -MEGABYTE


# MARK: processes


def test_every_run_is_in_a_process_of_its_own_in_turn(tmp_path: Path) -> None:
    notes = tmp_path / "notes"

    def note(name: str) -> None:
        with notes.open("a") as file:
            print(name, os.getpid(), file=file)

    peakline.compare(a=functools.partial(note, "a"), b=functools.partial(note, "b"), repeat=3)
    lines = [line.split() for line in notes.read_text().splitlines()]
    # Each run once for the memory, once for the time.
    assert [name for name, _ in lines] == ["a", "a", "b", "b"] * 3
    assert len({pid for _, pid in lines} | {str(os.getpid())}) == 13


def test_an_alternative_finds_the_program_as_it_is_and_leaves_no_trace() -> None:
    state = ["before"]

    def change() -> None:
        assert state == ["before"]
        state.append("changed")
        os.environ["CHANGED"] = "yes"
        os.chdir("/")

    folder = os.getcwd()
    assert peakline.compare(change, repeat=3)["change"].error is None
    assert state == ["before"]
    assert "CHANGED" not in os.environ
    assert os.getcwd() == folder


def test_what_it_prints_is_dropped_and_what_it_complains_of_is_shown_once(
    capfd: pytest.CaptureFixture[str],
) -> None:
    def loud() -> None:
        print("printed")
        os.write(1, b"written\n")
        print("complained", file=sys.stderr, flush=True)
        os.write(2, b"low\n")
        os.system("echo echoed")

    print("pending", end="")
    result = peakline.compare(loud, repeat=3)
    print(" done")
    assert result["loud"].error is None
    said = capfd.readouterr()
    assert said.out == "pending done\n"
    assert said.err.splitlines() == ["complained", "low"]


def test_an_alternative_reads_nothing() -> None:
    result = peakline.compare(input, repeat=1)
    assert result["input"].error == "It ended with EOFError: EOF when reading a line."


# MARK: the result


def made(**peaks: list[int]) -> peakline.Comparison:
    return peakline.Comparison(
        peakline.Alternative(name, tuple(peakline.Run(peak, 1, 2, 3, 0.5) for peak in values), None)
        for name, values in peaks.items()
    )


@pytest.mark.parametrize(
    ("peaks", "best"),
    [
        ({"a": [1, 2, 3], "b": [4, 5, 6]}, "a"),
        ({"a": [4, 5, 6], "b": [1, 2, 3]}, "b"),
        ({"a": [1, 2, 4], "b": [4, 5, 6]}, None),
        ({"a": [1], "b": [1]}, None),
        ({"a": [1]}, None),
        ({"a": [1], "b": []}, None),
        ({"a": [3], "b": [2], "c": [1]}, "c"),
    ],
)
def test_the_best_is_lower_in_every_run(peaks: dict[str, list[int]], best: str | None) -> None:
    assert made(**peaks).best == best


def test_medians_are_of_each_figure() -> None:
    alternative = made(a=[3, 1, 2, 10])["a"]
    assert alternative.median() == peakline.Run(2, 1, 2, 3, 0.5)
    assert made(a=[])["a"].median() is None
    with pytest.raises(KeyError):
        made()["a"]


def test_its_json_is_what_the_reader_expects() -> None:
    result = peakline.compare(nothing, bad=raising(ValueError("x")), repeat=2)
    document = json.loads(result.to_json())
    assert document == result.to_dict()
    assert list(document) == ["schema", "kind", "python", "caveats", "alternatives"]
    assert document["schema"] == 2
    assert document["kind"] == "comparison"
    good, bad = document["alternatives"]
    assert list(good) == ["name", "error", "runs"]
    assert list(good["runs"][0]) == [
        *("own_peak", "retained", "allocated", "allocations", "seconds")
    ]
    assert bad == {"name": "bad", "error": "It ended with ValueError: x.", "runs": []}


def test_it_shows_itself_as_a_table() -> None:
    text = repr(made(lists=[3 << 20], arrays=[1 << 20]))
    assert "Own peak" in text
    assert "arrays has the lowest peak" in text
    assert "3.00 MiB" in text


def test_without_the_executable_it_is_a_plain_list(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def missing() -> str:
        raise _render.CannotRender("it is missing")

    monkeypatch.setattr(_render, "find", missing)
    result = made(a=[3 << 20])
    result.alternatives += (peakline.Alternative("b", (), "It was killed."),)
    monkeypatch.setattr(sys, "__stderr__", sys.stderr)
    assert result.to_text() == (
        "a: own peak 3.000 MiB, retained 0.000 MiB, allocated 0.000 MiB in 3 blocks, 0.5 s\n"
        "b: It was killed.\n"
    )
    assert capsys.readouterr().err == "peakline: a plain list is shown: it is missing\n"
    assert _compare.SCHEMA == 2
