"""One run: a method on a dataset with one seed, from the prepared data to the finished outputs in the store."""

from __future__ import annotations

import threading
from functools import partial
from pathlib import Path

import torch

from replication import methods, parallel
from replication.clock import Clock
from replication.data.splits import load_splits
from replication.runs.learner import Learner, make_context, make_learner
from replication.runs.outputs import stored_precision, write
from replication.runs.readers import save_state
from replication.runs.tasks import Task
from replication.store import PROGRESS, Store
from replication.training.arithmetic import deterministic
from replication.training.batches import stream
from replication.training.loop import Loop, Observer, Trained, fit
from replication.training.phases import Context, MethodSettings

ONE_AT_A_TIME = threading.Lock()
"""In a process that has several threads for jobs (a Dask worker may), runs take turns: they share torch's generator."""


def train(task: Task, store: Store) -> None:
    """Train one seed, going on from its last checkpoint if there is one, and leave the finished run in the store."""
    with ONE_AT_A_TIME, store.lock(task.identity):
        if store.finished(task.identity) is not None:
            return
        torch.set_num_threads(task.cell.threads)
        deterministic(task.cell.device)
        work = store.work(task.identity)
        clock = Clock(work / "seconds.json")
        learner = make_learner(task.cell, task.seed, load_splits(task.cell.data))
        context = make_context(task.cell, task.seed, learner)
        trained = _fit(task, learner, context, work, clock)
        store.finish(task.identity, write(task, learner, context, trained, work, clock))


def _fit(task: Task, learner: Learner, context: Context[MethodSettings], work: Path, clock: Clock) -> Trained:
    cell, training, network = task.cell, task.cell.training, learner.main
    batches = partial(stream, learner.items, network.reads, task.seed, training.batch_size, training.batch_tokens)

    def on_progress(iterations: int) -> None:
        if clock.tick():
            parallel.report(work / PROGRESS, iterations)

    observers = []
    if cell.role == "teacher" and cell.teacher is not None:
        points, half = cell.teacher.route_points, stored_precision(cell)
        route = [round(training.iterations * (point + 1) / (points + 1)) for point in range(points)]
        observers.append(
            Observer(route, lambda done: save_state(network, work / "route" / f"{done}.safetensors", half))
        )
    loop = Loop(learner.items, batches, network.streams, work, cell.checkpoint_seconds, on_progress, observers)
    return fit(methods.load(cell.method).phases(context), loop)
