"""What an arm loses from its labelled training items to the test items, how well it is calibrated, whom it follows.

Items of the legacy period are left out, and with them the historical model.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from replication.config import Parameters
from replication.evaluation import fidelity
from replication.evaluation.calibration import (
    Binned,
    bin_items,
    by_chance,
    calibration_scores,
    reliability,
    signed_columns,
)
from replication.evaluation.cells import Cell
from replication.evaluation.gaps import comparisons, macro_f1
from replication.evaluation.means import Key, Means, difference, rounded, to_digits
from replication.evaluation.teaching import Arms, Digests, fidelity_pairs, key, learned_from, teacher_pairs
from replication.evaluation.testset import TestSet
from replication.metrics import Floats
from replication.results.cells import HISTORICAL
from replication.results.comparisons import Comparison
from replication.results.generalisation import ArmGeneralisation, DatasetGeneralisation, Origin
from replication.statistics import Resamples, Scores

Bools = npt.NDArray[np.bool_]
TOWARDS: tuple[Literal["frozen", "own"], ...] = ("frozen", "own")


def describe(
    parameters: Parameters, items: TestSet, runs: Arms, digests: Digests
) -> tuple[DatasetGeneralisation, list[Comparison]] | None:
    """Describe one set; None where no network has finished.

    Args:
        parameters: the temperature, and the bootstrap's draws, confidence and seed.
        items: the test items.
        runs: the finished runs of the set.
        digests: of the frozen teachers' outputs.
    """
    arms = {
        cell: finished
        for cell, finished in runs.items()
        if finished and cell.group != "yardstick" and (cell.method, cell.model) != HISTORICAL
    }
    if not arms:
        return None
    settings, here = parameters.statistics, items.current
    resamples = Resamples(int(here.sum()), settings.seed, settings.draws, settings.confidence)
    train, test = macro_f1(resamples, items, arms)
    gaps = {arm: difference(train[arm], test[arm]) for arm in train}
    binned = {
        key(cell): {seed: bin_items(run.test.logits[here], items.truth[here]) for seed, run in finished.items()}
        for cell, finished in arms.items()
    }
    columns: dict[Key, Floats] = {
        ("bins", arm, seed): signed_columns(run) for arm, found in binned.items() for seed, run in found.items()
    }
    columns |= _fidelity_columns(arms, here, digests, parameters.temperature)
    means = Means(resamples, columns)
    measured = _Measured(resamples, train, test, gaps, binned, means)
    result = DatasetGeneralisation(
        test_items=resamples.items,
        labelled_items=len(items.splits.labelled.ids),
        classes=len(items.splits.classes),
        arms=[_arm(cell, list(found), learned_from(arms, cell, digests), measured) for cell, found in arms.items()],
        teachers=fidelity.summarise(resamples, means, "teachers", ""),
    )
    return result, comparisons(items.name, resamples, gaps)


class _Measured(NamedTuple):
    """What the arms of a set scored, by arm."""

    resamples: Resamples
    train: Mapping[str, Scores]
    test: Mapping[str, Scores]
    gaps: Mapping[str, Scores]
    binned: Mapping[str, Mapping[int, Binned]]
    means: Means


def _fidelity_columns(arms: Arms, here: Bools, digests: Digests, temperature: float) -> dict[Key, Floats]:
    """To the frozen teacher, to the arm's own, and between teachers, on the current items."""
    whose = {name: fidelity_pairs(arms, name, digests) for name in TOWARDS}
    found = {(name, arm): pairs for name, by_arm in whose.items() for arm, pairs in by_arm.items()}
    columns: dict[Key, Floats] = {}
    for (name, arm), pairs in [*found.items(), (("teachers", ""), teacher_pairs(arms))]:
        current = {seed: (teacher[here], network[here]) for seed, (teacher, network) in pairs.items()}
        columns |= fidelity.columns(name, arm, current, temperature)
    return columns


def _arm(cell: Cell, seeds: list[int], origin: Origin, measured: _Measured) -> ArmGeneralisation:
    arm, resamples = key(cell), measured.resamples
    train, gap = measured.train.get(arm), measured.gaps.get(arm)
    return ArmGeneralisation(
        method=cell.method,
        model=cell.model,
        seeds=seeds,
        train=None if train is None else rounded(resamples.interval(train)),
        test=rounded(resamples.interval(measured.test[arm])),
        gap=None if gap is None else rounded(resamples.summary(gap.observed, gap.drawn)),
        gap_by_seed={} if gap is None else dict(zip(gap.seeds, map(to_digits, gap.observed), strict=True)),
        calibration_error=rounded(resamples.interval(calibration_scores(measured.means, arm))),
        calibration_error_by_chance=to_digits(
            float(np.mean([by_chance(run) for run in measured.binned[arm].values()]))
        ),
        origin=origin,
        fidelity=fidelity.summarise(resamples, measured.means, "frozen", arm),
        own_fidelity=fidelity.summarise(resamples, measured.means, "own", arm),
        reliability=reliability(measured.binned[arm]),
    )
