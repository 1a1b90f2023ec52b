"""Test metrics of every cell of a dataset, with intervals and the difference to the TextCNN on labels alone."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from replication import statistics
from replication.config import Parameters
from replication.evaluation.cells import Cell, FinishedRun
from replication.results.cells import BASELINE, CellResult, Interval, SeedResult

DIGITS = 6
"""Decimals of everything published: far below one test item, far above the last bits of a processor."""

Finished = dict[int, FinishedRun]


def score_cells(
    parameters: Parameters,
    cells: Mapping[Cell, tuple[Finished, dict[int, str]]],
    labels: Mapping[str, int],
    classes: int,
) -> list[CellResult]:
    """The table rows of one dataset.

    Args:
        parameters: the bootstrap's draws, confidence and seed.
        cells: finished runs and reasons of missing ones, by cell.
        labels: class index by test item id.
        classes: number of classes.
    """
    truth = np.array(list(labels.values()), dtype=np.int64)
    settings = parameters.statistics
    resamples = statistics.Resamples(len(truth), settings.seed, settings.draws, settings.confidence)
    arms = {
        _key(cell): {seed: run.predicted for seed, run in finished.items()}
        for cell, (finished, _) in cells.items()
        if finished
    }
    scores = statistics.score_arms(resamples, truth, arms, classes)
    baseline = scores.get("/".join(BASELINE))
    rows = []
    for cell, (finished, missing) in cells.items():
        own = scores.get(_key(cell), {})
        metrics = {name: _interval(resamples.interval(score)) for name, score in own.items()}
        delta = {}
        if baseline is not None and (cell.method, cell.model) != BASELINE:
            delta = {name: _difference(resamples, score, baseline[name]) for name, score in own.items()}
        seeds = [_seed(cell, seed, own, finished.get(seed), missing.get(seed)) for seed in cell.seeds]
        rows.append(_row(cell, seeds, metrics, {name: value for name, value in delta.items() if value}, finished))
    return rows


def _key(cell: Cell) -> str:
    return f"{cell.method}/{cell.model}"


def _interval(estimate: statistics.Estimate) -> Interval:
    low, mean, high = (round(value, DIGITS) + 0.0 for value in (estimate.low, estimate.mean, estimate.high))
    return Interval(mean=mean, low=low, high=high)


def _difference(
    resamples: statistics.Resamples, arm: statistics.Scores, reference: statistics.Scores
) -> Interval | None:
    several = len(arm.seeds) > 1 and len(reference.seeds) > 1
    if several and not set(arm.seeds) & set(reference.seeds):
        return None
    return _interval(resamples.paired_difference(arm, reference))


def _seed(
    cell: Cell, seed: int, scores: Mapping[str, statistics.Scores], finished: FinishedRun | None, missing: str | None
) -> SeedResult:
    if finished is None:
        return SeedResult(seed=seed, missing=missing or "not run")
    run = finished.run
    return SeedResult(
        seed=seed,
        record=f"{record_path(cell, seed)}.json",
        identity=run.identity,
        commit=run.environment.commit,
        metrics={name: round(float(score.observed[score.seeds.index(seed)]), DIGITS) for name, score in scores.items()},
        validation_macro_f1=round(run.validation_macro_f1, DIGITS),
        seconds=round(run.seconds, 2),
        peak_memory_mib=round(run.peak_memory_mib, 1),
    )


def record_path(cell: Cell, seed: int) -> str:
    """Path of a record within the profile's folder, without its suffix."""
    return f"records/{cell.dataset}/{cell.method}/{cell.model}-seed{seed}"


def _row(
    cell: Cell, seeds: list[SeedResult], metrics: dict[str, Interval], delta: dict[str, Interval], finished: Finished
) -> CellResult:
    row = CellResult(
        method=cell.method,
        model=cell.model,
        kind=cell.kind,
        stage=cell.stage,
        command=f"dvc repro {cell.stage}",
        seeds=seeds,
        metrics=metrics,
        delta=delta,
    )
    if not finished:
        return row
    runs = [run.run for run in finished.values()]
    return row.model_copy(
        update={
            "network": runs[0].network,
            "parameter_count": runs[0].parameter_count,
            "iterations": runs[0].iterations,
            "batch_size": runs[0].batch_size,
            "settings": runs[0].parameters,
            "teacher": runs[0].teacher,
            "seconds": round(float(np.mean([run.seconds for run in runs])), 2),
            "validation_macro_f1": round(float(np.mean([run.validation_macro_f1 for run in runs])), DIGITS),
        }
    )
