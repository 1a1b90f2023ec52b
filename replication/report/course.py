"""The course of training: mean curves over seeds, and whether they have levelled off."""

from __future__ import annotations

from typing import NamedTuple

from replication.results.curves import CurvePoint

SETTLED = 1.0
"""A mean validation score that gains no more points than this over the last quarter of training has levelled off."""

Arm = tuple[str, str]
"""A method and its model."""


def validation_points(points: list[CurvePoint]) -> list[CurvePoint]:
    """Validation macro-F1 in percent, of each run's own network; other selection scores are left out.

    The historical TextCNN goes by its own name.
    """
    return [
        point._replace(value=100 * point.value)
        for point in points
        if point.series in (f"validation {point.model}", f"validation {point.method}")
    ]


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


class Levelling(NamedTuple):
    """How many mean validation curves still rose at the end of training."""

    rising: int
    settled: int
    untold: int
    """Those with too few evaluations to tell."""


def levelling(points: list[CurvePoint]) -> Levelling:
    """Judge the mean validation curve of every arm on every set, from all points that were recorded."""
    own = validation_points(points)
    judged = [
        still_rising(curve)
        for dataset in dict.fromkeys(point.dataset for point in own)
        for curve in mean_curves([point for point in own if point.dataset == dataset]).values()
    ]
    return Levelling(judged.count(True), judged.count(False), judged.count(None))


def still_rising(curve: list[tuple[int, float]]) -> bool | None:
    """Whether the mean validation score, in percent, gains more than `SETTLED` over the last quarter of training.

    None where the curve has too few points to tell, or none before that quarter.
    """
    start = 0.75 * curve[-1][0] if curve else 0.0
    before = [value for at, value in curve if at <= start]
    if len(curve) < 4 or not before:
        return None
    return max(value for _, value in curve) - max(before) > SETTLED
