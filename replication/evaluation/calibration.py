"""Expected calibration error and the reliability diagram.

ECE = Σ_b |B_b|/n · |accuracy(B_b) − confidence(B_b)| over bins of confidence, the largest softmax probability at T = 1
(Naeini, Cooper & Hauskrecht 2015, section 3; Guo et al. 2017, equation 3, with the same 15 bins). The bins have equal
numbers of items and not equal widths: networks are sure of most items, so bins of equal width would hold a few items
each but the last, and the deviation of a bin with few items is noise that the absolute value adds up (Roelofs et al.
2022). Items of equal confidence stay together.

Even so the error of a network that is calibrated is not 0: the accuracy of a bin deviates from its confidence by
chance, and the absolute values add up. How much of an error that alone would make is told beside it (`by_chance`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import softmax

from replication.evaluation.means import Means, to_digits
from replication.metrics import Floats, Integers
from replication.results.generalisation import ReliabilityBin
from replication.statistics import Scores

BINS = 15


class Binned(NamedTuple):
    """The items of one run by confidence."""

    bins: npt.NDArray[np.int64]
    """Bin of each item, 0 for the least sure, [items]."""
    confidence: Floats
    """[items]."""
    correct: npt.NDArray[np.bool_]
    """[items]."""


def bin_items(logits: Floats, labels: Integers, bins: int = BINS) -> Binned:
    """Sort items into bins of equal numbers: `logits` is [items, classes], `labels` class indices [items]."""
    confidence = softmax(np.asarray(logits, dtype=np.float64), axis=1).max(axis=1)
    ranked = np.sort(confidence)
    starts = np.unique([ranked[len(ranked) * number // bins] for number in range(1, bins)])
    places = np.searchsorted(starts, confidence, side="right")
    return Binned(np.asarray(places), confidence, logits.argmax(axis=1) == labels)


def signed_columns(binned: Binned, bins: int = BINS) -> Floats:
    """Confidence minus correctness of each item in the column of its bin, [items, bins]."""
    excess = binned.confidence - binned.correct
    return np.where(binned.bins[:, None] == np.arange(bins), excess[:, None], 0.0)


def calibration_error(means: Floats) -> Floats:
    """ECE from means over items of `signed_columns`: [..., bins] -> [...]."""
    return np.asarray(np.abs(means).sum(axis=-1))


def calibration_scores(means: Means, arm: str) -> Scores:
    """ECE of an arm by seed from the means of its columns `bins`."""
    seeds = means.seeds("bins", arm)
    found = [[calibration_error(one) for one in means.of(("bins", arm, seed))] for seed in seeds]
    observed, drawn = (np.stack(part, axis=-1) for part in zip(*found, strict=True))
    return Scores(seeds, observed, drawn)


def by_chance(binned: Binned) -> float:
    """The error that a calibrated network of these confidences would have on average.

    The sum over a bin of confidence minus correctness then has the mean 0 and the variance Σ p(1 − p), and is about
    normal; the mean absolute value of a normal is √(2/π) times its deviation.
    """
    variances = np.bincount(binned.bins, weights=binned.confidence * (1 - binned.confidence))
    return float(np.sqrt(2 / np.pi) * np.sqrt(variances).sum() / len(binned.bins))


def reliability(runs: Mapping[int, Binned]) -> list[ReliabilityBin]:
    """The diagram of an arm: bin k holds the items of bin k of every seed; empty bins are left out."""
    found = []
    for number in range(BINS):
        inside = [(run.confidence[run.bins == number], run.correct[run.bins == number]) for run in runs.values()]
        inside = [(confidence, correct) for confidence, correct in inside if len(correct)]
        if not inside:
            continue
        accuracies = [float(correct.mean()) for _, correct in inside]
        found.append(
            ReliabilityBin(
                confidence=to_digits(np.concatenate([confidence for confidence, _ in inside]).mean()),
                accuracy=to_digits(np.concatenate([correct for _, correct in inside]).mean()),
                low=to_digits(min(accuracies)),
                high=to_digits(max(accuracies)),
                items=sum(len(correct) for _, correct in inside),
            )
        )
    return found
