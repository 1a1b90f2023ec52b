"""From predictions[seed, item] to an estimate with its interval.

The seeds of one arm are scored on the same test items, so the design is crossed. A two-level bootstrap resamples both:
the seeds with replacement, then the items, with one resample of the items for every seed and every arm of a comparison
(Davison and Hinkley 1997, section 3.8, hierarchical data; Owen 2007, "The pigeonhole bootstrap", for the crossed case).
The interval is the percentile interval of the mean over seeds. Few seeds give a resampled spread that is too small by
the factor (n - 1) / n; the report says so.

Sums are counts of items, exact in float32, so the result does not depend on the number of threads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.integer]
Floats = npt.NDArray[np.floating]

CHUNK = 3_000_000
"""Draws times items handled at once: about 90 MB of working memory."""
EXACT = 1 << 24
"""Counts up to here are exact in float32."""


class ClassCounts(NamedTuple):
    """Item counts by class, each an array [..., classes]."""

    hits: Floats
    predicted: Floats
    actual: Floats


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

    @property
    def separated(self) -> bool:
        """Whether the interval is clear of 0."""
        return self.low > 0 or self.high < 0


class Resamples:
    """Bootstrap resamples of `items` test items: every use of one object sees the same resamples."""

    def __init__(self, items: int, seed: int, draws: int = 10_000, confidence: float = 0.95) -> None:
        """Describe the resamples; nothing is drawn yet.

        Raises:
            ValueError: there are no items, or more than float32 can count.
        """
        if not 0 < items <= EXACT:
            raise ValueError(f"{items} items: expected 1 to {EXACT}")
        self.items, self.seed, self.draws, self.confidence = items, seed, draws, confidence

    def indices(self) -> Iterator[npt.NDArray[np.int64]]:
        """Item indices drawn with replacement, in chunks [draws of the chunk, items]."""
        generator = np.random.default_rng([self.seed, 0])
        step = max(1, CHUNK // self.items)
        for start in range(0, self.draws, step):
            yield generator.integers(self.items, size=(min(step, self.draws - start), self.items))

    def item_weights(self) -> Iterator[Floats]:
        """How often each item is drawn, in chunks [draws of the chunk, items] of float32."""
        for indices in self.indices():
            rows = len(indices)
            flat = (indices + np.arange(rows)[:, None] * self.items).ravel()
            yield np.bincount(flat, minlength=rows * self.items).reshape(rows, self.items).astype(np.float32)

    def seed_weights(self, seeds: int) -> Floats:
        """Share of each seed in each draw, [draws, seeds]; the rows sum to 1."""
        generator = np.random.default_rng([self.seed, 1, seeds])
        return generator.multinomial(seeds, np.full(seeds, 1 / seeds), size=self.draws) / seeds

    def summary(self, observed: Floats, drawn: Floats) -> Estimate:
        """The mean of `observed` [seeds], and the percentile interval of its resamples `drawn` [draws, seeds]."""
        means = (self.seed_weights(drawn.shape[1]) * drawn).sum(axis=1)
        tail = (1 - self.confidence) / 2
        low, high = np.quantile(means, [tail, 1 - tail])
        return Estimate(float(observed.mean()), float(low), float(high))

    def interval(self, scores: Scores) -> Estimate:
        """Estimate and interval of one arm. With a single seed the items alone are resampled."""
        return self.summary(scores.observed, scores.drawn)

    def paired_difference(self, arm: Scores, reference: Scores) -> Estimate:
        """Estimate and interval of `arm` minus `reference`, seed by seed on the same items.

        Arms with several seeds are paired on those that they have in common; an arm with a single seed (a
        deterministic yardstick) is held against each seed of the other.

        Raises:
            ValueError: both have several seeds and none in common.
        """
        seeds = [seed for seed in arm.seeds if seed in reference.seeds]
        if len(arm.seeds) > 1 and len(reference.seeds) > 1:
            if not seeds:
                raise ValueError(f"no seed in common: {arm.seeds} and {reference.seeds}")
            arm, reference = _select(arm, seeds), _select(reference, seeds)
        return self.summary(arm.observed - reference.observed, arm.drawn - reference.drawn)


def _select(scores: Scores, seeds: Sequence[int]) -> Scores:
    columns = [scores.seeds.index(seed) for seed in seeds]
    return Scores(tuple(seeds), scores.observed[columns], scores.drawn[:, columns])


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
