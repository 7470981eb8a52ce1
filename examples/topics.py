# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Topics of a real news corpus, by gensim and by scikit-learn: which line needs what memory?

The corpus is the one that gensim ships for its own tests, 300 articles of the Australian
Broadcasting Corporation, repeated so that there is something to do. `@profile` needs no import:

    python -m memory_profiler examples/topics.py
"""

import pathlib

import gensim
import numpy as np
from gensim.corpora import Dictionary
from gensim.models import LdaModel
from gensim.utils import simple_preprocess
from sklearn.decomposition import LatentDirichletAllocation
from sklearn.feature_extraction.text import CountVectorizer

TOPICS = 10
REPEATS = 10


def read_corpus():
    folder = pathlib.Path(gensim.__file__).parent / "test" / "test_data"
    articles = (folder / "lee_background.cor").read_text(encoding="utf-8").splitlines()
    return articles * REPEATS


@profile
def topics_by_gensim(articles):
    words = [simple_preprocess(article) for article in articles]
    dictionary = Dictionary(words)
    dictionary.filter_extremes(no_below=2 * REPEATS, no_above=0.5)
    bags = [dictionary.doc2bow(article) for article in words]
    del words
    model = LdaModel(bags, num_topics=TOPICS, id2word=dictionary, random_state=0)
    topics = []
    for topic in range(TOPICS):
        topics.append([word for word, _ in model.show_topic(topic, topn=5)])
    return topics


@profile
def topics_by_scikit_learn(articles):
    vectorizer = CountVectorizer(min_df=2 * REPEATS, max_df=0.5)
    counts = vectorizer.fit_transform(articles)
    model = LatentDirichletAllocation(TOPICS, random_state=0, max_iter=2)
    model.fit(counts)
    names = vectorizer.get_feature_names_out()
    topics = []
    for weights in model.components_:
        topics.append(list(names[np.argsort(weights)[-5:]]))
    return topics


if __name__ == "__main__":
    articles = read_corpus()
    print(f"{len(articles)} articles, {TOPICS} topics each; three of them, by their first words:")
    for find_topics in (topics_by_gensim, topics_by_scikit_learn):
        topics = [" ".join(words[:3]) for words in find_topics(articles)[:3]]
        print(f"  {find_topics.__name__}: {', '.join(topics)}")
    print()
