"""Joint training: the validation curves of both networks, and what adding the losses does beside the learning rate."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal, NamedTuple

from replication.report.course import validation_points
from replication.report.differences import Difference, Published, published_comparisons, seed_difference
from replication.report.downloads import data_link
from replication.report.findings import METRIC
from replication.report.inputs import Inputs
from replication.report.panels import Panel, training_panels
from replication.report.words import Words
from replication.results.cells import BASELINE, CellResult, DatasetResult, Interval

CLAIM = "sum-student"
Explained = Literal["no fall", "not told", "both", "rate"]
"""What a fall of scheme 4's student against scheme 2's is due to: there is none; the intervals do not tell; to the
learning rate and to adding the losses; to the learning rate, as far as the intervals tell."""


class JointFinding(NamedTuple):
    """What the test set says of joint training on one set; differences in macro-F1, None where a cell is missing."""

    dataset: str
    cells: list[CellResult]
    """Students and teachers that were trained together."""
    fall: Interval | None
    """Scheme 4's student minus the TextCNN."""
    apart: Interval | None
    """The same of scheme 2, which trains both networks at once and adds nothing."""
    own_rate: Interval | None
    """The same of scheme 4 with the student's own learning rate."""
    adding: Difference | None
    """Scheme 4's student minus scheme 2's."""
    adding_own_rate: Difference | None
    """The same of scheme 4 with the student's own learning rate."""
    feedback: Difference | None
    """Scheme 3's student minus scheme 2's."""
    feedback_teacher: Difference | None
    """The same of their teachers."""
    summed_teacher: Difference | None
    """Scheme 4's teacher minus scheme 2's."""

    @property
    def explained(self) -> Explained | None:
        """What the fall against scheme 2 is due to; None without both intervals."""
        return explained(self.adding, self.adding_own_rate)


def context(folder: Path, inputs: Inputs, words: Words) -> dict[str, Any] | None:
    """What the section shows; None where no scheme trained two networks."""
    published = published_comparisons(folder)
    found = [joint_finding(dataset, published) for dataset in inputs.results.datasets]
    found = [one for one in found if one.cells]
    if not found:
        return None
    return {
        "found": found,
        "panels": {one.dataset: _panels(inputs, one, words) for one in found},
        "data": data_link({one.dataset: _data(inputs, one) for one in found}),
    }


def joint_finding(dataset: DatasetResult, published: Published) -> JointFinding:
    """Sum up one set; without cells where nothing was trained together."""
    schemes = list(dict.fromkeys(cell.method for cell in dataset.cells if cell.joint_teacher and cell.metrics))
    found = [dataset.find(method, model) for method in schemes for model in ("student", "teacher")]
    students = {name: dataset.find(name, "student") for name in ("scheme2", "scheme4", "scheme4_own_rate")}
    fall, apart, own_rate = (
        cell.delta.get(METRIC) if (cell := students[name]) else None
        for name in ("scheme4", "scheme2", "scheme4_own_rate")
    )

    def difference(arm: str, model: str, part: str | None = None) -> Difference | None:
        comparison = published.get((CLAIM, part, dataset.name)) if part else None
        return seed_difference(dataset, (arm, model), ("scheme2", model), comparison)

    return JointFinding(
        dataset=dataset.name,
        cells=[cell for cell in found if cell is not None],
        fall=fall,
        apart=apart,
        own_rate=own_rate,
        adding=difference("scheme4", "student", "scheme2"),
        adding_own_rate=difference("scheme4_own_rate", "student", "own rate"),
        feedback=difference("scheme3", "student"),
        feedback_teacher=difference("scheme3", "teacher"),
        summed_teacher=difference("scheme4", "teacher"),
    )


def explained(adding: Difference | None, own_rate: Difference | None) -> Explained | None:
    """Judge by the intervals of scheme 4 against scheme 2, with the shared learning rate and with the student's own.

    The learning rate has a part where the two intervals do not overlap, which asks for more than the interval of their
    difference would; adding has one where the second is below 0.
    """
    shared, own = (found and found.interval for found in (adding, own_rate))
    if not shared or not own:
        return None
    if shared.high >= 0:
        return "no fall"
    if own.low <= shared.high:
        return "not told"
    return "both" if own.high < 0 else "rate"


def _panels(inputs: Inputs, found: JointFinding, words: Words) -> list[Panel]:
    methods = list(dict.fromkeys(cell.method for cell in found.cells))
    points = validation_points([point for point in inputs.curves if point.dataset == found.dataset])
    points = [point for point in points if point.method in methods or (point.method, point.model) == BASELINE]
    return training_panels(points, methods, f"joint-{found.dataset}", words)


def _data(inputs: Inputs, found: JointFinding) -> dict[str, Any]:
    methods = {cell.method for cell in found.cells}
    points = validation_points([point for point in inputs.curves if point.dataset == found.dataset])
    return {
        "finding": {key: value for key, value in found._asdict().items() if key != "cells"},
        "points": [point._asdict() for point in points if point.method in methods],
    }
