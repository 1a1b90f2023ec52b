"""Means of values of items, such as a divergence, over resamples of the items.

Counts of items are summed exactly in float32 by `statistics`; values that are no counts are summed here in float64.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from replication.evaluation.rows import DIGITS
from replication.metrics import Floats
from replication.results.cells import Interval
from replication.statistics import Estimate, Resamples, Scores

Key = tuple[str | int, ...]
"""What is measured, of which arm, and at the end the seed."""


class Means:
    """Means over items, on the items and on every resample, of many columns in one pass over the resamples."""

    def __init__(self, resamples: Resamples, columns: Mapping[Key, Floats]) -> None:
        """Take the means of `columns`, each [items, width]."""
        self._keys = list(columns)
        ends = np.cumsum([columns[key].shape[1] for key in self._keys], dtype=np.int64)
        self._places = {
            key: slice(int(end) - columns[key].shape[1], int(end)) for key, end in zip(self._keys, ends, strict=True)
        }
        table = np.concatenate([np.asarray(columns[key], dtype=np.float64) for key in self._keys], axis=1)
        self._observed = table.mean(axis=0)
        shares = table / len(table)
        self._drawn = np.concatenate([weights.astype(np.float64) @ shares for weights in resamples.item_weights()])

    def of(self, key: Key) -> tuple[Floats, Floats]:
        """The means of a column: [width] of the items, [draws, width] of the resamples."""
        return self._observed[self._places[key]], self._drawn[:, self._places[key]]

    def seeds(self, *start: str | int) -> tuple[int, ...]:
        """The seeds of the keys that begin so."""
        return tuple(int(key[-1]) for key in self._keys if key[:-1] == start)

    def scores(self, *start: str | int) -> Scores:
        """The scores of an arm whose metric is a mean over items, from columns of width 1."""
        seeds = self.seeds(*start)
        found = [self.of((*start, seed)) for seed in seeds]
        observed, drawn = (np.concatenate([one[part] for one in found], axis=-1) for part in (0, 1))
        return Scores(seeds, observed, drawn)


def difference(scores: Scores, subtracted: Scores) -> Scores:
    """`scores` minus `subtracted` seed by seed, where both have the seed; drawn from independent samples of items."""
    seeds = tuple(seed for seed in scores.seeds if seed in subtracted.seeds)
    here, there = ([one.seeds.index(seed) for seed in seeds] for one in (scores, subtracted))
    return Scores(
        seeds,
        scores.observed[here] - subtracted.observed[there],
        scores.drawn[:, here] - subtracted.drawn[:, there],
    )


def rounded(estimate: Estimate, floor: float = -np.inf) -> Interval:
    """An estimate as it is published, its interval ending at the floor of what is possible."""
    low, high = max(estimate.low, floor), max(estimate.high, floor)
    return Interval(mean=to_digits(estimate.mean), low=to_digits(low), high=to_digits(high))


def to_digits(value: float) -> float:
    """A number as it is published; no minus zero."""
    return round(float(value), DIGITS) + 0.0
