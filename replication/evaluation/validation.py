"""The teacher's softmax over temperatures, from its logits for the validation items."""

from __future__ import annotations

from replication.config import Parameters
from replication.data.splits import Splits
from replication.evaluation.cells import Cell
from replication.evaluation.finished import FinishedRun
from replication.evaluation.temperature import describe
from replication.results.cells import BASELINE
from replication.results.softmax import TemperatureResult


def describe_teacher(
    parameters: Parameters, splits: Splits, runs: dict[Cell, dict[int, FinishedRun]]
) -> TemperatureResult | None:
    """Summarise the teacher of a dataset with these splits; None where no teacher has finished."""
    found = [run for cell, run in runs.items() if (cell.method, cell.model) == (BASELINE[0], "teacher")]
    teachers = found[0] if found else {}
    if not teachers:
        return None
    validation = splits.validation
    labels = [] if validation.labels is None else [int(label) for label in validation.labels]
    logits = {seed: one.validation for seed, one in teachers.items()}
    return describe(logits, validation.texts, labels, splits.classes, parameters.temperature)
