# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Texts as vectors, by DistilBERT: all at once or in chunks, what does it save?

The model has its usual size, but random weights: what memory it needs does not depend on them, and
nothing is downloaded. The articles are those that gensim ships for its own tests. This takes about
a minute.

    python examples/vectors.py [ARTICLES [CHUNK]]
"""

import shutil
import sys
from collections import Counter
from importlib.util import find_spec
from pathlib import Path

import torch
from transformers import DistilBertConfig, DistilBertModel

import peakline

LENGTH = 128  # Words of an article that count.
PADDING, UNKNOWN = 0, 1

# Each alternative is measured in a child of this process, where no other thread would be.
torch.set_num_threads(1)


def read_corpus(count):
    (gensim,) = find_spec("gensim").submodule_search_locations
    path = Path(gensim) / "test" / "test_data" / "lee_background.cor"
    return path.read_text(encoding="utf-8").splitlines()[:count]


def numbers_of(articles, size):
    """A row of word numbers for each article; the vocabulary is that of the articles."""
    texts = [article.lower().split()[:LENGTH] for article in articles]
    common = Counter(word for text in texts for word in text).most_common(size - 2)
    number_of = {word: number for number, (word, _) in enumerate(common, start=2)}
    numbers = torch.full((len(texts), LENGTH), PADDING)
    for row, text in zip(numbers, texts, strict=True):
        row[: len(text)] = torch.tensor([number_of.get(word, UNKNOWN) for word in text])
    return numbers


def whole(model, numbers):
    with torch.inference_mode():
        output = model(numbers, attention_mask=numbers != PADDING)
        return output.last_hidden_state[:, 0].clone()


def in_chunks(model, numbers, chunk):
    vectors = torch.empty(len(numbers), model.config.dim)
    with torch.inference_mode():
        for start in range(0, len(numbers), chunk):
            part = numbers[start : start + chunk]
            output = model(part, attention_mask=part != PADDING)
            vectors[start : start + chunk] = output.last_hidden_state[:, 0]
    return vectors


def main(count=32, chunk=4, config=None):
    model = DistilBertModel(config or DistilBertConfig()).eval()
    numbers = numbers_of(read_corpus(count), model.config.vocab_size)
    width = shutil.get_terminal_size((160, 24)).columns

    both = peakline.compare(
        whole=lambda: whole(model, numbers),
        in_chunks=lambda: in_chunks(model, numbers, chunk),
        repeat=3,
    )
    print(both.to_text(width=width))
    for function, *more in (whole,), (in_chunks, chunk):
        print(peakline.lines(function, model, numbers, *more, backend="heap").to_table(width=width))

    at_once, parts = both["whole"].median(), both["in_chunks"].median()
    print(
        f"In chunks of {chunk} instead of all {len(numbers)} articles at once: "
        f"{100 * (1 - parts.own_peak / at_once.own_peak):.0f} % less memory at the peak, "
        f"{parts.own_peak / 2**20:.1f} MiB instead of {at_once.own_peak / 2**20:.1f} MiB, "
        f"in {parts.seconds / at_once.seconds:.2f} times the time."
    )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
