"""`results.json`: a row a cell, its seeds, its intervals, and where it all comes from."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from replication.results.files import Frozen

BASELINE = ("supervised", "student")
"""Method and model that every other cell is held against: the TextCNN on labels alone."""
HISTORICAL = ("historical", "teacher")
"""The TextCNN that was trained on the legacy items of an opinion set alone, the one that is online today."""

Group = Literal["method", "scheme", "reference", "yardstick"]
"""What a cell is for: a method of the papers, a scheme of the article (its own teacher included), a network that the
others are held against (the TextCNN on labels alone, its BERT, the historical TextCNN), or a yardstick."""


class Interval(Frozen):
    """A mean over seeds with its bootstrap interval; metrics and their differences, as shares of 1."""

    mean: float
    low: float
    high: float

    @property
    def separated(self) -> bool:
        """Whether the interval is clear of 0; of use for differences."""
        return self.low > 0 or self.high < 0


class PhaseResult(Frozen):
    """A phase of a method, as it was trained."""

    name: str
    iterations: int
    updates: dict[str, int]
    """Optimiser steps by the update's name."""


class SeedResult(Frozen):
    """One seed of a cell: its record, or why there is none."""

    seed: int
    missing: str | None = None
    record: str | None = None
    """Path of the record, from the profile's folder."""
    identity: str = ""
    commit: str = ""
    metrics: dict[str, float] = Field(default_factory=dict)
    threshold: float | None = None
    """Of an opinion set: the probability of junk from which the run calls an item junk, chosen on validation."""
    iterations: int = 0
    validation_macro_f1: float = 0.0
    seconds: float = 0.0
    peak_memory_mib: float = 0.0
    """Of the process, which may have trained other seeds before."""
    teacher: str | None = None
    """sha256 of the frozen teacher's outputs that the run learned from."""


class CellResult(Frozen):
    """One row of the table: a method's model on a dataset, over its seeds."""

    method: str
    model: Literal["student", "teacher"]
    group: Group
    stage: str
    """The DVC stage that makes it."""
    command: str
    seeds: list[SeedResult]
    network: str | None = None
    metrics: dict[str, Interval] = Field(default_factory=dict)
    delta: dict[str, Interval] = Field(default_factory=dict)
    """Difference to the TextCNN on labels alone."""
    family_recall: dict[str, Interval] = Field(default_factory=dict)
    """Of an opinion set: the share of each junk family's current test items that is called junk."""
    parameter_count: int | None = None
    iterations: int | None = None
    """Optimiser steps of this network, in the first seed's run."""
    phases: list[PhaseResult] = Field(default_factory=list)
    """What the first seed's run consisted of."""
    batch_size: int | None = None
    training_items: int | None = None
    """Items that the first seed's run saw, labelled and pool."""
    seconds: float | None = None
    """Mean wall time of a seed's training."""
    validation_macro_f1: float | None = None
    settings: dict[str, Any] = Field(default_factory=dict)
    """What the first seed's run read."""
    notes: dict[int, dict[str, Any]] = Field(default_factory=dict)
    """What a method says of its own course, by seed."""

    @property
    def trained(self) -> bool:
        """Whether this is a network and no yardstick."""
        return self.group != "yardstick"

    @property
    def present(self) -> list[SeedResult]:
        """The seeds that have a record."""
        return [seed for seed in self.seeds if seed.missing is None]

    @property
    def joint_teacher(self) -> bool:
        """Whether it is the BERT that a scheme trained beside its student, in one run with it."""
        return self.group == "scheme" and self.model == "teacher"

    @property
    def taught(self) -> bool:
        """Whether it learned from a frozen teacher."""
        return any(seed.teacher is not None for seed in self.present)

    @property
    def is_baseline(self) -> bool:
        """Whether this is the TextCNN on labels alone."""
        return (self.method, self.model) == BASELINE


class DatasetResult(Frozen):
    """All cells of one dataset."""

    name: str
    classes: list[str]
    test_items: int
    """Of an opinion set: the current ones."""
    data: list[str]
    """sha256 of the prepared splits, as the runs recorded it; more than one means runs on different data."""
    cells: list[CellResult]
    junk: str | None = None
    """Name of the class of junk; None where the set is no opinion set."""
    legacy_items: int = 0
    """Test items of the legacy period."""
    family_items: dict[str, int] = Field(default_factory=dict)
    """Current test items by junk family."""
    without_historical: str | None = None
    """Why there is no share of kept junk: no historical model is listed, or none has finished."""

    def find(self, method: str, model: str) -> CellResult | None:
        """The cell of a method's model, if it is listed and has results."""
        matches = [cell for cell in self.cells if (cell.method, cell.model) == (method, model) and cell.metrics]
        return matches[0] if matches else None


class Results(Frozen):
    """`results.json`."""

    profile: str
    parameters: dict[str, Any]
    environments: list[dict[str, Any]]
    """The different machines, versions and commits that the runs were made with, most runs first."""
    checkpoint: dict[str, Any] | None
    """Where the encoder's weights came from."""
    datasets: list[DatasetResult]
