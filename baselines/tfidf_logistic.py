"""Logistic regression on TF-IDF of character 1- to 3-grams: the classical classifier for Chinese without a segmenter.

Characters in words' place follow Wang and Manning 2012 ("Baselines and bigrams") and need no dictionary; the inverse
regularisation strength is chosen by macro-F1 on validation, the smallest of equals.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score

from replication.baselines import Fitted

STRENGTHS = (0.3, 1.0, 3.0, 10.0, 30.0)
"""Inverse regularisation strengths tried."""


def fit_predict(
    train_texts: Sequence[str],
    train_labels: Sequence[int],
    validation_texts: Sequence[str],
    validation_labels: Sequence[int],
    texts: Sequence[str],
    classes: int,
) -> Fitted:
    """Fit on the training texts, choose on validation, answer for `texts`."""
    vectorizer = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), min_df=2, sublinear_tf=True)
    train = vectorizer.fit_transform(train_texts)
    validation = vectorizer.transform(validation_texts)
    best_score, best_strength, best = -1.0, 0.0, None
    for strength in STRENGTHS:
        model = LogisticRegression(C=strength, max_iter=2000).fit(train, train_labels)
        predicted = model.predict(validation)
        score = f1_score(validation_labels, predicted, labels=range(classes), average="macro", zero_division=0)
        if score > best_score:
            best_score, best_strength, best = score, strength, model
    if best is None:
        raise ValueError("no regularisation strength to try")
    chosen = best

    def answer(others: Sequence[str]) -> npt.NDArray[np.float64]:
        log_probabilities = np.full((len(others), classes), -30.0)
        log_probabilities[:, chosen.classes_] = chosen.predict_log_proba(vectorizer.transform(others))
        return log_probabilities

    settings = {"inverse_regularisation": best_strength, "characters": [1, 3], "min_count": 2}
    kept = [chosen.coef_, chosen.intercept_, vectorizer.idf_]
    size = sum(numbers.nbytes for numbers in kept) + sum(len(gram.encode()) for gram in vectorizer.vocabulary_)
    return Fitted(answer(texts), int(chosen.coef_.size + chosen.intercept_.size), settings, answer, size)
