"""The route that a student was led along: the anchors taken, and how well the student did after each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from replication.report.tracks import curves_of
from replication.results.cells import BASELINE, CellResult, DatasetResult
from replication.results.curves import CurvePoint


@dataclass(frozen=True)
class Anchor:
    """A state of the teacher that the student was taught by."""

    iteration: int | None
    """After how many of the teacher's updates; None where its records do not tell."""
    kept: bool
    """Whether it is the state that validation chose, which teaches everyone else too: a route's last anchor."""
    validation_macro_f1: float
    """The student's, when it had done with the anchor."""


@dataclass(frozen=True)
class Course:
    """The anchors of one method on one set, by seed."""

    dataset: DatasetResult
    cell: CellResult
    seeds: dict[int, list[Anchor]]

    @property
    def longest(self) -> int:
        """The largest number of anchors that a seed took."""
        return max(len(anchors) for anchors in self.seeds.values())


def courses(dataset: DatasetResult, points: Iterable[CurvePoint] = ()) -> list[Course]:
    """The courses that the records of a set tell of.

    Args:
        dataset: with the runs' notes.
        points: training curves, the teacher's among them: they tell which of its states was kept.
    """
    kept = kept_states(points, dataset.name)
    found = []
    for cell in dataset.cells:
        seeds = {seed: _anchors(notes, kept.get(seed)) for seed, notes in sorted(cell.notes.items())}
        seeds = {seed: anchors for seed, anchors in seeds.items() if anchors}
        if seeds:
            found.append(Course(dataset, cell, seeds))
    return found


def kept_states(points: Iterable[CurvePoint], dataset: str) -> dict[int, int]:
    """After how many updates each seed's teacher was in the state that was kept, the first best on validation."""
    curves = curves_of(points, dataset, BASELINE[0], "validation teacher", model="teacher")
    return {seed: max(curve, key=lambda point: (point[1], -point[0]))[0] for seed, curve in curves.items()}


def _anchors(notes: Mapping[str, Any], kept: int | None) -> list[Anchor]:
    """The anchors of a run; what it recorded without a number of updates is the state that was kept."""
    return [
        Anchor(
            iteration=kept if one["iteration"] is None else one["iteration"],
            kept=one["iteration"] is None,
            validation_macro_f1=float(one["validation_macro_f1"]),
        )
        for one in notes.get("anchors", [])
    ]
