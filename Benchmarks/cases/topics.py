# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Ordinary lines, all profiled: the topics of a text by Gibbs sampling, in plain Python."""

from __future__ import annotations

from random import Random

from timing import best_pair, demand_figures, scale, seconds, twin

from memory_profiler import LineProfiler

TOPICS, WORDS, LENGTH = 8, 500, 40


def corpus(documents: int) -> list[list[int]]:
    """Documents of random words; some words are frequent."""
    random = Random(7)
    return [[int(WORDS * random.random() ** 3) for _ in range(LENGTH)] for _ in range(documents)]


def sample(documents: list[list[int]]) -> list[list[int]]:
    """A sweep of latent Dirichlet allocation: how often each word has each topic."""
    random = Random(11)
    of_words = [[0.01] * TOPICS for _ in range(WORDS)]
    of_topics = [0.01 * WORDS] * TOPICS
    for words in documents:
        of_document = [0.1] * TOPICS
        for word in words:
            row = of_words[word]
            weights = []
            total = 0.0
            for topic in range(TOPICS):
                total += of_document[topic] * row[topic] / of_topics[topic]
                weights.append(total)
            wanted = random.random() * total
            chosen = 0
            while weights[chosen] < wanted:
                chosen += 1
            row[chosen] += 1
            of_document[chosen] += 1
            of_topics[chosen] += 1
    return of_words


def run(rounds: int) -> dict[str, float]:
    """The ratio of the profiled function to the bare one."""
    documents = corpus(scale(100, 3))
    profiler = LineProfiler(backend="psutil")
    profiled = profiler(twin(sample))
    bare, watched = best_pair(
        lambda: seconds(sample, documents), lambda: seconds(profiled, documents), rounds
    )
    demand_figures(profiler)
    return {"topics": watched / bare}
