# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Topics of a news corpus, by gensim and by scikit-learn: which of them needs less memory?

The corpus is the one that gensim ships for its own tests: 300 articles of the Australian
Broadcasting Corporation. Here it is repeated, so that there is something to do. Both libraries get
the same words and go over them equally often, in parts of equal size.

    python examples/topics.py [REPEATS]

With --once both run once, one after the other, to be recorded as a whole:

    peakline record examples/topics.py --once 20
    peakline html --open
"""

import shutil
import sys
from pathlib import Path

import gensim
from gensim.corpora import Dictionary
from gensim.models import LdaModel
from gensim.parsing.preprocessing import STOPWORDS
from gensim.utils import simple_preprocess
from sklearn.decomposition import LatentDirichletAllocation
from sklearn.feature_extraction.text import CountVectorizer

import peakline

TOPICS = 10
PASSES = 2
PART = 1000  # Articles that a model learns from at a time.
RARE, FREQUENT = 0.01, 0.5  # Words of fewer or more than so many of the articles do not count.


def read_corpus(repeats):
    path = Path(gensim.__file__).parent / "test" / "test_data" / "lee_background.cor"
    return path.read_text(encoding="utf-8").splitlines() * repeats


def words_of(article):
    return [word for word in simple_preprocess(article) if word not in STOPWORDS]


def bag_of_words(articles):
    texts = [words_of(article) for article in articles]
    dictionary = Dictionary(texts)
    dictionary.filter_extremes(no_below=RARE * len(articles), no_above=FREQUENT)
    bags = [dictionary.doc2bow(text) for text in texts]
    return bags, dictionary


def sparse_matrix(articles):
    vectorizer = CountVectorizer(analyzer=words_of, min_df=RARE, max_df=FREQUENT)
    counts = vectorizer.fit_transform(articles)
    return counts, vectorizer


def by_gensim(articles):
    bags, dictionary = bag_of_words(articles)
    model = LdaModel(bags, TOPICS, dictionary, passes=PASSES, chunksize=PART, random_state=0)
    return model, bags, dictionary


def by_sklearn(articles):
    counts, vectorizer = sparse_matrix(articles)
    model = LatentDirichletAllocation(
        TOPICS, learning_method="online", max_iter=PASSES, batch_size=PART, random_state=0
    )
    model.fit(counts)
    return model, counts, vectorizer


def line_with(text, profile):
    """The line of the profiled function that has this text."""
    return next(line for line in profile.functions[0].lines if text in line.source)


def sentence(what, gensim_needs, sklearn_needs):
    """Who needs less, and by how much; from bytes."""
    needs = {"gensim": gensim_needs / 2**20, "sklearn": sklearn_needs / 2**20}
    less, more = sorted(needs, key=needs.get)
    share = 100 * (1 - needs[less] / needs[more])
    return (
        f"  {what}: {less} needs {share:.0f} % less than {more}, "
        f"{needs[less]:.2f} MiB instead of {needs[more]:.2f} MiB."
    )


def main(repeats=5):
    articles = read_corpus(repeats)
    width = shutil.get_terminal_size((160, 24)).columns

    both = peakline.compare(
        gensim=lambda: by_gensim(articles), sklearn=lambda: by_sklearn(articles), repeat=3
    )
    print(both.to_text(width=width))

    of_gensim, of_sklearn, of_bags = (
        peakline.lines(function, articles, backend="heap")
        for function in (by_gensim, by_sklearn, bag_of_words)
    )
    for profile in of_gensim, of_sklearn, of_bags:
        print(profile.to_table(width=width))

    a, b = both["gensim"].median(), both["sklearn"].median()
    print(f"Of the topics of {len(articles)} articles")
    print(sentence("at the peak", a.own_peak, b.own_peak))
    print(sentence("kept in the end", a.retained, b.retained))

    a, b = line_with("bag_of_words(", of_gensim), line_with("sparse_matrix(", of_sklearn)
    print("The input alone, a bag of words or a sparse matrix, with its vocabulary")
    print(sentence("at the peak", a.own_peak, b.own_peak))
    print(sentence("kept in the end", a.increment, b.increment))
    counts = of_sklearn.value[1].nnz
    print(
        f"  for each of {counts:,} counts of a word in an article: "
        f"{a.increment / counts:.0f} bytes by gensim, {b.increment / counts:.0f} by sklearn."
    )

    a, b = line_with("LdaModel(", of_gensim), line_with("model.fit(", of_sklearn)
    print("The model alone")
    print(sentence("at the peak", a.own_peak, b.own_peak))
    print(sentence("kept in the end", a.increment, b.increment))


def once(repeats=20):
    articles = read_corpus(repeats)
    for function in by_gensim, by_sklearn:
        function(articles)


if __name__ == "__main__":
    numbers = [int(word) for word in sys.argv[1:] if word != "--once"]
    (once if "--once" in sys.argv else main)(*numbers)
