"""Every arm of a set scored on every resample of its test items."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from replication.metrics import METRICS, ClassCounts, Floats, Integers, evaluate, one_hot
from replication.statistics.resamples import Resamples, Scores


def score_arms(
    resamples: Resamples, labels: Integers, arms: Mapping[str, Mapping[int, Integers]], classes: int
) -> dict[str, dict[str, Scores]]:
    """Score every arm on every resample, in one pass over the resamples.

    Args:
        resamples: of the test items.
        labels: class indices, [items].
        arms: predicted class indices [items] by arm and seed.
        classes: number of classes.

    Returns:
        Scores by arm and metric.
    """
    actual = one_hot(labels, classes)
    guesses = {(arm, seed): one_hot(run, classes) for arm, runs in arms.items() for seed, run in runs.items()}
    drawn: dict[tuple[str, int, str], list[Floats]] = {(*key, name): [] for key in guesses for name in METRICS}
    for weights in resamples.item_weights():
        actual_counts = weights @ actual
        for key, guess in guesses.items():
            counts = weights @ np.concatenate([guess * actual, guess], axis=1)
            class_counts = ClassCounts(counts[:, :classes], counts[:, classes:], actual_counts)
            for name, metric in METRICS.items():
                drawn[(*key, name)].append(metric(class_counts))
    result: dict[str, dict[str, Scores]] = {}
    for arm, runs in arms.items():
        seeds = tuple(runs)
        observed = [evaluate(labels, run, classes) for run in runs.values()]
        result[arm] = {
            name: Scores(
                seeds,
                np.array([one[name] for one in observed]),
                np.stack([np.concatenate(drawn[(arm, seed, name)]) for seed in seeds], axis=1),
            )
            for name in METRICS
        }
    return result
