"""An estimate with its uncertainty: Student's t, with the degrees of freedom that seeds and items leave together.

The seeds of an arm are scored on the same test items, so an estimate from n seeds and m items varies by three parts:
the seeds' own, σ_s²/n, the items' own, σ_i²/m, and what is peculiar to a seed on an item, σ_si²/(nm). Four seeds know
their part badly, 1,500 items know theirs well. Satterthwaite (1946, "An approximate distribution of estimates of
variance components") gives the degrees of freedom of the sum: few where seeds rule, many where items do. The tests of
this package simulate how often the 95% interval covers the truth: 93 to 97% for four seeds, whichever part rules.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.special import stdtr, stdtrit

from replication.statistics.moderation import Variance


class Effect(NamedTuple):
    """An estimate that deviates from the truth as Student's t; of a ratio, its logarithm."""

    estimate: float
    standard_error: float
    degrees: float
    """Of freedom; infinite where the deviation is normal."""

    def above(self, margin: float) -> float:
        """One-sided p-value against "the truth is no more than `margin`"."""
        return self._tail(self.estimate - margin)

    def below(self, margin: float) -> float:
        """One-sided p-value against "the truth is no less than `margin`"."""
        return self._tail(margin - self.estimate)

    def within(self, margin: float) -> float:
        """P-value of equivalence to within ± `margin`: two one-sided tests (Schuirmann 1987), the larger of the two."""
        return max(self.above(-margin), self.below(margin))

    def interval(self, confidence: float) -> tuple[float, float]:
        """Low and high end of the interval."""
        half = float(stdtrit(self.degrees, (1 + confidence) / 2)) * self.standard_error
        return self.estimate - half, self.estimate + half

    def _tail(self, excess: float) -> float:
        if self.standard_error == 0:
            return 0.0 if excess > 0 else 1.0
        return float(stdtr(self.degrees, -excess / self.standard_error))


class Spread(NamedTuple):
    """An estimate with the three parts of its variance."""

    estimate: float
    seed_variance: float
    """Of the estimate, by the seeds' own deviations: σ_s²/n."""
    item_variance: float
    """Of the estimate, by which items were drawn: σ_i²/m."""
    both_variance: float
    """Of the estimate, by what is peculiar to a seed on an item: σ_si²/(nm)."""
    seeds: int
    items: int
    """0 where no items are resampled."""
    freedom: float | None = None
    """Degrees of freedom of the seeds' part; None: n - 1, as where it stands for itself."""

    @property
    def seed_freedom(self) -> float:
        """Degrees of freedom of the seeds' part."""
        return self.seeds - 1.0 if self.freedom is None else self.freedom

    @property
    def effect(self) -> Effect:
        """The estimate with its standard error and degrees of freedom.

        Where the seeds differ no more than items alone make them differ, the items' degrees of freedom hold; else
        Satterthwaite's, but no fewer than those of the seeds by themselves.
        """
        variance = self.seed_variance + self.item_variance + self.both_variance
        by_seeds, by_items = self.seed_variance + self.both_variance, self.item_variance + self.both_variance
        degrees = float(max(self.items - 1, 1)) if self.items else math.inf
        if self.seed_variance > 0:
            doubt = by_seeds**2 / self.seed_freedom + by_items**2 / max(self.items - 1, 1)
            degrees = max(self.seed_freedom, variance**2 / doubt)
        return Effect(self.estimate, math.sqrt(variance), degrees)

    def moderated(self, own: Variance, prior: Variance) -> Spread:
        """With the variance of a seed, `own` [n - 1 degrees of freedom], drawn towards what other estimates share."""
        value, freedom = own.moderated(prior)
        by_seeds = max(value / self.seeds - self.both_variance, 0.0)
        return self._replace(seed_variance=by_seeds, freedom=freedom)

    def with_seeds(self, seeds: int) -> Spread:
        """What to expect of another number of seeds, at least 2, everything else the same."""
        share = self.seeds / seeds
        return self._replace(
            seed_variance=share * self.seed_variance,
            both_variance=share * self.both_variance,
            seeds=seeds,
            freedom=None if self.freedom is None else self.freedom + seeds - self.seeds,
        )

    def with_items(self, items: int) -> Spread:
        """What to expect of another number of items, everything else the same."""
        share = self.items / items
        return self._replace(
            item_variance=share * self.item_variance, both_variance=share * self.both_variance, items=items
        )


def pool(effects: Sequence[Effect]) -> Effect:
    """The mean of independent estimates, such as those of different sets; Satterthwaite's degrees of freedom."""
    variances = np.array([effect.standard_error**2 for effect in effects])
    degrees = np.array([effect.degrees for effect in effects])
    estimate = float(np.mean([effect.estimate for effect in effects]))
    total = float(variances.sum())
    if total == 0:
        return Effect(estimate, 0.0, math.inf)
    doubt = float((variances**2 / degrees).sum())
    return Effect(estimate, math.sqrt(total) / len(effects), total**2 / doubt if doubt > 0 else math.inf)
