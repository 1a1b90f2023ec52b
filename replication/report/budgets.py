"""What every arm was allowed: updates, batches, items. Whether all had the same is read from the records."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from replication.results.cells import CellResult, DatasetResult

TRIALS = 1
"""Settings that were tried for each arm: a set's arms share one budget, all else is at the papers' or shared values."""


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


def budgets(dataset: DatasetResult) -> Budgets:
    """Compare the arms of a set."""
    students = [cell for cell in dataset.cells if cell.trained and cell.model == "student" and cell.metrics]
    arms = [Arm(cell, dataset.find(cell.method, "teacher") if cell.group == "scheme" else None) for cell in students]
    spent = Counter(budget for cell in students for budget in _spent(cell))
    iterations, batch_size = min(spent, key=lambda budget: (-spent[budget], budget), default=(0, 0))
    odd = [cell for cell in students if _spent(cell) != {(iterations, batch_size)}]
    return Budgets(dataset, arms, iterations, batch_size, odd)


def _spent(cell: CellResult) -> set[tuple[int, int]]:
    return {(seed.iterations, cell.batch_size or 0) for seed in cell.present}
