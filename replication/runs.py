"""One run: a method on a dataset with one seed, from the prepared data to the finished outputs in the store."""

from __future__ import annotations

import json
import resource
import shutil
import sys
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import torch

from replication import config, learners, methods, parallel
from replication.batches import stream
from replication.data.splits import Splits, load_splits
from replication.errors import UserError
from replication.learners import Learner
from replication.network import Precision
from replication.phases import Context
from replication.records import ModelName, Run, environment, read_predictions, write_json, write_run
from replication.store import PROGRESS, Store, copy_out
from replication.train import Loop, Observer, Trained, fit


@dataclass(frozen=True)
class Cell:
    """All that a run reads, besides its seed."""

    dataset: str
    method: str
    model: ModelName
    data: Path
    settings: dict[str, Any]
    """The method's own settings, as `replication.settings` resolved them."""
    network: config.Teacher | config.Student
    threads: int
    precision: Precision
    checkpoint: Path | None = None
    """The encoder's folder, where the network is BERT."""
    teachers: Path | None = None
    """The folder of the teacher's runs by seed, where the method reads one."""

    def parameters(self) -> dict[str, Any]:
        """The parameters of the run, as its record shows them."""
        own = {"threads": self.threads, "precision": self.precision, "method": self.settings}
        return own | {self.model: self.network.model_dump()}

    def teacher_of(self, seed: int) -> Path:
        """The teacher's run for a student's seed: the one with the same seed.

        Raises:
            UserError: it is not there.
        """
        assert self.teachers is not None
        folder = self.teachers / f"seed{seed}"
        if not (folder / "predictions.parquet").is_file():
            raise UserError(f"{folder}: no teacher for seed {seed}; run `dvc repro teacher@{self.dataset}`")
        return folder


@dataclass(frozen=True)
class Task:
    """One seed of a cell, with the hash of all that determines the run."""

    cell: Cell
    seed: int
    identity: str
    data: str
    teacher: str | None


def code(cell: Cell) -> list[Path]:
    """The source files that determine a run: the layers that train, and the method's own file."""
    package = Path(__file__).parent
    names = ["batches", "inputs", "learners", "losses", "network", "phases", "runs", "train", f"methods/{cell.method}"]
    names += ["models/output", "models/textcnn", "data/vocabulary"] if cell.model == "student" else ["models/bert"]
    return [package / f"{name}.py" for name in names]


def train(task: Task, store: Store) -> None:
    """Train one seed, going on from its last checkpoint if there is one, and leave the finished run in the store."""
    with store.lock(task.identity):
        if store.finished(task.identity) is not None:
            return
        torch.set_num_threads(task.cell.threads)
        work = store.work(task.identity)
        clock = Clock(work / "seconds.json")
        splits = load_splits(task.cell.data)
        learner = _learner(task.cell, task.seed, splits)
        trained = _fit(task, learner, work, clock)
        store.finish(task.identity, _write(task, learner, trained, work, clock))


def _learner(cell: Cell, seed: int, splits: Splits) -> Learner:
    settings = methods.load(cell.method).settings.model_validate(cell.settings)
    if isinstance(cell.network, config.Teacher):
        assert cell.checkpoint is not None
        return learners.bert(splits, cell.network, cell.checkpoint, seed, cell.precision)
    targets = {}
    if settings.targets():
        outputs = read_predictions(cell.teacher_of(seed) / "predictions.parquet")
        targets = dict.fromkeys(settings.targets(), outputs)
    return learners.textcnn(splits, cell.network, seed, settings.uses_pool(), targets)


def _fit(task: Task, learner: Learner, work: Path, clock: Clock) -> Trained:
    cell, training = task.cell, task.cell.network.training
    method = methods.load(cell.method)
    context = Context(
        settings=method.settings.model_validate(cell.settings),
        student=learner.network,
        training=training,
        validation=learner.validation,
        widths={name: target.shape[-1] for name, target in learner.items.targets.items()},
    )
    reads = learner.network.reads
    batches = partial(stream, learner.items, reads, task.seed, training.batch_size, training.batch_tokens)

    def on_progress(iterations: int) -> None:
        if clock.tick():
            parallel.report(work / PROGRESS, iterations)

    observers = []
    if isinstance(cell.network, config.Teacher):
        points = cell.network.route_points
        route = [round(training.iterations * (point + 1) / (points + 1)) for point in range(points)]
        observers.append(
            Observer(route, lambda iteration: learner.save_state(work / "route" / f"{iteration}.safetensors"))
        )
    loop = Loop(learner.items, batches, learner.network.streams, work, on_progress=on_progress, observers=observers)
    return fit(method.phases(context), loop)


def _write(task: Task, learner: Learner, trained: Trained, work: Path, clock: Clock) -> Path:
    cell = task.cell
    outputs = work / "outputs"
    shutil.rmtree(outputs, ignore_errors=True)
    predictions = learner.predictions()
    run = Run(
        identity=task.identity,
        dataset=cell.dataset,
        method=cell.method,
        model=cell.model,
        network="bert" if cell.model == "teacher" else "textcnn",
        seed=task.seed,
        parameters=cell.parameters(),
        data=task.data,
        teacher=task.teacher,
        parameter_count=sum(parameter.numel() for parameter in learner.network.parameters()),
        iterations=trained.iterations,
        batch_size=cell.network.training.batch_size,
        validation_macro_f1=learner.validation(learner.network),
        history=trained.history,
        environment=environment(),
        seconds=round(clock.seconds(), 2),
        peak_memory_mib=round(_peak_memory_mib(), 1),
    )
    write_run(outputs, run, predictions)
    if cell.model == "teacher":
        copy_out(work / "route", outputs / "route")
    else:
        learner.save_state(outputs / "model.safetensors")
        write_json(outputs / "vocabulary.json", learner.vocabulary)
    return outputs


class Clock:
    """Wall time of a run, added up over its continuations."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._before = float(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else 0.0
        self._start = self._ticked = time.monotonic()

    def seconds(self) -> float:
        """Seconds of training so far."""
        return self._before + time.monotonic() - self._start

    def tick(self) -> bool:
        """Keep the time now and then; says whether it was kept."""
        if time.monotonic() - self._ticked < 0.5:
            return False
        self._ticked = time.monotonic()
        temporary = self._path.with_suffix(".partial")
        temporary.write_text(json.dumps(self.seconds()), encoding="utf-8")
        temporary.replace(self._path)
        return True


def _peak_memory_mib() -> float:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 2**20 if sys.platform == "darwin" else peak / 2**10
