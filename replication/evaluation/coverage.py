"""Recall by kind of junk and period, and what of the historical model's catch a network keeps, loses and adds.

A run calls an item junk at its own threshold, chosen on its validation. The resamples are those of the table of
results, so that one number has one interval in the whole report.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from replication.config import Parameters
from replication.evaluation.cells import Cell
from replication.evaluation.finished import FinishedRun
from replication.evaluation.means import rounded, to_digits
from replication.evaluation.scores import LEGACY_SAMPLE
from replication.evaluation.teaching import Arms, runs_of
from replication.evaluation.testset import JUNK, TestSet
from replication.evaluation.thresholds import junk_probability
from replication.results.cells import HISTORICAL, Interval
from replication.results.coverage import ALL, PERIODS, ArmCoverage, DatasetCoverage, Flips, Period
from replication.statistics import Resamples, Scores

Bools = npt.NDArray[np.bool_]


def describe(parameters: Parameters, items: TestSet, runs: Arms) -> DatasetCoverage | None:
    """Describe one opinion set; None for other sets, and where no network has finished."""
    arms = {cell: found for cell, found in runs.items() if found and cell.group != "yardstick"}
    if not items.opinion or not arms:
        return None
    masks = {period: _masks(items, period) for period in PERIODS}
    caught = {cell: {seed: _caught(run) for seed, run in found.items()} for cell, found in arms.items()}
    historical = {seed: _caught(run) for seed, run in runs_of(arms, *HISTORICAL).items()}
    recalls = {
        period: _recalls(parameters, items, period, masks[period], caught) for period in PERIODS if masks[period]
    }
    return DatasetCoverage(
        items={period: {name: int(mask.sum()) for name, mask in masks[period].items()} for period in recalls},
        arms=[
            ArmCoverage(
                method=cell.method,
                model=cell.model,
                seeds=list(found),
                recall={period: by_cell[cell] for period, by_cell in recalls.items()},
                flips={
                    period: count_flips(masks[period][ALL], found, historical)
                    for period in recalls
                    if (cell.method, cell.model) != HISTORICAL and found.keys() & historical.keys()
                },
            )
            for cell, found in caught.items()
        ],
    )


def _caught(run: FinishedRun) -> Bools:
    assert run.threshold is not None
    return np.asarray(junk_probability(run.test.logits) >= run.threshold)


def _masks(items: TestSet, period: Period) -> dict[str, Bools]:
    """Which items are junk of the period, [items]: all of it first, then by family; empty without any."""
    junk = (items.truth == JUNK) & (items.current == (period == "current"))
    families = np.array(items.families)
    masks = {ALL: junk} | {str(name): junk & (families == name) for name in np.unique(families[junk])}
    return masks if junk.any() else {}


def _recalls(
    parameters: Parameters,
    items: TestSet,
    period: Period,
    masks: Mapping[str, Bools],
    caught: Mapping[Cell, Mapping[int, Bools]],
) -> dict[Cell, dict[str, Interval]]:
    """Recall by cell and family: mean over seeds with the interval over seeds and the period's items."""
    settings = parameters.statistics
    rows = items.current == (period == "current")
    sample = () if period == "current" else LEGACY_SAMPLE
    resamples = Resamples(int(rows.sum()), settings.seed, settings.draws, settings.confidence, sample)
    runs = {(cell, seed): found for cell, by_seed in caught.items() for seed, found in by_seed.items()}
    hits = [found & mask for found in runs.values() for mask in masks.values()]
    table = np.stack([*masks.values(), *hits], axis=1)[rows]
    shape = (1 + len(runs), len(masks))
    whole, drawn = table.sum(axis=0).reshape(shape), resamples.sums(table).astype(np.float64).reshape(-1, *shape)
    found: dict[Cell, dict[str, Interval]] = {}
    for cell, by_seed in caught.items():
        places = [1 + at for at, (other, _) in enumerate(runs) if other == cell]
        for column, name in enumerate(masks):
            observed = whole[places, column] / whole[0, column]
            resampled = drawn[:, places, column] / np.maximum(drawn[:, :1, column], 1)
            scores = Scores(tuple(by_seed), observed, resampled)
            found.setdefault(cell, {})[name] = rounded(resamples.interval(scores))
    return found


def count_flips(junk: Bools, caught: Mapping[int, Bools], historical: Mapping[int, Bools]) -> Flips:
    """Means over the seeds in common of numbers of junk items, each argument [items]."""
    pairs = [(found[junk], historical[seed][junk]) for seed, found in caught.items() if seed in historical]
    counts = np.array(
        [[(new & old).sum(), (~new & old).sum(), (new & ~old).sum(), (~new & ~old).sum()] for new, old in pairs]
    )
    kept, lost, gained, missed = (to_digits(value) for value in counts.mean(axis=0))
    return Flips(kept=kept, lost=lost, gained=gained, missed=missed)
