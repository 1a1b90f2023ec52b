"""One run: a method on a dataset with one seed, from the prepared data to the finished outputs in the store."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import torch

from replication import methods, metrics, parallel
from replication.clock import Clock, peak_memory_mib
from replication.data.splits import Split, Splits, load_splits
from replication.environment import Environment, environment
from replication.errors import UserError
from replication.files import write_json
from replication.predictions import Predictions, read_hidden, read_predictions, write_hidden
from replication.records import ModelName, Run, write_run
from replication.runs.learners import Readers, macro_f1, save_state
from replication.runs.route import StoredRoute
from replication.runs.tasks import Cell, Role, Task
from replication.store import PROGRESS, Store, copy_out
from replication.training.batches import Items, stream
from replication.training.inputs import Outputs
from replication.training.loop import Loop, Observer, Trained, fit
from replication.training.network import Network, Streams
from replication.training.phases import Context, JointTeacher, MethodSettings

ONE_AT_A_TIME = threading.Lock()
"""In a process that has several threads for jobs (a Dask worker may), runs take turns: they share torch's generator."""
SCORED = {
    "student": ("labelled", "validation", "test"),
    "teacher": ("labelled", "pool", "validation", "test"),
    "historical": ("labelled", "pool", "validation", "test", "history_validation"),
}
"""The splits whose predictions a run leaves: those who teach predict the texts that students learn from; all predict
the labelled items, for the gap between training and test."""


@dataclass(frozen=True)
class Learner:
    """What a run trains, and on what."""

    readers: Readers
    main: Network
    """The network that the run is about."""
    items: Items
    held_out: Items
    """The validation items."""
    vocabulary: Sequence[str]

    def validation(self, network: Network) -> float:
        """Macro-F1 on the validation items, in [0, 1]."""
        return macro_f1(network, self.held_out, len(self.readers.splits.classes))


def train(task: Task, store: Store) -> None:
    """Train one seed, going on from its last checkpoint if there is one, and leave the finished run in the store."""
    with ONE_AT_A_TIME, store.lock(task.identity):
        if store.finished(task.identity) is not None:
            return
        torch.set_num_threads(task.cell.threads)
        if task.cell.device == "cuda":
            deterministic()
        work = store.work(task.identity)
        clock = Clock(work / "seconds.json")
        learner = make_learner(task.cell, task.seed, load_splits(task.cell.data))
        context = make_context(task.cell, task.seed, learner)
        trained = _fit(task, learner, context, work, clock)
        store.finish(task.identity, _write(task, learner, context, trained, work, clock))


def deterministic() -> None:
    """Have a GPU add up in a fixed order, where torch has a way to.

    cuBLAS reads its setting when it is first used, so this comes before anything is computed on the GPU.
    """
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    torch.use_deterministic_algorithms(True, warn_only=True)


def make_learner(cell: Cell, seed: int, splits: Splits) -> Learner:
    """Networks and items of a run.

    Raises:
        UserError: the set has no legacy items, or a teacher's outputs do not fit the items.
    """
    readers = Readers(splits, Streams(seed, cell.device))
    vocabulary: Sequence[str] = ()
    parts, held_out = [splits.labelled], splits.validation
    if cell.role == "historical":
        parts, held_out = _legacy(cell, splits)
    elif cell.own.uses_pool():
        parts.append(splits.pool)
    if cell.student is not None:
        # Of all training texts, the pool included, so that every arm has the same student.
        known = parts if cell.role == "historical" else [splits.labelled, splits.pool]
        texts = [text for part in known for text in part.texts]
        vocabulary = readers.add_textcnn(cell.role, cell.student, texts, cell.precision).to_list()
    if cell.needs_bert:
        assert cell.teacher is not None and cell.checkpoint is not None and cell.states is not None
        readers.add_bert(cell.teacher, cell.checkpoint, cell.states, cell.precision, hidden=cell.role == "teacher")
    targets = _targets(cell, seed)
    items, validation = readers.items(parts, targets), readers.items([held_out], targets)
    return Learner(readers, readers.networks[cell.role], items, validation, vocabulary)


def _legacy(cell: Cell, splits: Splits) -> tuple[list[Split], Split]:
    if splits.history is None or splits.history_validation is None:
        raise UserError(f"{cell.dataset}: the set has no legacy items; take it out of opinion_datasets in params.yaml")
    return [splits.history], splits.history_validation


def _targets(cell: Cell, seed: int) -> dict[str, Outputs]:
    found = {}
    for name, path in cell.inputs(seed).items():
        if name.startswith("hidden"):
            ids, states = read_hidden(path, int(name.removeprefix("hidden")))
            found[name] = Outputs(ids, states)
        elif name != "route":
            predictions = read_predictions(path)
            found[name] = Outputs(predictions.ids, predictions.logits)
    return found


def make_context(cell: Cell, seed: int, learner: Learner) -> Context[MethodSettings]:
    """What the method of a cell is given."""
    joint, route = None, None
    if cell.own.trains_teacher():
        assert cell.teacher is not None
        budget = {"iterations": cell.training.iterations, "evaluations": cell.training.evaluations}
        joint = JointTeacher(learner.readers.networks["teacher"], cell.teacher.training.model_copy(update=budget))
    if cell.own.walks_route():
        teacher, folder = learner.readers.networks["teacher"], cell.inputs(seed)["route"]
        route = StoredRoute(folder, teacher, learner.items, learner.held_out)
    return Context(cell.own, learner.main, cell.training, learner.validation, learner.held_out, joint, route)


def _fit(task: Task, learner: Learner, context: Context[MethodSettings], work: Path, clock: Clock) -> Trained:
    cell, training, network = task.cell, task.cell.training, learner.main
    batches = partial(stream, learner.items, network.reads, task.seed, training.batch_size, training.batch_tokens)

    def on_progress(iterations: int) -> None:
        if clock.tick():
            parallel.report(work / PROGRESS, iterations)

    observers = []
    if cell.role == "teacher" and cell.teacher is not None:
        points, half = cell.teacher.route_points, torch.bfloat16 if cell.precision == "bfloat16" else torch.float32
        route = [round(training.iterations * (point + 1) / (points + 1)) for point in range(points)]
        observers.append(
            Observer(route, lambda done: save_state(network, work / "route" / f"{done}.safetensors", half))
        )
    loop = Loop(learner.items, batches, network.streams, work, cell.checkpoint_seconds, on_progress, observers)
    return fit(methods.load(cell.method).phases(context), loop)


def _write(
    task: Task,
    learner: Learner,
    context: Context[MethodSettings],
    trained: Trained,
    work: Path,
    clock: Clock,
) -> Path:
    outputs = work / "outputs"
    shutil.rmtree(outputs, ignore_errors=True)
    role = task.cell.role
    predictions, hidden = learner.readers.predictions(learner.main, SCORED[role])
    model: ModelName = "student" if role == "student" else "teacher"
    run = Run(
        identity=task.identity,
        dataset=task.cell.dataset,
        method="historical" if role == "historical" else task.cell.method,
        model=model,
        network="bert" if role == "teacher" else "textcnn",
        seed=task.seed,
        parameters=task.cell.parameters(),
        data=task.data,
        teacher=task.inputs.get("logits", task.inputs.get("other_logits")),
        parameter_count=_size(learner.main),
        iterations=trained.iterations,
        phases=trained.phases,
        notes=context.notes,
        batch_size=task.cell.training.batch_size,
        training_items=len(learner.items.labels),
        validation_macro_f1=_validation_score(predictions, learner, role),
        history=trained.history,
        environment=_environment(task.cell),
        seconds=round(clock.seconds(), 2),
        peak_memory_mib=peak_memory_mib(),
    )
    write_run(outputs, run, predictions)
    if role == "teacher":
        copy_out(work / "route", outputs / "route")
        write_hidden(outputs / "hidden.parquet", predictions.ids, {n: s.numpy() for n, s in hidden.items()})
    else:
        save_state(learner.main, outputs / "model.safetensors", torch.float32)
        write_json(outputs / "vocabulary.json", learner.vocabulary)
    if context.joint is not None:
        _write_joint_teacher(context.joint.network, learner, run, outputs / "teacher")
    return outputs


def _write_joint_teacher(teacher: Network, learner: Learner, run: Run, folder: Path) -> None:
    """The BERT that was trained beside the student, as a run of its own: same history, its own predictions."""
    predictions, _ = learner.readers.predictions(teacher, SCORED["student"])
    own = {
        "model": "teacher",
        "network": "bert",
        "parameter_count": _size(teacher),
        "validation_macro_f1": _validation_score(predictions, learner, "teacher"),
    }
    write_run(folder, run.model_copy(update=own), predictions)


def _validation_score(predictions: Predictions, learner: Learner, role: Role) -> float:
    """What `Learner.validation` would compute anew."""
    name = "history_validation" if role == "historical" else "validation"
    rows = [row for row, split in enumerate(predictions.split) if split == name]
    labels, predicted = learner.held_out.labels.cpu().numpy(), predictions.logits[rows].argmax(axis=1)
    return metrics.evaluate(labels, predicted, len(learner.readers.splits.classes))["macro_f1"]


def _environment(cell: Cell) -> Environment:
    here = environment()
    if cell.device == "cuda":
        return here.model_copy(update={"processor": f"{torch.cuda.get_device_name()} beside {here.processor}"})
    return here


def _size(network: Network) -> int:
    return sum(parameter.numel() for parameter in network.parameters())
