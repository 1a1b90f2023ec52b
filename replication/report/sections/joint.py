"""Joint training: the validation curves of both networks, and what scheme 4's shared learning rate explains."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

from replication.report.course import mean_curves, validation_points
from replication.report.downloads import data_link
from replication.report.figures.curves import curves_panel, shared_limits
from replication.report.findings import METRIC
from replication.report.inputs import Inputs
from replication.report.panels import Panel
from replication.report.words import Words
from replication.results.cells import BASELINE, CellResult, DatasetResult, Interval


class JointFinding(NamedTuple):
    """What the test set says of joint training on one set; differences in macro-F1, None where a cell is missing."""

    dataset: str
    cells: list[CellResult]
    """Students and teachers that were trained together."""
    fall: Interval | None
    """Scheme 4's student minus the TextCNN."""
    own_rate: Interval | None
    """The same of scheme 4 with the student's own learning rate."""
    recovered: float | None
    """The share of the fall that the own rate brings back; None where there is no fall clear of 0."""
    feedback: tuple[float, int, int] | None
    """Scheme 3's student minus scheme 2's: mean over seeds, seeds above 0, seeds."""
    feedback_teacher: tuple[float, int, int] | None
    """The same of their teachers."""
    summed_teacher: tuple[float, int, int] | None
    """Scheme 4's teacher minus scheme 2's, likewise."""


def context(folder: Path, inputs: Inputs, words: Words) -> dict[str, Any] | None:
    """What the section shows; None where no scheme trained two networks."""
    found = [joint_finding(dataset) for dataset in inputs.results.datasets]
    found = [one for one in found if one.cells]
    if not found:
        return None
    return {
        "found": found,
        "panels": {one.dataset: _panels(inputs, one, words) for one in found},
        "data": data_link({one.dataset: _data(inputs, one) for one in found}),
    }


def joint_finding(dataset: DatasetResult) -> JointFinding:
    """Sum up one set; without cells where nothing was trained together."""
    schemes = list(dict.fromkeys(cell.method for cell in dataset.cells if cell.joint_teacher and cell.metrics))
    found = [dataset.find(method, model) for method in schemes for model in ("student", "teacher")]
    summed, own = (dataset.find(method, "student") for method in ("scheme4", "scheme4_own_rate"))
    fall = summed.delta.get(METRIC) if summed else None
    own_rate = own.delta.get(METRIC) if own else None
    recovered = None
    if fall is not None and own_rate is not None and fall.high < 0:
        recovered = (own_rate.mean - fall.mean) / -fall.mean
    return JointFinding(
        dataset=dataset.name,
        cells=[cell for cell in found if cell is not None],
        fall=fall,
        own_rate=own_rate,
        recovered=recovered,
        feedback=seed_difference(dataset, ("scheme3", "student"), ("scheme2", "student")),
        feedback_teacher=seed_difference(dataset, ("scheme3", "teacher"), ("scheme2", "teacher")),
        summed_teacher=seed_difference(dataset, ("scheme4", "teacher"), ("scheme2", "teacher")),
    )


def seed_difference(
    dataset: DatasetResult, arm: tuple[str, str], reference: tuple[str, str]
) -> tuple[float, int, int] | None:
    """Test macro-F1 of an arm minus a reference: mean over seeds in common, seeds above 0, seeds; None without any."""
    cells = [dataset.find(*arm), dataset.find(*reference)]
    own, other = (
        {seed.seed: seed.metrics[METRIC] for seed in cell.present if METRIC in seed.metrics} if cell else {}
        for cell in cells
    )
    differences = [value - other[seed] for seed, value in own.items() if seed in other]
    if not differences:
        return None
    return sum(differences) / len(differences), sum(value > 0 for value in differences), len(differences)


def _panels(inputs: Inputs, found: JointFinding, words: Words) -> list[Panel]:
    methods = list(dict.fromkeys(cell.method for cell in found.cells))
    points = validation_points([point for point in inputs.curves if point.dataset == found.dataset])
    points = [point for point in points if point.method in methods or (point.method, point.model) == BASELINE]
    means, panels = mean_curves(points), []
    if not points:
        return []
    limits = shared_limits(points)
    for method in methods:
        ends = [
            {"model": arm[1], "iteration": curve[-1][0], "value": curve[-1][1]}
            for arm, curve in means.items()
            if arm[0] == method
        ]
        if not ends:
            continue
        name, title = f"joint-{found.dataset}-{method}", words.text("curve_title", method=method, ends=ends)
        description = words.text("curves_description", ends=ends)
        panels.append(Panel(name, title, curves_panel(points, method, name, limits, title, description, words)))
    return panels


def _data(inputs: Inputs, found: JointFinding) -> dict[str, Any]:
    methods = {cell.method for cell in found.cells}
    points = validation_points([point for point in inputs.curves if point.dataset == found.dataset])
    return {
        "finding": {key: value for key, value in found._asdict().items() if key != "cells"},
        "points": [point._asdict() for point in points if point.method in methods],
    }
