# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Readers of the forms of `peakline export`, written from the descriptions of these forms alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

Place = tuple[str | None, int | None, str]
"""A line: its file, its number, its function; None for the first two of what is no line."""


class Sample(NamedTuple):
    """What was allocated with one stack; the outermost frame comes first."""

    frames: tuple[Place, ...]
    values: tuple[int, ...]
    labels: dict[str, str]


class Profile(NamedTuple):
    """A profile of pprof."""

    types: list[tuple[str, str]]
    default: str
    samples: list[Sample]
    comments: list[str]
    started: int
    duration: int
    period: int
    first_lines: dict[tuple[str, str], int]


def fields(data: bytes) -> Iterator[tuple[int, Any]]:
    """The fields of a message of protocol buffers: numbers, and integers or bytes."""
    at = 0

    def varint() -> int:
        nonlocal at
        number = shift = 0
        while True:
            byte = data[at]
            at += 1
            number |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return number - (1 << 64) if number >= 1 << 63 else number

    while at < len(data):
        key = varint()
        if key & 7 == 0:
            yield key >> 3, varint()
        else:
            assert key & 7 == 2, "pprof's format has integers, texts and messages only"
            size = varint()
            assert at + size <= len(data)
            yield key >> 3, data[at : at + size]
            at += size


def message(data: bytes) -> dict[int, list[Any]]:
    """The fields of a message by their numbers."""
    found: dict[int, list[Any]] = {}
    for number, value in fields(data):
        found.setdefault(number, []).append(value)
    return found


def integers(values: list[Any]) -> list[int]:
    """The integers of a repeated field, which may be packed."""
    found: list[int] = []
    for value in values:
        if isinstance(value, int):
            found.append(value)
        else:
            # What is packed has no keys: each is given one.
            for byte_run in re.findall(rb"[\x80-\xff]*[\x00-\x7f]", value, re.DOTALL):
                found += [number for _, number in fields(b"\x08" + byte_run)]
    return found


def pprof(data: bytes) -> Profile:
    """Reads a profile, and checks what its format demands."""
    whole = message(data)
    texts = [text.decode() for text in whole[6]]
    assert texts[0] == ""
    assert len(set(texts)) == len(texts)
    assert 7 not in whole, "no frames are dropped"
    assert set(whole) <= {1, 2, 3, 4, 5, 6, 9, 10, 11, 12, 13, 14}

    def one(found: dict[int, list[Any]], number: int) -> int:
        (value,) = found.get(number, [0])
        assert isinstance(value, int)
        return value

    types = [
        (texts[one(type_, 1)], texts[one(type_, 2)]) for type_ in map(message, whole.get(1, []))
    ]
    functions = {}
    for function in map(message, whole.get(5, [])):
        assert one(function, 1) not in functions
        assert one(function, 1) > 0
        functions[one(function, 1)] = (
            texts[one(function, 2)],
            texts[one(function, 4)],
            one(function, 5),
        )
    mappings = {one(mapping, 1) for mapping in map(message, whole.get(3, []))}
    locations: dict[int, Place] = {}
    for location in map(message, whole.get(4, [])):
        (line,) = map(message, location[4])
        name, file, _ = functions[one(line, 1)]
        assert one(location, 2) in mappings
        assert one(location, 1) not in locations
        assert one(location, 1) > 0
        number = one(line, 2)
        locations[one(location, 1)] = (file, number, name) if number else (None, None, name)
    samples = []
    for sample in map(message, whole.get(2, [])):
        values = tuple(integers(sample[2]))
        assert len(values) == len(types)
        labels = [message(label) for label in sample.get(3, [])]
        samples.append(
            Sample(
                tuple(locations[id_] for id_ in reversed(integers(sample[1]))),
                values,
                {texts[one(label, 1)]: texts[one(label, 2)] for label in labels},
            )
        )
    return Profile(
        types,
        texts[one(whole, 14)],
        samples,
        [texts[number] for number in integers(whole.get(13, []))],
        one(whole, 9),
        one(whole, 10),
        one(whole, 12),
        {(file, name): line for name, file, line in functions.values()},
    )


def collapsed(data: bytes) -> list[tuple[tuple[str, ...], int]]:
    """Folded stacks, as flamegraph.pl takes them apart, with what is escaped had back."""
    stacks = []
    rows = data.decode()
    # All that splits a text into rows for anybody splits it in the same places.
    assert rows.splitlines() == rows.split("\n")[:-1]
    for row in rows.split("\n")[:-1]:
        found = re.fullmatch(r"(.*)\s+?(\d+(?:\.\d*)?)", row)
        assert found is not None, row
        frames = tuple(unescaped(frame) for frame in found[1].split(";"))
        stacks.append((frames, int(found[2])))
    return stacks


def unescaped(text: str) -> str:
    """A name as it was."""
    return re.sub(
        r"\\(\\|n|r|t|x([0-9a-f]{2})|u([0-9a-f]{4}))",
        lambda found: (
            chr(int(found[2] or found[3], 16))
            if found[2] or found[3]
            else {"\\": "\\", "n": "\n", "r": "\r", "t": "\t"}[found[1]]
        ),
        text,
    )


def check_speedscope(document: Any) -> None:
    """Checks a document against the rules of speedscope's file format."""
    assert document["$schema"] == "https://www.speedscope.app/file-format-schema.json"
    assert set(document) <= {
        *("$schema", "shared", "profiles", "name", "activeProfileIndex", "exporter")
    }
    assert isinstance(document["name"], str)
    assert isinstance(document["exporter"], str)
    assert document["activeProfileIndex"] in range(len(document["profiles"]))
    frames = document["shared"]["frames"]
    for frame in frames:
        assert set(frame) <= {"name", "file", "line", "col"}
        assert isinstance(frame["name"], str)
        assert isinstance(frame.get("file", ""), str)
        assert isinstance(frame.get("line", 0), int)
    for profile in document["profiles"]:
        assert set(profile) == {
            *("type", "name", "unit", "startValue", "endValue", "samples", "weights")
        }
        assert profile["type"] == "sampled"
        assert isinstance(profile["name"], str)
        units = ("none", "nanoseconds", "microseconds", "milliseconds", "seconds", "bytes")
        assert profile["unit"] in units
        assert len(profile["samples"]) == len(profile["weights"])
        assert profile["startValue"] == 0
        assert profile["endValue"] == sum(profile["weights"])
        assert all(weight > 0 for weight in profile["weights"])
        for sample in profile["samples"]:
            assert sample
            assert all(0 <= index < len(frames) for index in sample)
