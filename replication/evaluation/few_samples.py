"""The claim few-samples: labels needed with a teacher over those needed alone, for the same macro-F1."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from replication.evaluation.labels_needed import Floats, Needed, RatioDraws, labels_needed, ratio_draws
from replication.evaluation.rows import DIGITS
from replication.evaluation.sweeps import Scored, rounded
from replication.results.comparisons import Comparison
from replication.results.efficiency import LabelsNeeded

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
    draws = ratio_draws(labels, first[1], second[1], found.ratio, scored.resamples.confidence)
    return _published(found, draws), [_comparison(dataset, draws, len(seeds), scored.resamples.items)]


def _curves(scored: Scored, arms: Sequence[str], seeds: Sequence[int]) -> tuple[Floats, Floats]:
    """The mean scores of one method, [sizes], and those on each resample, [draws, sizes]."""
    scores = [scored.scores[name] for name in arms]
    columns = [[one.seeds.index(seed) for seed in seeds] for one in scores]
    pairs = list(zip(scores, columns, strict=True))
    observed = np.array([one.observed[keep].mean() for one, keep in pairs])
    return observed, np.stack([scored.resamples.means(one.drawn[:, keep]) for one, keep in pairs], axis=1)


def _published(found: Needed, draws: RatioDraws) -> LabelsNeeded:
    return LabelsNeeded(
        macro_f1=round(found.score, DIGITS),
        alone=round(found.alone, 2),
        taught=round(found.taught, 2),
        alone_bound="at most" if found.alone_bounded else "exact",
        taught_bound="at most" if found.taught_bounded else "exact",
        ratio=rounded(draws.interval),
        bound=found.bound,
        bounded_draws=round(draws.bounded, 4),
    )


def _comparison(dataset: str, draws: RatioDraws, seeds: int, items: int) -> Comparison:
    ratio = rounded(draws.interval)
    return Comparison(
        claim=CLAIM,
        dataset=dataset,
        unit="ratio",
        estimate=ratio.mean,
        low=ratio.low,
        high=ratio.high,
        standard_error=round(draws.standard_error, DIGITS),
        seeds=seeds,
        items=items,
    )
