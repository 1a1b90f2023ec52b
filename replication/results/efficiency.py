"""`efficiency.json`: how many labels a student needs, alone and with a teacher."""

from __future__ import annotations

from pydantic import Field

from replication.results.cells import Interval
from replication.results.comparisons import Bound, Comparison
from replication.results.files import Frozen
from replication.results.sweeps import ArmScore


class SizePoint(ArmScore):
    """One arm at one number of labelled items."""

    labelled: int
    updates: dict[int, int]
    """By seed, the student's updates until its validation macro-F1 was first at 95% of its last one."""


class LabelsNeeded(Frozen):
    """Labels that each arm needs for the same macro-F1, the lower of the two that they end with."""

    macro_f1: float
    alone: float
    taught: float
    alone_bound: Bound
    taught_bound: Bound
    ratio: Interval
    """Taught over alone; `mean` is the estimate."""
    bound: Bound
    """Of the ratio."""
    bounded_draws: float
    """Share of the resamples in which the ratio is a bound."""


class MissingPoint(Frozen):
    """A point that lacks runs."""

    method: str
    labelled: int
    reason: str


class EfficiencySet(Frozen):
    """One dataset."""

    alone: list[SizePoint]
    """The TextCNN on labels alone, by rising number of labels; a size without a result is left out."""
    taught: list[SizePoint]
    """The student of soft labels, likewise; its teacher has seen all labels."""
    teacher: ArmScore | None
    needed: LabelsNeeded | None
    """None with fewer than two sizes, or with no seed that has them all in both arms."""
    items: int
    """Test items."""
    evaluations: int
    """How many times a run was validated, which is how finely updates are told."""
    missing: list[MissingPoint] = Field(default_factory=list)
    """Points that lack a run or all of them, with the first reason."""


class EfficiencyResult(Frozen):
    """All datasets of the sweep, and what the claim is judged by."""

    sets: dict[str, EfficiencySet]
    comparisons: list[Comparison]
