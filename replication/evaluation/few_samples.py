"""The claim few-samples: labels needed with a teacher over those needed alone, for the same macro-F1."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from replication.evaluation.labels_needed import CurveDraws, Floats, Needed, labels_needed, ratio_draws
from replication.evaluation.rows import DIGITS
from replication.evaluation.sweeps import Scored
from replication.results.cells import Interval
from replication.results.comparisons import Comparison, compared
from replication.results.efficiency import LabelsNeeded
from replication.statistics import Spread

CLAIM = "few-samples"


def compare_labels(
    scored: Scored, sizes: Sequence[int], alone: Sequence[str], taught: Sequence[str], dataset: str
) -> tuple[LabelsNeeded | None, list[Comparison]]:
    """Labels for the same score and their ratio, over the seeds that have every size in both arms.

    Args:
        scored: the scores by arm.
        sizes: numbers of labels, rising.
        alone: the arm of each size, without a teacher.
        taught: the arm of each size, with one.
        dataset: its name.

    Returns:
        None and no comparison where there are fewer than two sizes, or no such seed.
    """
    every = [scored.scores[name] for name in (*alone, *taught) if name in scored.scores]
    if len(every) < 2 * len(sizes) or len(sizes) < 2:
        return None, []
    seeds = [seed for seed in every[0].seeds if all(seed in one.seeds for one in every)]
    if not seeds:
        return None, []
    labels = np.array(sizes, dtype=np.float64)
    first, second = _curves(scored, alone, seeds), _curves(scored, taught, seeds)
    found = labels_needed(labels, first[0], second[0])
    draws = ratio_draws(labels, first[1], second[1])
    # What is peculiar to a seed on an item counts as the seeds'.
    by_items = min(draws.item_variance, draws.variance)
    spread = Spread(math.log(found.ratio), draws.variance - by_items, by_items, 0.0, len(seeds), scored.resamples.items)
    comparison = compared(CLAIM, dataset, "", "ratio", spread, scored.resamples.confidence, bound=found.bound)
    return _published(found, comparison, draws.bounded), [comparison]


def _curves(scored: Scored, arms: Sequence[str], seeds: Sequence[int]) -> tuple[Floats, CurveDraws]:
    """The mean scores of one method, [sizes], and those on the resamples."""
    scores = [scored.scores[name] for name in arms]
    columns = [[one.seeds.index(seed) for seed in seeds] for one in scores]
    pairs = list(zip(scores, columns, strict=True))
    observed = np.array([one.observed[keep].mean() for one, keep in pairs])
    of_items = np.stack([one.drawn[:, keep].mean(axis=1) for one, keep in pairs], axis=1)
    of_both = np.stack([scored.resamples.means(one.drawn[:, keep]) for one, keep in pairs], axis=1)
    return observed, CurveDraws(of_items, of_both)


def _published(found: Needed, comparison: Comparison, bounded: float) -> LabelsNeeded:
    return LabelsNeeded(
        macro_f1=round(found.score, DIGITS),
        alone=round(found.alone, 2),
        taught=round(found.taught, 2),
        alone_bound="at most" if found.alone_bounded else "exact",
        taught_bound="at most" if found.taught_bounded else "exact",
        ratio=Interval(mean=comparison.estimate, low=comparison.low, high=comparison.high),
        bound=found.bound,
        bounded_draws=round(bounded, 4),
    )
