"""An estimate with its uncertainty: Student's t, with the degrees of freedom that seeds and items leave together.

The seeds of an arm are scored on the same test items, so an estimate from n seeds and m items varies by three parts:
the seeds' own, σ_s²/n, the items' own, σ_i²/m, and what is peculiar to a seed on an item, σ_si²/(nm). Four seeds know
their part badly, 1,500 items know theirs well. Satterthwaite (1946, "An approximate distribution of estimates of
variance components") gives the degrees of freedom of the sum: few where seeds rule, many where items do. The tests of
this package simulate how often the 95% interval covers the truth: 93 to 97% for four seeds, whichever part rules.

Far out in the tail, where a correction over many claims puts the threshold, that no longer holds: the smallest p-values
come from the seeds' variances that happen to be too small, which Satterthwaite's degrees of freedom then take for
little. A p-value is therefore that of Cochran (1964, "Approximate significance levels of the Behrens-Fisher test";
Cochran and Cox, Experimental Designs, section 4.14): its critical value is the mean of the parts' own, weighted by
their variances. It supposes nothing of how variances compare between claims, and errs on the side of saying too little;
the tests simulate that too.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtr, stdtr, stdtrit

FARTHEST = 20.0
"""Standard normal deviations; smaller levels than this tail, 3e-89, are not told apart."""


class Variance(NamedTuple):
    """A sample variance and its degrees of freedom."""

    value: float
    freedom: float


class Effect(NamedTuple):
    """An estimate that deviates from the truth as Student's t; of a ratio, its logarithm."""

    estimate: float
    standard_error: float
    degrees: float
    """Of freedom; infinite where the deviation is normal."""
    parts: tuple[Variance, ...] = ()
    """Of the variance, where it has several: they decide the p-values."""

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
        ratio = excess / self.standard_error
        if len(self.parts) < 2:
            return float(stdtr(self.degrees, -ratio))
        tail = self._weighted_tail(abs(ratio))
        return tail if ratio > 0 else 1 - tail

    def _weighted_tail(self, ratio: float) -> float:
        """The one-sided level at which the parts' critical values, weighted by their variances, come to `ratio`."""
        values, degrees = np.array(self.parts).T
        weights = values / values.sum()

        def missing(normal: float) -> float:
            return ratio - float(weights @ -stdtrit(degrees, ndtr(-normal)))

        # No t quantile is nearer to 0 than the normal one.
        farthest = min(ratio, FARTHEST)
        return float(ndtr(-(brentq(missing, 0.0, farthest) if missing(farthest) < 0 else farthest)))


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

    @property
    def effect(self) -> Effect:
        """The estimate with its standard error and degrees of freedom.

        Where the seeds differ no more than items alone make them differ, the items' degrees of freedom hold; else
        Satterthwaite's, but no fewer than those of the seeds by themselves.
        """
        variance = self.seed_variance + self.item_variance + self.both_variance
        by_seeds, by_items = self.seed_variance + self.both_variance, self.item_variance + self.both_variance
        of_seeds, of_items = self.seeds - 1.0, float(max(self.items - 1, 1)) if self.items else math.inf
        if self.seed_variance <= 0:
            return Effect(self.estimate, math.sqrt(variance), of_items)
        doubt = by_seeds**2 / of_seeds + by_items**2 / max(self.items - 1, 1)
        parts = [Variance(by_seeds, of_seeds), Variance(self.item_variance, of_items)]
        return Effect(
            self.estimate,
            math.sqrt(variance),
            max(of_seeds, variance**2 / doubt),
            tuple(part for part in parts if part.value > 0),
        )

    def with_seeds(self, seeds: int) -> Spread:
        """What to expect of another number of seeds, at least 2, everything else the same."""
        share = self.seeds / seeds
        return self._replace(
            seed_variance=share * self.seed_variance,
            both_variance=share * self.both_variance,
            seeds=seeds,
        )

    def with_items(self, items: int) -> Spread:
        """What to expect of another number of items, everything else the same."""
        share = self.items / items
        return self._replace(
            item_variance=share * self.item_variance, both_variance=share * self.both_variance, items=items
        )


def pool(effects: Sequence[Effect]) -> Effect:
    """The mean of independent estimates, such as those of different sets; Satterthwaite's degrees of freedom."""
    estimate = float(np.mean([effect.estimate for effect in effects]))
    wholes = [Variance(effect.standard_error**2, effect.degrees) for effect in effects]
    total = sum(whole.value for whole in wholes)
    if total == 0:
        return Effect(estimate, 0.0, math.inf)
    doubt = sum(whole.value**2 / whole.freedom for whole in wholes)
    degrees = total**2 / doubt if doubt > 0 else math.inf
    parts = [part for effect, whole in zip(effects, wholes, strict=True) for part in effect.parts or (whole,)]
    scaled = tuple(Variance(part.value / len(effects) ** 2, part.freedom) for part in parts if part.value > 0)
    return Effect(estimate, math.sqrt(total) / len(effects), degrees, scaled)
