"""Estimates of the measurements, rounded as they are published."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from replication.evaluation.rows import DIGITS
from replication.metrics import Floats
from replication.results.cells import Interval
from replication.results.comparisons import Comparison, Unit, compared
from replication.statistics import Estimate, Resamples, Scores


def rounded(estimate: Estimate, least: float = -np.inf, most: float = np.inf) -> Interval:
    """An estimate as it is published; its interval ends at the bounds of what can be."""
    mean, low, high = (round(min(max(value, least), most), DIGITS) + 0.0 for value in estimate)
    return Interval(mean=mean, low=low, high=high)


def combined(scores: Sequence[Scores], weights: Sequence[float]) -> Scores | None:
    """The weighted sum of some arms' scores, seed by seed on the same resamples; None where no seed is in common."""
    seeds = [seed for seed in scores[0].seeds if all(seed in one.seeds for one in scores)]
    if not seeds:
        return None
    columns = [[one.seeds.index(seed) for seed in seeds] for one in scores]
    observed = sum(weight * one.observed[at] for one, weight, at in zip(scores, weights, columns, strict=True))
    drawn = sum(weight * one.drawn[:, at] for one, weight, at in zip(scores, weights, columns, strict=True))
    return Scores(tuple(seeds), np.asarray(observed), np.asarray(drawn))


def averages(resamples: Resamples, seeds: Sequence[int], values: Floats) -> Scores:
    """Means over items of values [items, seeds], observed and on each resample of the items."""
    values = np.asarray(values, dtype=np.float64)
    drawn = np.concatenate([weights @ values for weights in resamples.item_weights()]) / resamples.items
    return Scores(tuple(seeds), values.mean(axis=0), drawn)


def compare_scores(resamples: Resamples, scores: Scores, claim: str, dataset: str, part: str, unit: Unit) -> Comparison:
    """A claim's comparison from the scores of a difference, with the parts of its variance."""
    spread = resamples.spread(scores.observed, scores.drawn)
    values = [float(value) for value in scores.observed]
    return compared(claim, dataset, part, unit, spread, resamples.confidence, values)


def unmeasured(parts: Sequence[str], datasets: Sequence[str], comparisons: Iterable[Comparison]) -> list[str]:
    """The parts of a claim that a set of the measurement has no comparison of."""
    measured = {(one.part, one.dataset) for one in comparisons}
    return [part for part in parts if any((part, dataset) not in measured for dataset in datasets)]
