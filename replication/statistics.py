"""From predictions[seed, item] to an estimate with its interval.

The seeds of one arm are scored on the same test items, so the design is crossed. A two-level bootstrap resamples both:
the seeds with replacement, then the items, with one resample of the items for every seed and every arm of a comparison
(Davison and Hinkley 1997, section 3.8, hierarchical data; Owen 2007, "The pigeonhole bootstrap", for the crossed case).
The interval is the percentile interval of the mean over seeds. A resample of n seeds has a variance too small by the
factor (n - 1) / n, so the seeds' deviations from their mean are widened by sqrt(n / (n - 1)). That mends the variance,
not the tails of so small a sample: where seeds differ far more than items do, a 95% interval from four seeds covers the
truth less often (the tests of this module simulate how often). The report says so.

Sums are counts of items, exact in float32, so the result does not depend on the number of threads.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from replication.metrics import METRICS, ClassCounts, Floats, Integers, evaluate, one_hot

CHUNK = 3_000_000
"""Draws times items handled at once: about 90 MB of working memory."""
EXACT = 1 << 24
"""Counts up to here are exact in float32."""


class Scores(NamedTuple):
    """One arm under one metric."""

    seeds: tuple[int, ...]
    observed: Floats
    """The metric on the test items, [seeds]."""
    drawn: Floats
    """The metric on each resample of the items, [draws, seeds]."""


class Estimate(NamedTuple):
    """A mean over seeds and its percentile interval, in the metric's unit."""

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
        self._seed_weights: dict[int, Floats] = {}

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

    def seed_weights(self, seeds: int) -> Floats:
        """Share of each seed in each draw, [draws, seeds]; the rows sum to 1."""
        if seeds not in self._seed_weights:
            generator = np.random.default_rng([self.seed, 1, seeds])
            self._seed_weights[seeds] = generator.multinomial(seeds, np.full(seeds, 1 / seeds), self.draws) / seeds
        return self._seed_weights[seeds]

    def means(self, drawn: Floats) -> Floats:
        """Resample seeds on top of items: scores on resamples of the items [draws, seeds] -> their mean, [draws].

        In each resample of the items, what the drawn seeds deviate from the mean of all n is widened by
        sqrt(n / (n - 1)), so that its variance is that of a mean of n, s²/n, and not (n - 1)/n of it.
        """
        seeds = drawn.shape[1]
        centre = drawn.mean(axis=1)
        deviation = (self.seed_weights(seeds) * (drawn - centre[:, None])).sum(axis=1)
        widening = math.sqrt(seeds / (seeds - 1)) if seeds > 1 else 1.0
        return np.asarray(centre + widening * deviation)

    def summary(self, observed: Floats, drawn: Floats) -> Estimate:
        """The mean of `observed` [seeds], and the percentile interval of its resamples `drawn` [draws, seeds]."""
        tail = (1 - self.confidence) / 2
        low, high = np.quantile(self.means(drawn), [tail, 1 - tail])
        return Estimate(float(observed.mean()), float(low), float(high))

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
        seeds = [seed for seed in arm.seeds if seed in reference.seeds]
        if not seeds:
            raise ValueError(f"no seed in common: {arm.seeds} and {reference.seeds}")
        arm, reference = _select(arm, seeds), _select(reference, seeds)
        return self.summary(arm.observed - reference.observed, arm.drawn - reference.drawn)

    def difference_from_each(self, fixed: Scores, reference: Scores) -> Estimate:
        """Estimate and interval of a deterministic arm minus each seed of `reference`, on the same items.

        Raises:
            ValueError: `fixed` has not exactly one column of scores.
        """
        if len(fixed.seeds) != 1:
            raise ValueError(f"a deterministic arm has one run, not {len(fixed.seeds)}")
        return self.summary(fixed.observed - reference.observed, fixed.drawn - reference.drawn)


def _select(scores: Scores, seeds: Sequence[int]) -> Scores:
    columns = [scores.seeds.index(seed) for seed in seeds]
    return Scores(tuple(seeds), scores.observed[columns], scores.drawn[:, columns])


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
