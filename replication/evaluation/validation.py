"""The teacher's softmax over temperatures, from its logits for the validation items."""

from __future__ import annotations

from pathlib import Path

from replication.config import Parameters
from replication.data.splits import load_splits
from replication.evaluation.cells import Cell, FinishedRun, read_logits
from replication.evaluation.temperature import describe
from replication.results.cells import BASELINE
from replication.results.softmax import TemperatureResult


def describe_teacher(
    parameters: Parameters, dataset: str, data: Path, runs: dict[Cell, dict[int, FinishedRun]]
) -> TemperatureResult | None:
    """Summarise the teacher of the dataset that is prepared in `data`; None where no teacher has finished.

    Raises:
        UserError: the validation split is missing, or a teacher predicts other items.
    """
    found = [run for cell, run in runs.items() if (cell.method, cell.model) == (BASELINE[0], "teacher")]
    teachers = found[0] if found else {}
    if not teachers:
        return None
    splits = load_splits(data)
    validation = splits.validation
    labels = [] if validation.labels is None else [int(label) for label in validation.labels]
    logits = {seed: read_logits(one.validation, validation.ids, f"teacher@{dataset}") for seed, one in teachers.items()}
    return describe(logits, validation.texts, labels, splits.classes, parameters.temperature)
