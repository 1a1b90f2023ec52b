"""Records, curves and the other files of a profile's folder."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from replication.evaluation.cells import Cell
from replication.evaluation.finished import FinishedRun
from replication.evaluation.rows import record_path
from replication.files import write_json
from replication.predictions import write_predictions
from replication.records import Record
from replication.results.cells import CellResult, DatasetResult
from replication.results.curves import CurvePoint

Runs = Mapping[Cell, Mapping[int, FinishedRun]]
OUTPUTS = (
    "records", "metrics.json", "cards.json", "comparisons.json", "temperature.json", "noise.json", "gradients.json",
    "temperature_sweep.json", "efficiency.json", "curves.csv", "generalisation.json", "coverage.json", "results.json",
)  # fmt: skip
"""All that an evaluation may leave in a profile's folder."""


def write_records(folder: Path, runs: Runs, rows: Sequence[CellResult]) -> None:
    """Write the record of every finished run, its test predictions beside it.

    Args:
        folder: gets the folder `records`.
        runs: the finished runs of a set.
        rows: its cells as they are published, in the same order.
    """
    for (cell, finished), row in zip(runs.items(), rows, strict=True):
        metrics = {seed.seed: seed.metrics for seed in row.seeds}
        for seed, one in finished.items():
            path = folder / record_path(cell, seed)
            path.parent.mkdir(parents=True, exist_ok=True)
            table = path.with_name(f"{path.name}.parquet")
            write_predictions(table, one.test)
            record = Record(**one.run.model_dump(), metrics=metrics[seed], predictions=table.name)
            write_json(path.with_name(f"{path.name}.json"), record.model_dump())


def metrics_tree(datasets: Iterable[DatasetResult]) -> dict[str, Any]:
    """`{dataset: {method: {model: {metric: {mean, low, high, seeds}}}}}` of the cells that have results."""
    tree: dict[str, Any] = {}
    for dataset in datasets:
        for cell in dataset.cells:
            for metric, interval in cell.metrics.items():
                seeds = [seed.seed for seed in cell.present if metric in seed.metrics]
                models = tree.setdefault(dataset.name, {}).setdefault(cell.method, {})
                models.setdefault(cell.model, {})[metric] = {**interval.model_dump(), "seeds": seeds}
    return tree


def curve_points(runs: Runs) -> Iterator[CurvePoint]:
    """Loss terms and validation scores at every evaluation of every run."""
    for cell, finished in runs.items():
        for seed, one in finished.items():
            for point in one.run.history:
                series = {f"loss {name}": value for name, value in point.losses.items()}
                series |= {f"validation {name}": value for name, value in point.scores.items()}
                for name, value in series.items():
                    yield CurvePoint(
                        cell.dataset, cell.method, cell.model, seed, point.phase, point.iteration, name, value
                    )


def environments(runs: Iterable[FinishedRun]) -> list[dict[str, Any]]:
    """The different environments, most runs first, each with its number of runs."""
    counts = Counter(json.dumps(one.run.environment.model_dump(), sort_keys=True) for one in runs)
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [{**json.loads(text), "runs": count} for text, count in ranked]


def data_digests(runs: Iterable[FinishedRun]) -> list[str]:
    """The different hashes of prepared data that the runs recorded."""
    return sorted({one.run.data for one in runs})
