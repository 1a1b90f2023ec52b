"""Which cells a profile lists, where their runs lie, and what a finished run predicted for the test items."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

from replication.config import Parameters
from replication.errors import UserError
from replication.records import Floats, ModelName, Predictions, Run, read_run
from replication.results.cells import BASELINE


@dataclass(frozen=True)
class Cell:
    """A method's model on a dataset, with the seeds that the profile asks for."""

    dataset: str
    method: str
    model: ModelName
    kind: Literal["trained", "yardstick"]
    stage: str
    folder: Path
    """Holds one folder `seed<k>` a seed."""
    seeds: tuple[int, ...]


@dataclass(frozen=True)
class FinishedRun:
    """A run with its test predictions in the order of the test items."""

    run: Run
    test: Predictions
    validation: Predictions
    """As the run left them."""
    predicted: npt.NDArray[np.int64]
    """The class with the largest logit, [items]; the first of equals."""


def list_cells(parameters: Parameters, dataset: str, build: Path) -> list[Cell]:
    """The rows of a dataset's table: yardsticks, the students by method, the teacher."""
    seeds = tuple(parameters.seeds)
    teacher = Cell(dataset, BASELINE[0], "teacher", "trained", f"teacher@{dataset}", build / "teacher" / dataset, seeds)
    students, yardsticks = [], []
    for name in parameters.methods:
        stage, folder = f"student@{dataset}-{name}", build / "student" / dataset / name
        students.append(Cell(dataset, name, "student", "trained", stage, folder, seeds))
    for name in parameters.yardsticks:
        stage, folder = f"yardstick@{dataset}-{name}", build / "yardstick" / dataset / name
        yardsticks.append(Cell(dataset, name, "student", "yardstick", stage, folder, (0,)))
    return [*yardsticks, *students, teacher]


def load_cell(cell: Cell, labels: Mapping[str, int], classes: int) -> tuple[dict[int, FinishedRun], dict[int, str]]:
    """Read the runs of a cell.

    Args:
        cell: which runs.
        labels: class index by test item id; the items in their order.
        classes: number of classes.

    Returns:
        The finished runs by seed, and by seed the reason why a run is missing.
    """
    finished: dict[int, FinishedRun] = {}
    missing: dict[int, str] = {}
    for seed in cell.seeds:
        try:
            finished[seed] = load_run(cell, seed, labels, classes)
        except UserError as error:
            missing[seed] = str(error)
    return finished, missing


def load_run(cell: Cell, seed: int, labels: Mapping[str, int], classes: int) -> FinishedRun:
    """Read one run and check that it is the one asked for, and that it predicts exactly the test items.

    Raises:
        UserError: says what is wrong, in one line.
    """
    folder = cell.folder / f"seed{seed}"
    if not (folder / "run.json").is_file():
        raise UserError(f"no run in {folder.as_posix()}: the stage {cell.stage} has not finished")
    run, predictions = read_run(folder)
    expected = (cell.dataset, cell.method, cell.model, seed)
    if (run.dataset, run.method, run.model, run.seed) != expected:
        raise UserError(f"{folder.as_posix()} holds the run of another cell; {again(cell.stage)}")
    logits = read_logits(predictions.of("test"), list(labels), cell.stage)
    if logits.shape[1] != classes:
        raise UserError(f"{folder.as_posix()} has {logits.shape[1]} classes, not {classes}; {again(cell.stage)}")
    ordered = Predictions(ids=list(labels), split=["test"] * len(labels), logits=logits)
    return FinishedRun(run, ordered, predictions.of("validation"), logits.argmax(axis=1))


def read_logits(predictions: Predictions, ids: Sequence[str], stage: str) -> Floats:
    """Logits of exactly these items, in their order, [items, classes].

    Raises:
        UserError: other items are predicted, or a logit is not finite.
    """
    row_of = {item: row for row, item in enumerate(predictions.ids)}
    if len(row_of) != len(predictions.ids) or row_of.keys() != set(ids):
        raise UserError(f"{stage}: the run predicts other items than the {len(ids)} expected; {again(stage)}")
    logits = predictions.logits[[row_of[item] for item in ids]]
    if logits.ndim != 2 or not np.isfinite(logits).all():
        raise UserError(f"{stage}: a predicted logit is not a finite number; {again(stage)}")
    return logits


def again(stage: str) -> str:
    """What to do about an unusable run."""
    return f"run `dvc repro -f {stage}`"
