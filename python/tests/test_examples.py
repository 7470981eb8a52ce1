# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""The examples run, and what they print is what is known of their memory.

Those that need big libraries run where these are installed. Each runs in a Python of its own, with
as little to do as says something.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from known_memory import MIB
from programs import Table, run, tables

from peakline import _executable, _heap

EXAMPLES = Path(__file__).parents[2] / "examples"

pytestmark = pytest.mark.skipif(
    not EXAMPLES.exists(), reason="the tests stand without the repository"
)


def needs(*modules: str) -> pytest.MarkDecorator:
    """Skips a test where not all that it needs is there, and says what is missing."""
    missing = [module for module in modules if find_spec(module) is None]
    try:
        _executable.find()
    except _executable.ExecutableMissing:
        missing.append("the executable")
    why = _heap.available() or f"not installed: {', '.join(missing)}"
    return pytest.mark.skipif(bool(missing) or _heap.available() is not None, reason=why)


def example(*arguments: object) -> str:
    """What an example prints."""
    done = run(EXAMPLES, *arguments)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout


def facts(program: str) -> Any:
    """What a program says of an example that it imports, as JSON at the end of its output."""
    return json.loads(example("-c", program).splitlines()[-1])


# ---- Lists that come and go


@pytest.mark.parametrize(
    "words", [["mem_script.py"], ["-m", "memory_profiler", "mem_script_bare.py"]]
)
def test_lists_are_seen_to_come_and_to_go(words: list[str]) -> None:
    (table,) = tables(example(*words))
    reference = 8 / MIB

    # Of the numbers each is an object of 32 bytes, but for the small ones, which are there already.
    expected = {
        "ones = ": 10**6 * reference,
        "numbers = ": 2 * 10**6 * (reference + 32 / MIB),
        "twos = ": 2 * 10**7 * reference,
        "del twos": -2 * 10**7 * reference,
        "del numbers": -2 * 10**6 * (reference + 32 / MIB),
        "return ones": 0,
    }
    for text, increment in expected.items():
        row = table.row(text)
        # A page here and there, and an arena of small objects (1 MiB) that something is left in.
        assert row.increment == pytest.approx(increment, abs=1.5), text
        assert row.occurrences == 1, text
    assert_consistent(table)


def assert_consistent(table: Table) -> None:
    """Each row's memory is that of the row before and its own increment."""
    rows = list(table.rows.values())
    for before, row in pairwise(rows):
        assert row.usage == pytest.approx(before.usage + row.increment, abs=0.2)


# ---- Topics of a corpus

CONCLUSION = re.compile(
    r"  (?P<what>[\w ]+): (?P<less>\w+) needs (?P<share>\d+) % less than (?P<more>\w+), "
    r"(?P<low>[\d.]+) MiB instead of (?P<high>[\d.]+) MiB\."
)


@needs("gensim", "sklearn")
def test_topics_end_in_a_comparison_computed_from_the_figures() -> None:
    text = example("topics.py", 1)

    found = [match.groupdict() for match in CONCLUSION.finditer(text)]
    assert [match["what"] for match in found] == ["at the peak", "kept in the end"] * 3
    for match in found:
        low, high = float(match["low"]), float(match["high"])
        assert {match["less"], match["more"]} == {"gensim", "sklearn"}
        assert 0 < low <= high
        assert float(match["share"]) == pytest.approx(100 * (1 - low / high), abs=1)

    # The first two are the comparison's own.
    columns = {
        row.split()[0]: re.findall(r"([\d.]+) MiB", row)[:2]
        for row in text.splitlines()
        if row.startswith(("gensim ", "sklearn "))
    }
    for place in (0, 1):
        match = found[place]
        for name, size in ((match["less"], match["low"]), (match["more"], match["high"])):
            assert float(columns[name][place]) == pytest.approx(float(size), rel=0.01)


KNOWN_INPUTS = """
import json, topics, peakline
from sys import getsizeof

articles = topics.read_corpus(1)


def second(function):
    # What the libraries and the interpreter's free lists keep is there already.
    first = peakline.lines(function, articles, backend="heap")
    return peakline.lines(function, articles, backend="heap")


of_matrix, of_bags = second(topics.sparse_matrix), second(topics.bag_of_words)
bags, (counts, vectorizer) = of_bags.value[0], of_matrix.value
words = vectorizer.vocabulary_

print(json.dumps({
    "pairs": sum(map(len, bags)),
    "counts": counts.nnz,
    "bags": sum(map(getsizeof, bags)) + getsizeof(bags),
    "matrix": counts.data.nbytes + counts.indices.nbytes + counts.indptr.nbytes,
    "words": getsizeof(words) + sum(getsizeof(word) + 32 for word in words),
    "bags' line": topics.line_with("bags = ", of_bags).increment,
    "matrix's line": topics.line_with("counts = ", of_matrix).increment,
}))
"""


@needs("gensim", "sklearn")
def test_the_representations_of_the_input_cost_what_they_are_known_to() -> None:
    found = facts(KNOWN_INPUTS)

    # Both count the same words of the same articles.
    assert found["pairs"] == found["counts"] > 10_000
    # A pair is a tuple of 56 bytes, in a block of 64; 2,000 at most were on a free list already.
    bags = found["bags"] + 64 * found["pairs"]
    assert bags - 2000 * 64 <= found["bags' line"] < 1.02 * bags
    # The matrix comes with its vocabulary, a dictionary of texts and numbers.
    assert 1 <= found["matrix's line"] / (found["matrix"] + found["words"]) < 1.1


# ---- Texts as vectors

KNOWN_TENSORS = """
import json, torch, vectors, peakline
from transformers import DistilBertConfig, DistilBertModel

torch.manual_seed(0)
config = DistilBertConfig(vocab_size=1000, n_layers=2, n_heads=4, dim=128, hidden_dim=1024)
model = DistilBertModel(config).eval()
numbers = vectors.numbers_of(vectors.read_corpus(16), config.vocab_size)
at_once, parts = vectors.whole(model, numbers), vectors.in_chunks(model, numbers, 2)

with peakline.watch() as one:
    tensor = torch.empty(1000, 1000)
with peakline.watch() as two:
    tensor = (tensor + tensor) * 2
with peakline.watch() as none:
    del tensor

profiles = [
    peakline.lines(vectors.whole, model, numbers, backend="heap"),
    peakline.lines(vectors.in_chunks, model, numbers, 2, backend="heap"),
]
print(json.dumps({
    "same": torch.allclose(at_once, parts, atol=1e-4),
    "created": one.increment, "replaced": [two.peak, two.increment], "deleted": none.increment,
    "widest": numbers.numel() * config.hidden_dim * 4,
    "peaks": [max(line.own_peak for line in p.functions[0].lines) for p in profiles],
    "vectors": parts.nbytes,
    "vectors' line": profiles[1].functions[0].lines[1].increment,
}))
"""


@needs("gensim", "torch", "transformers")
def test_tensors_are_counted_and_chunks_need_their_share() -> None:
    found = facts(KNOWN_TENSORS)

    # A tensor is its data and a few small objects around it.
    tensor = 4 * 10**6
    assert tensor <= found["created"] < tensor + 4096
    assert found["replaced"] == pytest.approx([2 * tensor, 0], abs=4096)
    assert found["deleted"] == pytest.approx(-tensor, abs=4096)
    assert found["vectors"] <= found["vectors' line"] < found["vectors"] + 4096

    # The widest layer is there once as it comes and once as it goes.
    assert found["same"]
    whole, in_chunks = found["peaks"]
    assert 2 * found["widest"] <= whole < 3 * found["widest"]
    assert whole / 8 <= in_chunks < whole / 8 * 1.5


CHUNKS = """
import vectors
from transformers import DistilBertConfig

vectors.main(16, 2, DistilBertConfig(vocab_size=1000, n_layers=2, n_heads=4, dim=128))
"""

SAVED = re.compile(
    r"In chunks of 2 instead of all 16 articles at once: (?P<share>\d+) % less memory at the peak, "
    r"(?P<low>[\d.]+) MiB instead of (?P<high>[\d.]+) MiB, in [\d.]+ times the time\."
)


@needs("gensim", "torch", "transformers")
def test_vectors_end_in_what_chunks_save() -> None:
    match = SAVED.fullmatch(example("-c", CHUNKS).splitlines()[-1])

    assert match is not None
    low, high = float(match["low"]), float(match["high"])
    assert float(match["share"]) == pytest.approx(100 * (1 - low / high), abs=1)
    # Chunks of an eighth need about that much, and what the model keeps.
    assert high / 8 <= low < high / 2


# ---- Recorded as a whole, with the page that says where the memory is

FOUND = re.compile(
    r"Line (?P<line>\d+) of (?P<file>\S+) holds (?P<share>\d+) % of the peak: "
    r"(?P<size>[\d.]+) MiB, by calling (?P<library>\w+)(?: \((?P<way>[^)]*)\))?\."
)
RECORDED = pytest.mark.parametrize("mode", [["--exact"], []], ids=["exact", "sampled"])


def findings(folder: Path, mode: list[str], *words: object) -> tuple[str, list[str]]:
    """What a recorded example prints, and the sentences of its page."""
    program = [str(_executable.find()), "record", "-q", *mode, "-o", "job.peakline"]
    # In the example's folder, as the page names files from there.
    shutil.copy(EXAMPLES / str(words[0]), folder)
    done = subprocess.run(
        [*program, sys.executable, *map(str, words)],
        cwd=folder, capture_output=True, text=True, check=True,
    )  # fmt: skip
    page = subprocess.run(
        [_executable.find(), "html", "-o", "-", "job.peakline"],
        cwd=folder, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    head = re.search(r'id="report">(.*?)</script>', page, re.DOTALL)
    assert head is not None
    return done.stdout, [finding["text"] for finding in json.loads(head[1])["findings"]]


def source_line(name: str, text: str) -> int:
    (number,) = (
        number
        for number, line in enumerate((EXAMPLES / name).read_text().splitlines(), 1)
        if text in line
    )
    return number


@needs("pandas")
@RECORDED
def test_the_page_of_the_sales_names_the_needless_copy(tmp_path: Path, mode: list[str]) -> None:
    rows = 400_000
    printed, told = findings(tmp_path, mode, "sales.py", rows)

    found = FOUND.fullmatch(told[0])
    assert found is not None, told
    assert (found["file"], found["library"]) == ("sales.py", "pandas")
    assert int(found["line"]) == source_line("sales.py", "table.copy()")
    assert found["way"] == "main → report → keep"
    # The copies, and, where pandas gathers a table's columns when it is copied, that table.
    copies = float(re.search(r"hold ([\d.]+) MiB", printed)[1])
    assert copies == pytest.approx((4 + 6 + 8) * 8 * rows / MIB, abs=0.1)
    table = 8 * 8 * rows / MIB
    slack = 0.02 if mode else 0.15
    assert copies * (1 - slack) <= float(found["size"]) <= (copies + table) * (1 + slack)
    assert any(text.startswith("Importing modules takes ") for text in told)


@needs("pandas")
def test_without_the_copies_the_sales_need_less(tmp_path: Path) -> None:
    printed, told = findings(tmp_path, ["--exact"], "sales.py", "--lean")

    assert "The kept copies hold 0.0 MiB." in printed
    assert str(source_line("sales.py", "table.copy()")) not in re.findall(r"ine (\d+) of", told[0])


@needs()
@RECORDED
def test_the_page_of_the_workers_names_the_line_and_the_process(
    tmp_path: Path, mode: list[str]
) -> None:
    printed, told = findings(tmp_path, mode, "workers.py")

    assert printed.count("requests") == 4
    found = FOUND.fullmatch(told[0])
    assert found is not None, told
    assert int(found["line"]) == source_line("workers.py", "json.loads(line)")
    assert (found["file"], found["library"]) == ("workers.py", "json")
    # Of the 80,000 requests of the longest part each is a dict of 184 bytes at least.
    assert float(found["size"]) > 80_000 * 184 / MIB
    process = re.match(
        r"Process \d+ \(forked\) python\S* workers\.py holds (?:most|the largest part) of the "
        r"joint peak, [\d.]+ MiB \((\d+) %\)",
        told[1],
    )
    assert process is not None, told
    assert int(process[1]) <= 100


@needs("gensim", "sklearn")
def test_the_page_of_the_topics_says_which_model_it_is(tmp_path: Path) -> None:
    _, told = findings(tmp_path, [], "topics.py", "--once", 10)

    found = re.fullmatch(
        r"Beyond what is imported, line (\d+) of topics\.py holds most at the peak: "
        r"[\d.]+ MiB(?:, by calling \w+)? \((.*)\)\.",
        told[0],
    )
    assert found is not None, told
    assert "by_gensim → bag_of_words" in found[2]
