"""Write the accepted results from a published folder and the withheld test labels."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from replication.data.splits import load_facts, load_splits, load_withheld
from replication.environment import CHANGED, UNKNOWN
from replication.errors import UserError
from replication.files import digest
from replication.regression.packing import pack
from replication.regression.published import FLOORS, CurrentCell, CurrentDataset
from replication.regression.shapes import Accepted, AcceptedCell, AcceptedDataset, AcceptedSeed
from replication.results.cells import Results

LEGACY = "legacy"


def gather(results: Results, current: dict[str, CurrentDataset], data: Path, reason: str) -> Accepted:
    """All of a published folder as accepted results.

    Args:
        results: the folder's `results.json`.
        current: its predictions, by dataset.
        data: the folder of prepared datasets, for the test labels.
        reason: why the results are accepted.

    Raises:
        UserError: a cell is missing, a run's code was not committed, or the prepared data is not that of the runs.
    """
    datasets = [_dataset(one, data / name) for name, one in current.items()]
    _refuse_uncommitted(datasets)
    commits = {run.commit for one in datasets for cell in one.cells for run in cell.seeds.values()}
    return Accepted(
        profile=results.profile,
        reason=reason,
        floors=FLOORS,
        commits=sorted(commits),
        environments=results.environments,
        parameters=results.parameters,
        datasets=datasets,
    )


def _refuse_uncommitted(datasets: Sequence[AcceptedDataset]) -> None:
    """Raise where a run's code is in no commit, or in none that is known: nobody could make it again."""
    runs = {
        f"{one.name}/{cell.name}: seed {seed}": run.commit
        for one in datasets
        for cell in one.cells
        for seed, run in cell.seeds.items()
    }
    changed = [name for name, commit in runs.items() if commit.endswith(CHANGED) or commit == UNKNOWN]
    if changed:
        more = f" and {len(changed) - 1} more runs" if len(changed) > 1 else ""
        raise UserError(
            f"{changed[0]}{more}: trained by code that is in no known commit ({runs[changed[0]]}); commit it, and "
            "accept what `dvc repro` makes of it in a fresh clone, which keeps no earlier runs"
        )


def _dataset(current: CurrentDataset, data: Path) -> AcceptedDataset:
    name = current.result.name
    for key, cell in current.cells.items():
        if cell.missing is not None or not cell.predicted:
            raise UserError(f"{name}/{key}: {cell.missing or 'no finished run'}; only whole results can be accepted")
    labels, facts, splits = load_withheld(data, "test"), load_facts(data, "test"), load_splits(data)
    if current.result.data != [splits.digest] or current.ids != digest(list(labels)):
        raise UserError(f"{data}: is not the data that the published runs were made on; run `dvc repro evaluate` first")
    classes = len(splits.classes)
    scored = np.array([not facts or facts[item].period != LEGACY for item in labels])
    return AcceptedDataset(
        name=name,
        classes=classes,
        data=splits.digest,
        items=len(labels),
        ids=current.ids,
        labels=pack(np.array(list(labels.values())), classes),
        scored=pack(scored.astype(np.int64), 2),
        cells=[_cell(cell, classes) for cell in current.cells.values()],
    )


def _cell(cell: CurrentCell, classes: int) -> AcceptedCell:
    row = cell.result
    seeds = {
        one.seed: AcceptedSeed(
            metrics=one.metrics,
            identity=one.identity,
            commit=one.commit,
            predicted=pack(cell.predicted[one.seed], classes),
        )
        for one in row.present
    }
    return AcceptedCell(method=row.method, model=row.model, group=row.group, metrics=row.metrics, seeds=seeds)
