"""A cell of the experiment: one method on one dataset for every seed, fanned out and kept by what determines it."""

from __future__ import annotations

import shutil
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from rich.console import Console

from replication import config, parallel
from replication.errors import UserError
from replication.records import read_run
from replication.runs.tasks import Cell, Role, Task, make_task
from replication.runs.train import train
from replication.store import PROGRESS, Store, copy_out
from replication.training import frozen
from replication.training.network import resolve_device, resolve_precision


def make(
    parameters: config.Parameters,
    dataset: str,
    method: str,
    build: Path,
    settings: dict[str, Any],
    role: Role = "student",
) -> Cell:
    """The cell of a method on a set, as the profile has it.

    Args:
        parameters: of the profile.
        dataset: a name of `datasets`.
        method: a method or a scheme.
        build: where the stages leave their outputs.
        settings: the method's own, whole.
        role: which network is trained.
    """
    device = resolve_device(parameters.device)
    return Cell(
        dataset=dataset,
        method=method,
        role=role,
        data=build / "data" / dataset,
        settings=settings,
        seeds=tuple(parameters.seeds),
        student=None if role == "teacher" else parameters.student.on(dataset),
        teacher=parameters.teacher.on(dataset),
        threads=parameters.parallel.threads,
        precision=resolve_precision(parameters.precision, device),
        device=device,
        checkpoint_seconds=parameters.parallel.checkpoint_seconds,
        checkpoint=build / "checkpoint",
        teachers=build / "teacher" / dataset,
        historical=build / "historical" / dataset,
    )


def run(cell: Cell, settings: config.Parallel, destination: Path, store: Store) -> None:
    """Train what the store lacks and put every seed's run below `destination`.

    The states of the encoder's frozen part are computed unless the cell names them.

    Raises:
        UserError: an input is missing, or a run stopped (its message says why); finished seeds stay in the store.
    """
    tasks = [make_task(cell, seed) for seed in cell.seeds]
    missing = [task for task in tasks if not _usable(task, store)]
    iterations = cell.training.iterations
    at_once = parallel.workers(settings, max(len(missing), 1))
    Console(stderr=True).print(
        f"{cell.dataset} {cell.method} {cell.role}: {len(tasks)} seeds, {len(tasks) - len(missing)} already in the "
        f"store, {len(missing)} to train, {iterations} iterations each, {at_once} at a time",
        highlight=False,
        soft_wrap=True,
    )
    states = (cell.states or frozen_states(cell, settings, store)) if missing else None
    jobs = []
    for task in missing:
        work = partial(_train, replace(task, cell=replace(cell, states=states)), store)
        jobs.append(parallel.Job(f"seed {task.seed}", iterations, store.partial(task.identity) / PROGRESS, work))
    parallel.fan_out(jobs, settings)
    destination.mkdir(parents=True, exist_ok=True)
    for path in destination.glob("seed*"):
        shutil.rmtree(path)
    for task in tasks:
        copy_out(store.run(task.identity), destination / f"seed{task.seed}")


def _train(task: Task, store: Store) -> None:
    """Train; what stops a run is told with the run's name, since several go side by side."""
    try:
        train(task, store)
    except UserError as error:
        cell = task.cell
        raise UserError(f"{cell.dataset} {cell.method} {cell.role}, seed {task.seed}: {error}") from None


def _usable(task: Task, store: Store) -> bool:
    """Whether the store has the run, whole; a run that cannot be read is dropped from it."""
    folder = store.finished(task.identity)
    if folder is None:
        return False
    try:
        if read_run(folder)[0].identity == task.identity:
            return True
    except UserError:
        pass
    store.drop(task.identity)
    return False


def frozen_states(cell: Cell, settings: config.Parallel, store: Store) -> Path | None:
    """What the encoder's frozen part makes of the cell's texts, computed unless the store has it; None without one."""
    if not cell.needs_bert or cell.checkpoint is None or cell.teacher is None:
        return None
    part = frozen.FrozenPart(cell.data, cell.checkpoint, cell.teacher, cell.precision, cell.threads, cell.device)
    return frozen.compute(part, settings, store)
