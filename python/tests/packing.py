# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Unpacks captures: a reader of its own, written from docs/format.md alone."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NamedTuple

PACKING = 320
BODY = 344
_ALL = (1 << 64) - 1
_ZERO, _BEFORE, _INDEX, _COLUMN, _ALIKE, _STORED = range(6)


class Column(NamedTuple):
    """As it stands in the file."""

    place: int
    width: int
    kind: int
    prediction: int
    key: int
    bytes: int


def checksum(body: bytes) -> int:
    """The sum of what follows the packing."""
    total = 0xCBF29CE484222325
    for (word,) in struct.iter_unpack("<Q", body + bytes(-len(body) % 8)):
        total = (total ^ word) * 0x100000001B3 & _ALL
    return total


def tables(data: bytes) -> dict[int, bytes]:
    """The tables of a packed capture, by their numbers."""
    length, written, table_count, column_count = struct.unpack_from("<2Q2I", data, PACKING)
    assert length == len(data)
    assert written == checksum(data[BODY:])
    columns_start = BODY + 16 * table_count
    place = columns_start + 12 * column_count
    columns = (Column(*fields) for fields in struct.iter_unpack("<I4BI", data[columns_start:place]))
    found = {}
    for index in range(table_count):
        number, stride, entries, own_count = struct.unpack_from("<4I", data, BODY + 16 * index)
        table = bytearray(stride * entries)
        numbers: list[list[int]] = []
        for _ in range(own_count):
            column = next(columns)
            numbers.append(unpacked(column, data[place : place + column.bytes], entries, numbers))
            place += column.bytes
            _put(table, stride, column, numbers[-1])
        found[number] = bytes(table)
    assert place == len(data)
    return found


def unpacked(column: Column, stream: bytes, entries: int, before: list[list[int]]) -> list[int]:
    """The numbers of a column; `before` has those of the columns before it in its table."""
    if column.prediction == _STORED:
        form = ("d" if column.kind else "q") if column.width == 8 else "I"
        return [int(word) for word in struct.unpack(f"<{entries}{form}", stream)]
    keys = before[column.key] if column.prediction in (_COLUMN, _ALIKE) else [0] * entries
    slots = [0] * 4096
    last = 0
    found = []
    for index, (difference, key) in enumerate(
        zip(_differences(stream, entries), keys, strict=True)
    ):
        slot = (key * 0x9E3779B97F4A7C15 & _ALL) >> 52
        expected = (0, last, index, key, slots[slot])[column.prediction]
        last = expected + difference
        last &= _ALL if column.width == 8 else 0xFFFFFFFF
        if last >> 63:
            last -= 1 << 64
        slots[slot] = last
        found.append(last)
    return found


def _differences(stream: bytes, count: int) -> Iterator[int]:
    numbers = _numbers(stream)
    last = 0
    while count:
        word = next(numbers)
        times = next(numbers) if word == 1 else 1
        if word != 1:
            folded = word and word - 1
            last = folded >> 1 ^ -(folded & 1)
        for _ in range(times):
            yield last
        count -= times


def _numbers(stream: bytes) -> Iterator[int]:
    number = shift = 0
    for byte in stream:
        number |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            yield number
            number = shift = 0


def _put(table: bytearray, stride: int, column: Column, numbers: list[int]) -> None:
    form = "<I" if column.width == 4 else "<d" if column.kind else "<q"
    for index, number in enumerate(numbers):
        struct.pack_into(form, table, index * stride + column.place, number)
