"""What the records say, as facts that the templates put into words. No sentence is chosen in hope.

An arm is above (or below) the TextCNN where the interval of the paired difference in macro-F1 is clear of 0; it is
level otherwise, which says that the interval does not tell them apart, not that they are equal.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from replication.results.cells import BASELINE, CellResult, DatasetResult, Interval
from replication.results.curves import CurvePoint
from replication.results.softmax import TemperatureResult

METRIC = "macro_f1"
SETTLED = 0.01
"""A mean validation score that gains less than this over the last quarter of training has levelled off."""

Standing = Literal["above", "below", "level"]


def standing(delta: Interval) -> Standing:
    """Where an arm stands against the TextCNN."""
    if not delta.separated:
        return "level"
    return "above" if delta.low > 0 else "below"


@dataclass(frozen=True)
class DatasetFinding:
    """One dataset's macro-F1 in short."""

    dataset: DatasetResult
    textcnn: CellResult | None
    teacher: CellResult | None
    students: list[tuple[CellResult, Standing]]
    """The taught students that have a difference to the TextCNN, highest first."""
    missing: list[CellResult]
    """The taught students that have none."""
    yardstick: CellResult | None
    """The yardstick with the highest mean; what it reaches needs neither a network nor a teacher."""

    @property
    def best(self) -> CellResult | None:
        """The taught student with the highest mean."""
        return self.students[0][0] if self.students else None

    @property
    def gap_closed(self) -> float | None:
        """The best student's gain as a share of the teacher's; None unless both are above the TextCNN."""
        deltas = [cell.delta.get(METRIC) for cell in (self.best, self.teacher) if cell is not None]
        if len(deltas) < 2 or any(delta is None or standing(delta) != "above" for delta in deltas):
            return None
        gain, whole = (delta.mean for delta in deltas if delta is not None)
        return gain / whole

    def standing_of(self, which: Standing) -> list[CellResult]:
        """The taught students that stand there."""
        return [cell for cell, where in self.students if where == which]


def dataset_finding(dataset: DatasetResult) -> DatasetFinding:
    """Sum up one dataset."""
    listed = [
        cell for cell in dataset.cells if cell.kind == "trained" and cell.model == "student" and not cell.is_baseline
    ]
    taught = [cell for cell in listed if METRIC in cell.delta]
    taught.sort(key=lambda cell: (-cell.metrics[METRIC].mean, cell.method))
    yardsticks = [cell for cell in dataset.cells if cell.kind == "yardstick" and cell.metrics]
    return DatasetFinding(
        dataset=dataset,
        textcnn=dataset.find(*BASELINE),
        teacher=dataset.find(BASELINE[0], "teacher"),
        students=[(cell, standing(cell.delta[METRIC])) for cell in taught],
        missing=[cell for cell in listed if METRIC not in cell.delta],
        yardstick=max(yardsticks, key=lambda cell: cell.metrics[METRIC].mean, default=None),
    )


@dataclass(frozen=True)
class Tally:
    """How many comparisons of a taught student with the TextCNN came out which way."""

    above: int
    below: int
    level: int
    missing: int

    @property
    def comparisons(self) -> int:
        """All that could be made."""
        return self.above + self.below + self.level


def tally(findings: list[DatasetFinding]) -> Tally:
    """Count the comparisons over the datasets."""
    found = [where for finding in findings for _, where in finding.students]
    return Tally(
        found.count("above"),
        found.count("below"),
        found.count("level"),
        sum(len(finding.missing) for finding in findings),
    )


Arm = tuple[str, str]
"""A method and its model."""


def mean_curves(points: list[CurvePoint]) -> dict[Arm, list[tuple[int, float]]]:
    """Mean over seeds by arm: (iteration, value) at the iterations that every seed of the arm has."""
    values: dict[Arm, dict[int, dict[int, float]]] = {}
    for point in points:
        by_iteration = values.setdefault((point.method, point.model), {})
        by_iteration.setdefault(point.iteration, {})[point.seed] = point.value
    curves: dict[Arm, list[tuple[int, float]]] = {}
    for arm, by_iteration in values.items():
        seeds = max(len(found) for found in by_iteration.values())
        complete = [(at, found) for at, found in sorted(by_iteration.items()) if len(found) == seeds]
        curves[arm] = [(at, sum(found.values()) / len(found)) for at, found in complete]
    return curves


def still_rising(curve: list[tuple[int, float]]) -> bool:
    """Whether the mean validation score gains more than `SETTLED` over the last quarter of training."""
    if len(curve) < 4:
        return False
    start = 0.75 * curve[-1][0]
    before = [value for at, value in curve if at <= start]
    return bool(before) and max(value for _, value in curve) - max(before) > SETTLED


def entropy_rises(result: TemperatureResult) -> bool:
    """Whether the mean entropy rises at every step of the grid, for every teacher."""
    return all(after > before for curve in result.entropy.values() for before, after in pairwise(curve))


def entropy_share(result: TemperatureResult) -> float:
    """Mean entropy over teachers at the grid's temperature nearest to the profile's, as a share of log N."""
    nearest = min(range(len(result.grid)), key=lambda at: abs(result.grid[at] - result.temperature))
    at_temperature = [curve[nearest] for curve in result.entropy.values()]
    return sum(at_temperature) / len(at_temperature) / result.log_classes
