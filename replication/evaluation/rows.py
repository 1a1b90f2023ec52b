"""A cell's scores and runs as the row that is published."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from replication.evaluation.cells import Cell
from replication.evaluation.finished import FinishedRun
from replication.results.cells import CellResult, Interval, PhaseResult, SeedResult
from replication.statistics import Estimate, Scores

DIGITS = 6
"""Decimals of everything published: far below one test item, far above the last bits of a processor."""


def cell_row(
    cell: Cell,
    finished: Mapping[int, FinishedRun],
    missing: Mapping[int, str],
    scores: Mapping[str, Scores],
    metrics: Mapping[str, Estimate],
    delta: Mapping[str, Estimate],
    families: Mapping[str, Estimate],
) -> CellResult:
    """The row of a cell.

    Args:
        cell: which.
        finished: its runs by seed.
        missing: by seed, why a run is missing.
        scores: by metric.
        metrics: their intervals.
        delta: the intervals of their differences to the TextCNN.
        families: the intervals of the recall by junk family.
    """
    row = CellResult(
        method=cell.method,
        model=cell.model,
        group=cell.group,
        stage=cell.stage,
        command=f"dvc repro {cell.stage}",
        seeds=[_seed(cell, seed, scores, finished.get(seed), missing.get(seed)) for seed in cell.seeds],
        metrics=_intervals(metrics),
        delta=_intervals(delta),
        family_recall=_intervals(families),
    )
    runs = [one.run for one in finished.values()]
    if not runs:
        return row
    return row.model_copy(
        update={
            "network": runs[0].network,
            "parameter_count": runs[0].parameter_count,
            "iterations": runs[0].iterations,
            "phases": [PhaseResult(**phase.model_dump(exclude={"kept"})) for phase in runs[0].phases],
            "batch_size": runs[0].batch_size,
            "training_items": runs[0].training_items,
            "settings": runs[0].parameters,
            "notes": {seed: one.run.notes for seed, one in finished.items() if one.run.notes},
            "seconds": round(float(np.mean([run.seconds for run in runs])), 2),
            "validation_macro_f1": round(float(np.mean([run.validation_macro_f1 for run in runs])), DIGITS),
        }
    )


def record_path(cell: Cell, seed: int) -> str:
    """Path of a record within the profile's folder, without its suffix."""
    return f"records/{cell.dataset}/{cell.method}/{cell.model}-seed{seed}"


def _intervals(estimates: Mapping[str, Estimate]) -> dict[str, Interval]:
    return {
        name: Interval(**{key: round(value, DIGITS) + 0.0 for key, value in estimate._asdict().items()})
        for name, estimate in estimates.items()
    }


def _seed(
    cell: Cell, seed: int, scores: Mapping[str, Scores], finished: FinishedRun | None, missing: str | None
) -> SeedResult:
    if finished is None:
        return SeedResult(seed=seed, missing=missing or "not run")
    run = finished.run
    own = {name: score for name, score in scores.items() if seed in score.seeds}
    return SeedResult(
        seed=seed,
        record=f"{record_path(cell, seed)}.json",
        identity=run.identity,
        commit=run.environment.commit,
        metrics={name: round(float(score.observed[score.seeds.index(seed)]), DIGITS) for name, score in own.items()},
        threshold=None if finished.threshold is None else round(finished.threshold, DIGITS),
        iterations=run.iterations,
        validation_macro_f1=round(run.validation_macro_f1, DIGITS),
        seconds=round(run.seconds, 2),
        peak_memory_mib=round(run.peak_memory_mib, 1),
        teacher=run.teacher,
    )
