"""Test metrics of every cell of a dataset, with intervals and the difference to the TextCNN on labels alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from replication import statistics
from replication.config import Parameters
from replication.evaluation.cells import Cell
from replication.evaluation.finished import FinishedRun
from replication.evaluation.junk import FAMILY, Answer, JunkItems, score_junk
from replication.evaluation.rows import cell_row
from replication.evaluation.testset import JUNK, TestSet
from replication.evaluation.thresholds import junk_probability
from replication.results.cells import BASELINE, HISTORICAL, CellResult
from replication.statistics import Resamples, Scores

Finished = dict[int, FinishedRun]
Cells = Mapping[Cell, tuple[Finished, dict[int, str]]]
"""Finished runs by seed and reasons of missing ones, by cell."""

LEGACY_SAMPLE = (1,)
"""Names the resamples of legacy items, which are drawn independently of those of current ones."""


class Scored(NamedTuple):
    """The finished cells of one dataset under every metric."""

    scores: dict[str, dict[str, Scores]]
    """By `method/model` and metric."""
    resamples: Resamples
    """Of the current items."""


def score_cells(parameters: Parameters, cells: Cells, items: TestSet) -> Scored:
    """Score every finished cell of one dataset on every resample.

    Args:
        parameters: the bootstrap's draws, confidence and seed.
        cells: finished runs and reasons of missing ones, by cell.
        items: the test items.
    """
    resamples = _resamples(parameters, int(items.current.sum()))
    current = items.current
    arms = {
        _key(cell): {seed: run.predicted[current] for seed, run in finished.items()}
        for cell, (finished, _) in cells.items()
        if finished
    }
    scores = statistics.score_arms(resamples, items.truth[current], arms, len(items.splits.classes))
    if items.opinion and arms:
        for arm, found in _junk_scores(parameters, resamples, cells, items).items():
            scores[arm] |= found
    return Scored(scores, resamples)


def rows(cells: Cells, scored: Scored) -> list[CellResult]:
    """The table rows of one dataset."""
    scores, resamples = scored
    baseline = scores.get("/".join(BASELINE), {})
    return [_row(cell, finished, missing, scores, baseline, resamples) for cell, (finished, missing) in cells.items()]


def without_historical(cells: Cells, items: TestSet) -> str | None:
    """Why an opinion set has no share of kept junk; None where it has one, and for other sets."""
    if not items.opinion:
        return None
    found = [runs for cell, runs in cells.items() if (cell.method, cell.model) == HISTORICAL]
    if not found:
        return f"params.yaml does not list {items.name} under opinion_datasets, so no historical model is trained"
    finished, missing = found[0]
    return None if finished else next(iter(missing.values()))


def _junk_scores(
    parameters: Parameters, resamples: Resamples, cells: Cells, items: TestSet
) -> dict[str, dict[str, Scores]]:
    junk, current, families = items.truth == JUNK, items.current, np.array(items.families)
    masks = {name: (families == name) & current & junk for name in items.family_items()}
    answers = {
        _key(cell): {seed: _answer(run) for seed, run in finished.items()}
        for cell, (finished, _) in cells.items()
        if finished
    }
    old = answers.get("/".join(HISTORICAL), {})
    legacy = int((~current).sum())
    found = score_junk(
        resamples,
        _resamples(parameters, legacy, LEGACY_SAMPLE) if legacy else None,
        JunkItems(junk, current, masks),
        answers,
        {seed: answer.caught & junk for seed, answer in old.items()},
    )
    for name in ("kept", "negative_flip_rate"):
        found.get("/".join(HISTORICAL), {}).pop(name, None)
    return found


def _answer(run: FinishedRun) -> Answer:
    probability = junk_probability(run.test.logits)
    assert run.threshold is not None
    return Answer(probability, probability >= run.threshold)


def _resamples(parameters: Parameters, items: int, sample: tuple[int, ...] = ()) -> Resamples:
    settings = parameters.statistics
    return Resamples(items, settings.seed, settings.draws, settings.confidence, sample)


def _row(
    cell: Cell,
    finished: Finished,
    missing: Mapping[int, str],
    scores: Mapping[str, Mapping[str, Scores]],
    baseline: Mapping[str, Scores],
    resamples: Resamples,
) -> CellResult:
    own = scores.get(_key(cell), {})
    metrics = {name: score for name, score in own.items() if not name.startswith(FAMILY)}
    differences = {}
    if (cell.method, cell.model) != BASELINE:
        for name, score in metrics.items():
            if name not in baseline:
                continue
            if cell.group == "yardstick":
                differences[name] = resamples.difference_from_each(score, baseline[name])
            elif set(score.seeds) & set(baseline[name].seeds):
                differences[name] = resamples.paired_difference(score, baseline[name])
    return cell_row(
        cell,
        finished,
        missing,
        metrics,
        {name: resamples.interval(score) for name, score in metrics.items()},
        differences,
        {name.removeprefix(FAMILY): resamples.interval(own[name]) for name in own if name.startswith(FAMILY)},
    )


def _key(cell: Cell) -> str:
    return f"{cell.method}/{cell.model}"
