"""What every arm was allowed: updates, batches, items. Whether all had the same is read from the records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from replication.report.course import validation_points
from replication.results.cells import CellResult, DatasetResult
from replication.results.curves import CurvePoint

TRIALS = 1
"""Settings that were tried for each arm: a set's arms share one budget, all else is at the papers' or shared values."""
OF_THE_SCHEDULE = ("iterations", "batch_size", "batch_tokens", "evaluations", "patience")
"""What a teacher that a scheme trains beside its student has from the student, whatever its own settings say."""


@dataclass(frozen=True)
class Arm:
    """A student and, where a scheme trains one beside it, its own teacher."""

    student: CellResult
    teacher: CellResult | None

    @property
    def stretches(self) -> list[tuple[str, int]]:
        """Name and updates of each phase, where there is more than one."""
        phases = self.student.phases
        return [(phase.name, phase.iterations) for phase in phases] if len(phases) > 1 else []


@dataclass(frozen=True)
class Budgets:
    """The arms of one set."""

    dataset: DatasetResult
    arms: list[Arm]
    """Those that have results, the TextCNN on labels alone among them."""
    iterations: int
    """Updates of the student that most arms had; 0 without an arm."""
    batch_size: int
    """Items in a batch, at the most, of those arms."""
    odd: list[CellResult]
    """The students that had another number of updates in a seed, or batches of another size."""
    states: Mapping[tuple[str, str], list[int]]
    """By method and model, the different numbers of states of a run that validation chose one of."""


def budgets(dataset: DatasetResult, points: Iterable[CurvePoint] = ()) -> Budgets:
    """Compare the arms of a set.

    Args:
        dataset: the set.
        points: of the training curves; they tell how often a run was validated.
    """
    students = [cell for cell in dataset.cells if cell.trained and cell.model == "student" and cell.metrics]
    arms = [Arm(cell, dataset.find(cell.method, "teacher") if cell.group == "scheme" else None) for cell in students]
    spent = Counter(budget for cell in students for budget in _spent(cell))
    iterations, batch_size = min(spent, key=lambda budget: (-spent[budget], budget), default=(0, 0))
    odd = [cell for cell in students if _spent(cell) != {(iterations, batch_size)}]
    return Budgets(dataset, arms, iterations, batch_size, odd, _states(dataset.name, points))


def _spent(cell: CellResult) -> set[tuple[int, int]]:
    return {(seed.iterations, cell.batch_size or 0) for seed in cell.present}


def _states(dataset: str, points: Iterable[CurvePoint]) -> dict[tuple[str, str], list[int]]:
    runs = Counter(
        (point.method, point.model, point.seed)
        for point in validation_points([point for point in points if point.dataset == dataset])
    )
    found: dict[tuple[str, str], set[int]] = {}
    for (method, model, _), states in runs.items():
        found.setdefault((method, model), set()).add(states)
    return {arm: sorted(states) for arm, states in found.items()}


def ran(cell: CellResult) -> dict[str, Any]:
    """The settings that a run went by: those of a joint teacher's schedule, which is the student's, are left out."""
    teacher = cell.settings.get("teacher")
    if cell.group != "scheme" or cell.taught or not teacher:
        return cell.settings
    training = {key: value for key, value in teacher["training"].items() if key not in OF_THE_SCHEDULE}
    return {**cell.settings, "teacher": {**teacher, "training": training}}
