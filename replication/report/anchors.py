"""The route that a student was led along: the anchors taken, and how well the student did after each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from replication.results.cells import CellResult, DatasetResult


@dataclass(frozen=True)
class Anchor:
    """A state of the teacher that the student was taught by."""

    iteration: int | None
    """After how many of the teacher's updates; None: the end of its training."""
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


def courses(dataset: DatasetResult) -> list[Course]:
    """The courses that the records of a set tell of."""
    found = []
    for cell in dataset.cells:
        seeds = {seed: _anchors(notes) for seed, notes in sorted(cell.notes.items()) if _anchors(notes)}
        if seeds:
            found.append(Course(dataset, cell, seeds))
    return found


def _anchors(notes: dict[str, Any]) -> list[Anchor]:
    return [Anchor(one["iteration"], float(one["validation_macro_f1"])) for one in notes.get("anchors", [])]
