"""Scores of the sweeps: all points of one dataset on the same resamples of its test items."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from replication import statistics
from replication.config import Parameters
from replication.evaluation.cells import Cell
from replication.evaluation.finished import FinishedRun
from replication.evaluation.rows import DIGITS
from replication.evaluation.testset import TestSet
from replication.results.cells import Interval
from replication.results.sweeps import ArmScore
from replication.statistics import Estimate, Resamples, Scores

METRIC = "macro_f1"
Finished = Mapping[int, FinishedRun]
"""Runs by seed."""
Runs = Mapping[Cell, Finished]


@dataclass(frozen=True)
class Scored:
    """Test macro-F1 by arm; for an opinion set on the current items."""

    resamples: Resamples
    scores: Mapping[str, Scores]

    def arm(self, name: str) -> ArmScore | None:
        """What is published of an arm; None where it has no run."""
        if name not in self.scores:
            return None
        found = self.scores[name]
        seeds = {seed: round(float(value), DIGITS) for seed, value in zip(found.seeds, found.observed, strict=True)}
        return ArmScore(macro_f1=rounded(self.resamples.interval(found)), seeds=seeds)

    def difference(self, name: str, reference: str) -> Interval | None:
        """One arm minus another, seed by seed; None where they have no seed in common."""
        if not {name, reference} <= self.scores.keys():
            return None
        arm, other = self.scores[name], self.scores[reference]
        return rounded(self.resamples.paired_difference(arm, other)) if set(arm.seeds) & set(other.seeds) else None


def score(parameters: Parameters, items: TestSet, arms: Mapping[str, Finished]) -> Scored:
    """Score the arms that have runs."""
    settings, current = parameters.statistics, items.current
    resamples = Resamples(int(current.sum()), settings.seed, settings.draws, settings.confidence)
    predicted = {
        name: {seed: run.predicted[current] for seed, run in runs.items()} for name, runs in arms.items() if runs
    }
    found = statistics.score_arms(resamples, items.truth[current], predicted, len(items.splits.classes))
    return Scored(resamples, {name: metrics[METRIC] for name, metrics in found.items()})


def ordinary(runs: Runs, method: str, model: str = "student") -> Finished:
    """The runs of the tables' cell of a method's model; none where it is not listed."""
    return next((found for cell, found in runs.items() if (cell.method, cell.model) == (method, model)), {})


def rounded(estimate: Estimate | Interval) -> Interval:
    """As it is published."""
    values = {"mean": estimate.mean, "low": estimate.low, "high": estimate.high}
    return Interval(**{name: float(np.round(value, DIGITS)) + 0.0 for name, value in values.items()})
