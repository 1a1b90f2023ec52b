"""What a run leaves: its record, its predictions, its weights."""

from __future__ import annotations

import shutil
from pathlib import Path

import torch

from replication import metrics
from replication.clock import Clock, peak_memory_mib
from replication.environment import Environment, environment
from replication.files import write_json
from replication.predictions import Predictions, write_hidden
from replication.records import ModelName, Run, write_run
from replication.runs.learner import Learner
from replication.runs.readers import save_state
from replication.runs.tasks import Cell, Role, Task
from replication.training.loop import Trained
from replication.training.network import Network
from replication.training.phases import Context, MethodSettings

SCORED = {
    "student": ("labelled", "validation", "test"),
    "teacher": ("labelled", "pool", "validation", "test"),
    "historical": ("labelled", "pool", "validation", "test", "history_validation"),
}
"""The splits whose predictions a run leaves: those who teach predict the texts that students learn from; all predict
the labelled items, for the gap between training and test."""


def write(
    task: Task,
    learner: Learner,
    context: Context[MethodSettings],
    trained: Trained,
    work: Path,
    clock: Clock,
) -> Path:
    """Predict with what was trained and write all that the run leaves; returns the folder, below `work`."""
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
        teachers=task.inputs,
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
    save_state(learner.main, outputs / "model.safetensors", stored_precision(task.cell))
    if role == "teacher":
        _write_route(work / "route", trained.phases[-1].kept[learner.main.name], outputs / "route")
        write_hidden(outputs / "hidden.parquet", predictions.ids, {n: s.numpy() for n, s in hidden.items()})
    else:
        write_json(outputs / "vocabulary.json", learner.vocabulary)
    if context.joint is not None:
        _write_joint_teacher(context.joint.network, learner, run, outputs / "teacher")
    return outputs


def stored_precision(cell: Cell) -> torch.dtype:
    """In what the weights of a run are stored: a teacher's that computes in bfloat16, in that."""
    return torch.bfloat16 if cell.role == "teacher" and cell.precision == "bfloat16" else torch.float32


def _write_route(states: Path, kept: int, destination: Path) -> None:
    """The states before the one that validation kept, which ends the route: so it goes from easy to hard."""
    destination.mkdir(parents=True)
    for path in states.glob("*.safetensors"):
        if int(path.stem) < kept:
            shutil.copyfile(path, destination / path.name)


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
