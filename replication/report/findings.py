"""What the records say, as facts that the templates put into words. No sentence is chosen in hope.

An arm is above (or below) the TextCNN where the interval of the paired difference in macro-F1 is clear of 0; it is
level otherwise, which says that the interval does not tell them apart, not that they are equal. Nothing is said of the
arm that happens to score highest: that one was chosen by the very scores that would be quoted.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from replication.report.trainings import is_control, repeats
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
    """The students of controls with a teacher, those of the schemes among them, likewise."""
    untaught: Standings
    """The students that learned by a method without a teacher, likewise."""
    missing: list[CellResult]
    """The students of methods and their controls that have no difference."""
    schemes: Standings
    """The students of the article's schemes that have a difference to the TextCNN, in their order."""
    missing_schemes: list[CellResult]
    """The students of schemes that have none."""
    joint_teachers: list[CellResult]
    """The teachers that schemes trained themselves, where they have results."""
    yardstick: CellResult | None
    """The yardstick with the highest mean; what it reaches needs neither a network nor a teacher."""
    repeats: dict[str, CellResult]
    """By method, students whose training is that of an earlier row."""

    @property
    def trainings(self) -> Standings:
        """The students of methods and schemes, each training once; controls are left out."""
        return self.once([*self.students, *self.schemes])

    def once(self, standings: Standings) -> Standings:
        """Each training once, by its first row among these."""
        first: dict[str, tuple[CellResult, Standing]] = {}
        for cell, where in standings:
            first.setdefault(self.repeats.get(cell.method, cell).method, (cell, where))
        return list(first.values())


def among(standings: Standings, which: Standing) -> list[CellResult]:
    """The cells that stand there."""
    return [cell for cell, where in standings if where == which]


def dataset_finding(dataset: DatasetResult) -> DatasetFinding:
    """Sum up one dataset."""
    methods = [cell for cell in dataset.cells if cell.group == "method"]
    schemes = [cell for cell in dataset.cells if cell.group == "scheme" and cell.model == "student"]
    yardsticks = [cell for cell in dataset.cells if cell.group == "yardstick" and cell.metrics]
    ranked = sorted(_with_standing(methods), key=lambda found: (-found[0].metrics[METRIC].mean, found[0].method))
    taught = [found for found in ranked if found[0].taught]
    standing_schemes = _with_standing(schemes)
    return DatasetFinding(
        dataset=dataset,
        textcnn=dataset.find(*BASELINE),
        teacher=dataset.find(BASELINE[0], "teacher"),
        students=[found for found in taught if not is_control(found[0].method)],
        controls=[found for found in (*taught, *standing_schemes) if is_control(found[0].method)],
        untaught=[found for found in ranked if not found[0].taught],
        missing=[cell for cell in methods if METRIC not in cell.delta],
        schemes=[found for found in standing_schemes if not is_control(found[0].method)],
        missing_schemes=[cell for cell in schemes if METRIC not in cell.delta],
        joint_teachers=[cell for cell in dataset.cells if cell.joint_teacher and cell.metrics],
        yardstick=max(yardsticks, key=lambda cell: cell.metrics[METRIC].mean, default=None),
        repeats=repeats(dataset),
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


def tally(findings: Sequence[DatasetFinding]) -> Tally:
    """Count the comparisons of methods over the datasets; controls are left out."""
    missing = [cell for finding in findings for cell in finding.missing if not is_control(cell.method)]
    return _tally([found for finding in findings for found in finding.once(finding.students)], len(missing))


def scheme_tally(finding: DatasetFinding) -> Tally:
    """Count the comparisons of schemes on one dataset, each training once; controls are left out."""
    missing = [cell for cell in finding.missing_schemes if not is_control(cell.method)]
    return _tally(finding.once(finding.schemes), len(missing))


def training_tally(findings: Sequence[DatasetFinding]) -> Tally:
    """Count the comparisons of methods and schemes over the datasets, each training once; controls are left out."""
    missing = [cell for one in findings for cell in (*one.missing, *one.missing_schemes) if not is_control(cell.method)]
    return _tally([found for finding in findings for found in finding.trainings], len(missing))


def _tally(standings: Standings, missing: int) -> Tally:
    return Tally(
        above=len(among(standings, "above")),
        below=len(among(standings, "below")),
        level=len(among(standings, "level")),
        missing=missing,
    )


def half_widths(findings: Sequence[DatasetFinding]) -> tuple[float, float] | None:
    """The least and the largest half width of the intervals of students' differences; None without any."""
    kinds = [(one.students, one.controls, one.untaught, one.schemes) for one in findings]
    cells = [cell for found in kinds for standings in found for cell, _ in standings]
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
