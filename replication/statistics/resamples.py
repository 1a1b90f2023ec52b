"""Resamples of the test items, and the intervals of arms and of their differences.

The seeds of one arm are scored on the same test items, so the design is crossed, and a two-level bootstrap resamples
both: the items with replacement, one resample for every seed and every arm of a comparison, and the seeds (Davison and
Hinkley 1997, section 3.8, hierarchical data; Owen 2007, "The pigeonhole bootstrap", for the crossed case). The level of
the items is drawn; that of the seeds needs no draws, since the variance of a mean of n resampled seeds, widened by
n / (n - 1) as so small a sample asks, is s²/n exactly. The items' variance is widened likewise: of test items there are
so many that it hardly matters, of batches a dozen. What percentiles of either cannot know is the tail of four
seeds, so the interval is Student's (see `effects`), not the percentiles'.

Sums are counts of items, exact in float32, so the result does not depend on the number of threads.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from replication.metrics import Floats
from replication.statistics.effects import Spread

CHUNK = 3_000_000
"""Draws times items handled at once: about 90 MB of working memory."""
EXACT = 1 << 24
"""Counts up to here are exact in float32."""
ROUNDING = 1e-24
"""A variance up to here is what rounding leaves of equal scores, which are shares of 1."""


class Scores(NamedTuple):
    """One arm under one metric."""

    seeds: tuple[int, ...]
    observed: Floats
    """The metric on the test items, [seeds]."""
    drawn: Floats
    """The metric on each resample of the items, [draws, seeds]."""


class Estimate(NamedTuple):
    """A mean over seeds and its interval, in the metric's unit."""

    mean: float
    low: float
    high: float


class Resamples:
    """Bootstrap resamples of `items` test items: every use of one object sees the same resamples."""

    def __init__(
        self, items: int, seed: int, draws: int = 10_000, confidence: float = 0.95, sample: tuple[int, ...] = ()
    ) -> None:
        """Describe the resamples; nothing is drawn yet. Another `sample` of items is resampled independently.

        Raises:
            ValueError: there are no items, or more than float32 can count.
        """
        if not 0 < items <= EXACT:
            raise ValueError(f"{items} items: expected 1 to {EXACT}")
        self.items, self.seed, self.draws, self.confidence, self.sample = items, seed, draws, confidence, sample

    def indices(self) -> Iterator[npt.NDArray[np.int64]]:
        """Item indices drawn with replacement, in chunks [draws of the chunk, items]."""
        generator = np.random.default_rng([self.seed, 0, *self.sample])
        step = max(1, CHUNK // self.items)
        for start in range(0, self.draws, step):
            yield generator.integers(self.items, size=(min(step, self.draws - start), self.items))

    def item_weights(self) -> Iterator[Floats]:
        """How often each item is drawn, in chunks [draws of the chunk, items] of float32."""
        for indices in self.indices():
            rows = len(indices)
            flat = (indices + np.arange(rows)[:, None] * self.items).ravel()
            yield np.bincount(flat, minlength=rows * self.items).reshape(rows, self.items).astype(np.float32)

    def sums(self, columns: Floats) -> Floats:
        """Sum of each column over each resample: 0-or-1 columns [items, columns] -> counts [draws, columns]."""
        return np.concatenate([weights @ np.asarray(columns, dtype=np.float32) for weights in self.item_weights()])

    def means(self, drawn: Floats) -> Floats:
        """The mean over seeds on each resample of both levels: [draws, seeds] -> [draws].

        For what no formula gives the variance of, such as a ratio. What the drawn seeds deviate from the mean of all n
        is widened by sqrt(n / (n - 1)), so that its variance is that of a mean of n, s²/n.
        """
        seeds = drawn.shape[1]
        centre = np.asarray(drawn.mean(axis=1))
        if seeds == 1:
            return centre
        generator = np.random.default_rng([self.seed, 1, seeds])
        shares = generator.multinomial(seeds, np.full(seeds, 1 / seeds), len(drawn)) / seeds
        deviation = (shares * (drawn - centre[:, None])).sum(axis=1)
        return np.asarray(centre + math.sqrt(seeds / (seeds - 1)) * deviation)

    def spread(self, observed: Floats, drawn: Floats) -> Spread:
        """The mean of a metric over seeds, with the parts of its variance.

        Args:
            observed: the metric, or the difference of two, [seeds].
            drawn: the same on each resample of the items, [draws, seeds].
        """
        seeds = drawn.shape[1]
        values = np.asarray(drawn, dtype=np.float64)
        centre = values.mean(axis=1)
        widened = self.items / max(self.items - 1, 1)
        by_items, by_seeds, both = widened * float(centre.var()), 0.0, 0.0
        if seeds > 1:
            own = widened * (values - centre[:, None]).var(axis=0).mean() * seeds / (seeds - 1)
            both = float(own) / seeds
            by_seeds = float(np.var(observed, ddof=1)) / seeds
        own_seeds, shared = max(by_seeds - both, 0.0), min(both, by_items)
        return Spread(
            estimate=float(observed.mean()),
            seed_variance=own_seeds if own_seeds > ROUNDING else 0.0,
            item_variance=by_items - shared if by_items - shared > ROUNDING else 0.0,
            both_variance=shared if shared > ROUNDING else 0.0,
            seeds=seeds,
            items=self.items,
        )

    def summary(self, observed: Floats, drawn: Floats) -> Estimate:
        """The mean of `observed` [seeds] and its interval, from its resamples `drawn` [draws, seeds]."""
        spread = self.spread(observed, drawn)
        return Estimate(spread.estimate, *spread.effect.interval(self.confidence))

    def interval(self, scores: Scores) -> Estimate:
        """Estimate and interval of one arm's metric, a share, so the interval ends at 0 and 1.

        With a single seed the items alone are resampled.
        """
        mean, low, high = self.summary(scores.observed, scores.drawn)
        return Estimate(mean, max(low, 0.0), min(high, 1.0))

    def paired_difference(self, arm: Scores, reference: Scores) -> Estimate:
        """Estimate and interval of `arm` minus `reference` over the seeds in common, seed by seed on the same items.

        Raises:
            ValueError: no seed is in common.
        """
        difference = paired(arm, reference)
        return self.summary(difference.observed, difference.drawn)

    def difference_from_each(self, fixed: Scores, reference: Scores) -> Estimate:
        """Estimate and interval of a deterministic arm minus each seed of `reference`, on the same items.

        Raises:
            ValueError: `fixed` has not exactly one column of scores.
        """
        if len(fixed.seeds) != 1:
            raise ValueError(f"a deterministic arm has one run, not {len(fixed.seeds)}")
        return self.summary(fixed.observed - reference.observed, fixed.drawn - reference.drawn)


def paired(arm: Scores, reference: Scores) -> Scores:
    """`arm` minus `reference`, seed by seed over the seeds in common.

    Raises:
        ValueError: no seed is in common.
    """
    seeds = [seed for seed in arm.seeds if seed in reference.seeds]
    if not seeds:
        raise ValueError(f"no seed in common: {arm.seeds} and {reference.seeds}")
    arm, reference = _select(arm, seeds), _select(reference, seeds)
    return Scores(tuple(seeds), arm.observed - reference.observed, arm.drawn - reference.drawn)


def _select(scores: Scores, seeds: Sequence[int]) -> Scores:
    columns = [scores.seeds.index(seed) for seed in seeds]
    return Scores(tuple(seeds), scores.observed[columns], scores.drawn[:, columns])
