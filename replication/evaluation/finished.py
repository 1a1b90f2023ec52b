"""What a finished run predicted, once it is known to be the run that its cell asks for; else why it is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from replication.config import Parameters
from replication.errors import UserError
from replication.evaluation.cells import Cell
from replication.evaluation.testset import JUNK, TestSet
from replication.evaluation.thresholds import choose_threshold, junk_probability
from replication.files import file_digest
from replication.predictions import Floats, Predictions
from replication.records import Run, read_run
from replication.results.cells import HISTORICAL
from replication.seeds import other_seed


@dataclass(frozen=True)
class FinishedRun:
    """A run with its test predictions in the order of the test items."""

    run: Run
    test: Predictions
    validation: Floats
    """Logits for the items that the run was validated on, [items, classes]."""
    predicted: npt.NDArray[np.int64]
    """The class with the largest logit, [items]; the first of equals."""
    threshold: float | None
    """Of an opinion set: the probability from which an item is called junk, chosen on the run's own validation."""
    labelled: Floats | None = None
    """Logits for the labelled training items, [items, classes]; None where the run predicted none."""


def load_cell(cell: Cell, items: TestSet, teachers: Mapping[int, str]) -> tuple[dict[int, FinishedRun], dict[int, str]]:
    """Read the runs of a cell.

    Args:
        cell: which runs.
        items: the test items of its dataset.
        teachers: sha256 of the frozen teacher's outputs, by seed.

    Returns:
        The finished runs by seed, and by seed the reason why a run is missing.
    """
    finished: dict[int, FinishedRun] = {}
    missing: dict[int, str] = {}
    for seed in cell.seeds:
        try:
            finished[seed] = load_run(cell, seed, items, teachers)
        except UserError as error:
            missing[seed] = str(error)
    return finished, missing


def teacher_digests(parameters: Parameters, dataset: str, build: Path) -> dict[int, str]:
    """sha256 of what the frozen teacher of each seed predicted; a seed whose teacher has not finished is left out."""
    files = {seed: build / "teacher" / dataset / f"seed{seed}" / "predictions.parquet" for seed in parameters.seeds}
    return {seed: file_digest(path) for seed, path in files.items() if path.is_file()}


def load_run(cell: Cell, seed: int, items: TestSet, teachers: Mapping[int, str]) -> FinishedRun:
    """Read one run and check that it is the one asked for: made on this data and by this teacher.

    It must have predicted exactly the test items and its own validation items.

    Raises:
        UserError: says what is wrong, in one line.
    """
    folder = cell.run_folder(seed)
    if not (folder / "run.json").is_file():
        raise UserError(f"no run in {folder.as_posix()}: the stage {cell.stage} has not finished")
    run, predictions = read_run(folder)
    expected = (cell.dataset, cell.method, cell.model, seed)
    if (run.dataset, run.method, run.model, run.seed) != expected:
        raise UserError(f"{folder.as_posix()} holds the run of another cell; {again(cell.stage)}")
    if run.data != items.splits.digest:
        raise UserError(f"{folder.as_posix()} was made on other data; {again(cell.stage)}")
    if run.teacher is not None and run.teacher not in _own_teachers(cell, seed, teachers):
        raise UserError(
            f"{folder.as_posix()} learned from other outputs than teacher@{cell.dataset} has; {again(cell.stage)}"
        )
    logits = read_logits(predictions.of("test"), list(items.labels), cell.stage)
    classes = len(items.splits.classes)
    if logits.shape[1] != classes:
        raise UserError(f"{folder.as_posix()} has {logits.shape[1]} classes, not {classes}; {again(cell.stage)}")
    ordered = Predictions(ids=list(items.labels), split=["test"] * len(items.labels), logits=logits)
    historical = (cell.method, cell.model) == HISTORICAL
    split = items.validation(historical)
    own = predictions.of("history_validation" if historical else "validation")
    validation = read_logits(own, split.ids, cell.stage)
    threshold = None
    if items.opinion:
        assert split.labels is not None
        threshold = choose_threshold(junk_probability(validation), split.labels == JUNK)
    own = predictions.of("labelled")
    labelled = read_logits(own, items.splits.labelled.ids, cell.stage) if own.ids else None
    return FinishedRun(run, ordered, validation, logits.argmax(axis=1), threshold, labelled)


def _own_teachers(cell: Cell, seed: int, teachers: Mapping[int, str]) -> set[str]:
    """The outputs that a seed may have learned from: those of its own teacher, or as a control another seed's."""
    return {teachers[one] for one in (seed, other_seed(cell.seeds, seed)) if one in teachers}


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
