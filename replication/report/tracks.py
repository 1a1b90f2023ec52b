"""Curves of one method on one set out of `curves.csv`, by seed, and what they are at a given number of updates."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from replication.report.figures.tracks import Curve
from replication.results.curves import CurvePoint


def curves_of(
    points: Iterable[CurvePoint], dataset: str, method: str, series: str, model: str = "student"
) -> dict[int, Curve]:
    """A series of a method's network by seed, in the order of its updates."""
    found: dict[int, Curve] = {}
    for point in points:
        if (point.dataset, point.method, point.model, point.series) == (dataset, method, model, series):
            found.setdefault(point.seed, []).append((point.iteration, point.value))
    return {seed: sorted(curve) for seed, curve in sorted(found.items())}


def phase_ends(points: Iterable[CurvePoint], dataset: str, method: str) -> dict[int, list[int]]:
    """After how many updates each phase of a method's student ended, by seed, in the order of the phases."""
    found: dict[int, dict[str, int]] = {}
    for point in points:
        if (point.dataset, point.method, point.model) == (dataset, method, "student"):
            ends = found.setdefault(point.seed, {})
            ends[point.phase] = max(point.iteration, ends.get(point.phase, 0))
    return {seed: sorted(ends.values()) for seed, ends in sorted(found.items())}


def value_at(curve: Curve, updates: int) -> float | None:
    """The curve at a number of updates, on the straight line between two evaluations; None outside of them."""
    for (before, low), (after, high) in pairwise(curve):
        if before <= updates <= after:
            return low + (high - low) * (updates - before) / (after - before)
    return next((value for at, value in curve if at == updates), None)
