"""A cell of the experiment: one method on one dataset for every seed, fanned out and kept by what determines it."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from rich.console import Console

from replication import config, parallel
from replication.data.splits import load_splits
from replication.records import digest, file_digest, tree_digest
from replication.runs import Cell, Task, code, train
from replication.store import PROGRESS, Store, copy_out


def run(cell: Cell, seeds: Sequence[int], settings: config.Parallel, destination: Path, store: Store) -> None:
    """Train what the store lacks and put every seed's run below `destination`.

    Raises:
        UserError: an input is missing, or a run stopped (its message says why); finished seeds stay in the store.
    """
    tasks = [_task(cell, seed) for seed in seeds]
    missing = [task for task in tasks if store.finished(task.identity) is None]
    iterations = cell.network.training.iterations
    at_once = parallel.workers(settings, max(len(missing), 1))
    Console(stderr=True).print(
        f"{cell.dataset} {cell.method} {cell.model}: {len(tasks)} seeds, {len(tasks) - len(missing)} already in the "
        f"store, {len(missing)} to train, {iterations} iterations each, {at_once} at a time",
        highlight=False,
        soft_wrap=True,
    )
    jobs = [
        parallel.Job(
            f"seed {task.seed}", iterations, store.partial(task.identity) / PROGRESS, partial(train, task, store)
        )
        for task in missing
    ]
    parallel.fan_out(jobs, settings)
    destination.mkdir(parents=True, exist_ok=True)
    for path in destination.glob("seed*"):
        shutil.rmtree(path)
    for task in tasks:
        copy_out(store.run(task.identity), destination / f"seed{task.seed}")


def _task(cell: Cell, seed: int) -> Task:
    data = load_splits(cell.data).digest
    teacher = file_digest(cell.teacher_of(seed) / "predictions.parquet") if cell.teachers else None
    checkpoint = tree_digest([cell.checkpoint]) if cell.checkpoint else None
    parts = (tree_digest(code(cell)), cell.dataset, cell.model, cell.parameters(), data, teacher, checkpoint, seed)
    return Task(cell, seed, digest(*parts), data, teacher)
