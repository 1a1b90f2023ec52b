"""The intervals of a check: many cells, a few seeds each, and no more false alarms than stated over all of them.

A run's seeds are not paired with the accepted ones (any change of the code sends a seed on another course, and a rerun
may have other seeds); the test items are. The variance of the difference of two means over seeds has two parts:

- items: the variance of the difference over resamples of the items, which both arms share;
- seeds: s²·(1/n + 1/m), where s² is moderated over the cells of the set.

The interval is Student's, its degrees of freedom by Satterthwaite (1946), its level Bonferroni's over the cells, so
that all of them hold at once. The tests simulate reruns from stored predictions and count the false alarms.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy import stats

from replication.regression.moderation import fit_prior, moderated
from replication.statistics import Estimate, Scores, Variance


class Parts(NamedTuple):
    """A difference of two means over seeds, and its variance in parts."""

    difference: float
    items: float
    """Variance from the test items."""
    seed_variance: Variance
    """s², pooled over the two arms with n + m - 2 degrees of freedom; 0 of a deterministic arm."""
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
        seed_variance=Variance(squares / freedom if freedom else 0.0, freedom),
        seeds=0.0 if deterministic else 1 / len(arms[0]) + 1 / len(arms[1]),
    )


def trained_again(accepted: Scores) -> Parts | None:
    """The parts of an arm and itself with as many other seeds, by how its own seeds differ; None of one seed."""
    seeds = len(accepted.observed)
    if seeds == 1:
        return None
    between = accepted.drawn - accepted.drawn.mean(axis=1, keepdims=True)
    one_seed = float(between.var(axis=0).sum()) / (seeds - 1)
    seed_variance = Variance(float(accepted.observed.var(ddof=1)), seeds - 1)
    return Parts(0.0, items=one_seed * 2 / seeds, seed_variance=seed_variance, seeds=2 / seeds)


def prior(cells: Sequence[Parts]) -> Variance:
    """What the cells of a set say of a seed's variance."""
    return fit_prior([cell.seed_variance for cell in cells if cell.seeds])


def interval(cell: Parts, known: Variance, cells: int, confidence: float) -> Estimate | None:
    """The interval of one difference among `cells`, which hold together with `confidence`.

    None where one seed an arm and no prior leave it unknown how much seeds differ.
    """
    of_seed = moderated(cell.seed_variance, known)
    if cell.seeds and not of_seed.freedom:
        return None
    seeds = of_seed.value * cell.seeds
    variance = cell.items + seeds
    satterthwaite = variance**2 / (seeds**2 / of_seed.freedom) if seeds else np.inf
    half = float(stats.t.ppf(1 - (1 - confidence) / (2 * cells), satterthwaite) * np.sqrt(variance))
    return Estimate(cell.difference, cell.difference - half, cell.difference + half)
