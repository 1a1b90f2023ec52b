"""The intervals of a check: many cells, a few seeds each, and no more false alarms than stated over all of them.

A run's seeds are not paired with the accepted ones (any change of the code sends a seed on another course, and a rerun
may have other seeds); the test items are. The variance of the difference of two means over seeds has two parts:

- items: the variance of the difference over resamples of the items, which both arms share;
- seeds: s²·(1/n + 1/m). Three degrees of freedom an arm are too few for a threshold far out in the tail, so s² is
  moderated: each cell's variance is drawn towards what the cells of the same set have in common, by empirical Bayes
  (Smyth 2004, "Linear models and empirical Bayes methods", section 3 and 6.2, from which the names d0 and s0² come).

The interval is Student's, its degrees of freedom by Satterthwaite (1946), its level Bonferroni's over the cells, so
that all of them hold at once. The tests simulate reruns from stored predictions and count the false alarms.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy import optimize, special, stats

from replication.statistics import Estimate, Scores

LEAST_CELLS = 3
"""Fewer cells tell nothing of how variances scatter."""
EXACT = 1e5
"""Degrees of freedom from which a prior counts as exact."""


class Prior(NamedTuple):
    """What the cells of a set say of a seed's variance: a scaled inverse chi-squared distribution."""

    freedom: float
    """d0; 0 where nothing is known."""
    variance: float
    """s0²."""


class Parts(NamedTuple):
    """A difference of two means over seeds, and its variance in parts."""

    difference: float
    items: float
    """Variance from the test items."""
    seed_variance: float
    """s², pooled over the two arms; 0 of a deterministic arm."""
    freedom: int
    """Of s²: n + m - 2."""
    seeds: float
    """1/n + 1/m; 0 of a deterministic arm, whose one seed stands for all."""


def parts(current: Scores, accepted: Scores, deterministic: bool) -> Parts:
    """Take the difference `current` minus `accepted` apart; both are scored on the same resamples."""
    arms = (current.observed, accepted.observed)
    squares = sum(float(((arm - arm.mean()) ** 2).sum()) for arm in arms)
    freedom = len(arms[0]) + len(arms[1]) - 2
    return Parts(
        difference=float(arms[0].mean() - arms[1].mean()),
        items=float((current.drawn.mean(axis=1) - accepted.drawn.mean(axis=1)).var()),
        seed_variance=squares / freedom if freedom else 0.0,
        freedom=freedom,
        seeds=0.0 if deterministic else 1 / len(arms[0]) + 1 / len(arms[1]),
    )


def prior(cells: Sequence[Parts]) -> Prior:
    """Fit d0 and s0² to the cells' s² by the moments of log s² (Smyth 2004, section 6.2)."""
    usable = [cell for cell in cells if cell.seeds and cell.freedom and cell.seed_variance > 0]
    if len(usable) < LEAST_CELLS:
        return Prior(0.0, 0.0)
    freedom = np.array([cell.freedom for cell in usable], dtype=np.float64)
    logs = np.log([cell.seed_variance for cell in usable]) - special.digamma(freedom / 2) + np.log(freedom / 2)
    excess = float(logs.var(ddof=1) - special.polygamma(1, freedom / 2).mean())
    if excess <= special.polygamma(1, EXACT / 2):
        return Prior(EXACT, float(np.exp(logs.mean())))
    half = float(optimize.brentq(lambda at: float(special.polygamma(1, at)) - excess, 1e-6, EXACT))
    return Prior(2 * half, float(np.exp(logs.mean() + special.digamma(half) - np.log(half))))


def interval(cell: Parts, known: Prior, cells: int, confidence: float) -> Estimate | None:
    """The interval of one difference among `cells`, which hold together with `confidence`.

    None where one seed an arm and no prior leave it unknown how much seeds differ.
    """
    freedom = known.freedom + cell.freedom
    if cell.seeds and not freedom:
        return None
    moderated = (known.freedom * known.variance + cell.freedom * cell.seed_variance) / freedom if freedom else 0.0
    seeds = moderated * cell.seeds
    variance = cell.items + seeds
    satterthwaite = variance**2 / (seeds**2 / freedom) if seeds else np.inf
    half = float(stats.t.ppf(1 - (1 - confidence) / (2 * cells), satterthwaite) * np.sqrt(variance))
    return Estimate(cell.difference, cell.difference - half, cell.difference + half)
