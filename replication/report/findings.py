"""What the records say, as facts that the templates put into words. No sentence is chosen in hope.

An arm is above (or below) the TextCNN where the interval of the paired difference in macro-F1 is clear of 0; it is
level otherwise, which says that the interval does not tell them apart, not that they are equal. Nothing is said of the
arm that happens to score highest: that one was chosen by the very scores that would be quoted.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, NamedTuple

from replication.results.cells import BASELINE, CellResult, DatasetResult, Interval
from replication.results.softmax import TemperatureResult

METRIC = "macro_f1"
Standing = Literal["above", "below", "level"]


def standing(delta: Interval) -> Standing:
    """Where an arm stands against the TextCNN."""
    if not delta.separated:
        return "level"
    return "above" if delta.low > 0 else "below"


Standings = list[tuple[CellResult, Standing]]


@dataclass(frozen=True)
class DatasetFinding:
    """One dataset's macro-F1 in short."""

    dataset: DatasetResult
    textcnn: CellResult | None
    teacher: CellResult | None
    students: Standings
    """The students that a method taught with a teacher and that have a difference to the TextCNN, highest first."""
    controls: Standings
    """The students that learned by a method without a teacher, likewise."""
    missing: list[CellResult]
    """The students of methods that have no difference."""
    schemes: Standings
    """The students of the article's schemes that have a difference to the TextCNN, in their order."""
    missing_schemes: list[CellResult]
    """The students of schemes that have none."""
    joint_teachers: list[CellResult]
    """The teachers that schemes trained themselves, where they have results."""
    yardstick: CellResult | None
    """The yardstick with the highest mean; what it reaches needs neither a network nor a teacher."""


def among(standings: Standings, which: Standing) -> list[CellResult]:
    """The cells that stand there."""
    return [cell for cell, where in standings if where == which]


def dataset_finding(dataset: DatasetResult) -> DatasetFinding:
    """Sum up one dataset."""
    methods = [cell for cell in dataset.cells if cell.group == "method"]
    schemes = [cell for cell in dataset.cells if cell.group == "scheme"]
    yardsticks = [cell for cell in dataset.cells if cell.group == "yardstick" and cell.metrics]
    ranked = sorted(_with_standing(methods), key=lambda found: (-found[0].metrics[METRIC].mean, found[0].method))
    return DatasetFinding(
        dataset=dataset,
        textcnn=dataset.find(*BASELINE),
        teacher=dataset.find(BASELINE[0], "teacher"),
        students=[found for found in ranked if found[0].taught],
        controls=[found for found in ranked if not found[0].taught],
        missing=[cell for cell in methods if METRIC not in cell.delta],
        schemes=_with_standing([cell for cell in schemes if cell.model == "student"]),
        missing_schemes=[cell for cell in schemes if cell.model == "student" and METRIC not in cell.delta],
        joint_teachers=[cell for cell in schemes if cell.model == "teacher" and cell.metrics],
        yardstick=max(yardsticks, key=lambda cell: cell.metrics[METRIC].mean, default=None),
    )


def _with_standing(cells: list[CellResult]) -> Standings:
    return [(cell, standing(cell.delta[METRIC])) for cell in cells if METRIC in cell.delta]


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
    """Count the comparisons of methods over the datasets."""
    return _tally(
        [found for finding in findings for found in finding.students], sum(len(finding.missing) for finding in findings)
    )


def scheme_tally(finding: DatasetFinding) -> Tally:
    """Count the comparisons of schemes on one dataset."""
    return _tally(finding.schemes, len(finding.missing_schemes))


def _tally(standings: Standings, missing: int) -> Tally:
    return Tally(
        above=len(among(standings, "above")),
        below=len(among(standings, "below")),
        level=len(among(standings, "level")),
        missing=missing,
    )


def half_widths(findings: list[DatasetFinding]) -> tuple[float, float] | None:
    """The least and the largest half width of the intervals of students' differences; None without any."""
    cells = [cell for found in findings for cell, _ in (*found.students, *found.controls, *found.schemes)]
    widths = [(cell.delta[METRIC].high - cell.delta[METRIC].low) / 2 for cell in cells]
    return (min(widths), max(widths)) if widths else None


class Softness(NamedTuple):
    """How even the teachers' softmax is at the profile's temperature, over the sets."""

    falling: int
    """Sets where entropy falls at some step of T, which the definition of softmax excludes."""
    sets: int
    temperature: float
    low: float
    """Least share of the largest entropy."""
    high: float


def softness(results: Iterable[TemperatureResult]) -> Softness | None:
    """Sum up the sets that have a teacher; None where none has."""
    found = list(results)
    if not found:
        return None
    shares = [entropy_share(result) for result in found]
    falling = sum(not result.rises for result in found)
    return Softness(falling, len(found), found[0].temperature, min(shares), max(shares))


def entropy_share(result: TemperatureResult) -> float:
    """Mean entropy over teachers at the grid's temperature nearest to the profile's, as a share of log N."""
    nearest = min(range(len(result.grid)), key=lambda at: abs(result.grid[at] - result.temperature))
    at_temperature = [curve[nearest] for curve in result.entropy.values()]
    return sum(at_temperature) / len(at_temperature) / result.log_classes
