"""Metrics of predicted classes, from counts by class. No torch."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.integer]
Floats = npt.NDArray[np.floating]


class ClassCounts(NamedTuple):
    """Item counts by class, each an array [..., classes]."""

    hits: Floats
    predicted: Floats
    actual: Floats


def accuracy(counts: ClassCounts) -> Floats:
    """Share of items whose class is predicted, [...]."""
    return np.asarray(counts.hits.sum(axis=-1, dtype=np.float64) / counts.actual.sum(axis=-1, dtype=np.float64))


def macro_f1(counts: ClassCounts) -> Floats:
    """Mean over all classes of F1 = 2 hits / (predicted + actual), [...]; 0 for a class that never occurs.

    The mean of the classes' F1, not the F1 of mean precision and recall (Opitz and Burst 2019).
    """
    both = np.asarray(counts.predicted, dtype=np.float64) + counts.actual
    return np.asarray((2.0 * counts.hits / np.maximum(both, 1.0)).mean(axis=-1))


METRICS: dict[str, Callable[[ClassCounts], Floats]] = {"accuracy": accuracy, "macro_f1": macro_f1}


def one_hot(classes_of_items: Integers, classes: int) -> npt.NDArray[np.float32]:
    """[items] of class indices -> [items, classes] of 0 and 1."""
    return np.asarray(classes_of_items[:, None] == np.arange(classes), dtype=np.float32)


def evaluate(labels: Integers, predicted: Integers, classes: int) -> dict[str, float]:
    """Every metric of one run: `labels` and `predicted` are class indices, [items]."""
    actual, guess = one_hot(labels, classes), one_hot(predicted, classes)
    counts = ClassCounts((actual * guess).sum(axis=0), guess.sum(axis=0), actual.sum(axis=0))
    return {name: float(metric(counts)) for name, metric in METRICS.items()}
