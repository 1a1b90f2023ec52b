"""Labels that two arms need for the same score, read off their learning curves.

A curve is made monotone by least squares (isotonic regression: Barlow, Bartholomew, Bremner & Brunk 1972), since more
labels do not hurt but for chance, and is linear in the logarithm of the number of labels between the sizes. The common
score is the lower of the two at the largest size, so that both arms reach it. An arm that has it at the smallest size
needs at most that many labels: a bound, and so is the ratio.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.optimize import isotonic_regression

from replication.results.comparisons import Bound

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


class CurveDraws(NamedTuple):
    """The mean scores of one arm on resamples, each [draws, sizes]."""

    items: Floats
    """Of the items, over the seeds as they are."""
    both: Floats
    """Of items and seeds."""


class RatioDraws(NamedTuple):
    """The logarithm of the ratio on resamples."""

    item_variance: float
    """Where the items alone are resampled."""
    variance: float
    """Where items and seeds are."""
    bounded: float
    """Share of the draws of both in which the ratio is a bound."""


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


def ratio_draws(sizes: Floats, alone: CurveDraws, taught: CurveDraws) -> RatioDraws:
    """How the ratio varies.

    Args:
        sizes: numbers of labels, rising, [sizes].
        alone: the curves of one arm.
        taught: those of the other, on the same resamples.
    """
    of_items, of_both = _needed(sizes, alone.items, taught.items), _needed(sizes, alone.both, taught.both)
    bounded = sum(one.bound != "exact" for one in of_both) / len(of_both)
    return RatioDraws(_log_variance(of_items), _log_variance(of_both), bounded)


def _needed(sizes: Floats, alone: Floats, taught: Floats) -> list[Needed]:
    return [labels_needed(sizes, *curves) for curves in zip(alone, taught, strict=True)]


def _log_variance(drawn: Sequence[Needed]) -> float:
    return float(np.log([one.ratio for one in drawn]).var(ddof=1))
