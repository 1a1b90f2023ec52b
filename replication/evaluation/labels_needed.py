"""Labels that two arms need for the same score, read off their learning curves.

A curve is made monotone by least squares (isotonic regression: Barlow, Bartholomew, Bremner & Brunk 1972), since more
labels do not hurt but for chance, and is linear in the logarithm of the number of labels between the sizes. The common
score is the lower of the two at the largest size, so that both arms reach it. An arm that has it at the smallest size
needs at most that many labels: a bound, and so is the ratio.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.optimize import isotonic_regression

from replication.results.cells import Interval
from replication.results.efficiency import Bound

Floats = npt.NDArray[np.floating]


class Needed(NamedTuple):
    """Labels for one common score."""

    score: float
    alone: float
    taught: float
    alone_bounded: bool
    taught_bounded: bool

    @property
    def ratio(self) -> float:
        """Taught over alone."""
        return self.taught / self.alone

    @property
    def bound(self) -> Bound:
        """What the ratio is."""
        if self.alone_bounded and self.taught_bounded:
            return "unknown"
        return "at most" if self.taught_bounded else "at least" if self.alone_bounded else "exact"


class RatioDraws(NamedTuple):
    """The ratio on resamples."""

    interval: Interval
    standard_error: float
    """Of its logarithm."""
    bounded: float
    """Share of the draws in which it is a bound."""


def labels_needed(sizes: Floats, alone: Floats, taught: Floats) -> Needed:
    """Labels for the lower of the two scores at the largest size.

    Args:
        sizes: numbers of labels, rising, [sizes].
        alone: the scores of one arm, [sizes].
        taught: those of the other.
    """
    fits = [np.asarray(isotonic_regression(scores).x) for scores in (alone, taught)]
    score = float(min(fit[-1] for fit in fits))
    (first, first_bounded), (second, second_bounded) = (labels_for(score, sizes, fit) for fit in fits)
    return Needed(score, first, second, first_bounded, second_bounded)


def labels_for(score: float, sizes: Floats, fit: Floats) -> tuple[float, bool]:
    """The fewest labels at which a monotone curve has a score, and whether that is a bound.

    Args:
        score: at most the curve's last.
        sizes: numbers of labels, rising, [sizes].
        fit: the curve's scores, never falling, [sizes].
    """
    after = int(np.searchsorted(fit, score))
    if after == 0:
        return float(sizes[0]), True
    share = (score - fit[after - 1]) / (fit[after] - fit[after - 1])
    low, high = math.log(sizes[after - 1]), math.log(sizes[after])
    return math.exp(low + share * (high - low)), False


def ratio_draws(sizes: Floats, alone: Floats, taught: Floats, estimate: float, confidence: float) -> RatioDraws:
    """The percentile interval of the ratio.

    Args:
        sizes: numbers of labels, rising, [sizes].
        alone: mean scores of one arm on each resample, [draws, sizes].
        taught: those of the other, on the same resamples.
        estimate: the ratio on the scores as they are.
        confidence: of the interval.
    """
    drawn = [labels_needed(sizes, *curves) for curves in zip(alone, taught, strict=True)]
    ratios = np.array([one.ratio for one in drawn])
    tail = (1 - confidence) / 2
    low, high = np.quantile(ratios, [tail, 1 - tail])
    bounded = sum(one.bound != "exact" for one in drawn) / len(drawn)
    spread = float(np.log(ratios).std(ddof=1))
    return RatioDraws(Interval(mean=estimate, low=float(low), high=float(high)), spread, bounded)
