"""`results.json`: a row a cell, its seeds, its intervals, and where it all comes from."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from replication.results.files import Frozen

BASELINE = ("supervised", "student")
"""Method and model that every other cell is held against: the TextCNN on labels alone."""


class Interval(Frozen):
    """A mean over seeds with its bootstrap interval; metrics and their differences, as shares of 1."""

    mean: float
    low: float
    high: float

    @property
    def separated(self) -> bool:
        """Whether the interval is clear of 0; of use for differences."""
        return self.low > 0 or self.high < 0


class SeedResult(Frozen):
    """One seed of a cell: its record, or why there is none."""

    seed: int
    missing: str | None = None
    record: str | None = None
    """Path of the record, from the profile's folder."""
    identity: str = ""
    commit: str = ""
    metrics: dict[str, float] = Field(default_factory=dict)
    validation_macro_f1: float = 0.0
    seconds: float = 0.0
    peak_memory_mib: float = 0.0


class CellResult(Frozen):
    """One row of the table: a method's model on a dataset, over its seeds."""

    method: str
    model: Literal["student", "teacher"]
    kind: Literal["trained", "yardstick"]
    stage: str
    """The DVC stage that makes it."""
    command: str
    seeds: list[SeedResult]
    network: str | None = None
    metrics: dict[str, Interval] = Field(default_factory=dict)
    delta: dict[str, Interval] = Field(default_factory=dict)
    """Difference to the TextCNN on labels alone."""
    parameter_count: int | None = None
    iterations: int | None = None
    batch_size: int | None = None
    seconds: float | None = None
    """Mean wall time of a seed's training."""
    validation_macro_f1: float | None = None
    settings: dict[str, Any] = Field(default_factory=dict)
    """What the first seed's run read."""
    teacher: str | None = None
    """sha256 of the teacher's outputs that the first seed learned from."""

    @property
    def present(self) -> list[SeedResult]:
        """The seeds that have a record."""
        return [seed for seed in self.seeds if seed.missing is None]

    @property
    def is_baseline(self) -> bool:
        """Whether this is the TextCNN on labels alone."""
        return (self.method, self.model) == BASELINE


class DatasetResult(Frozen):
    """All cells of one dataset."""

    name: str
    classes: list[str]
    test_items: int
    data: list[str]
    """sha256 of the prepared splits, as the runs recorded it; more than one means runs on different data."""
    cells: list[CellResult]

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
