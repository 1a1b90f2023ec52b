"""`baselines/accepted/<profile>.json`: the results that a later run is held against, item by item.

A difference between two runs is far better seen on the same test items than between two means, so the file keeps what
every run predicted. A predicted class takes as few bits as the set's classes need, and the test labels stand beside the
predictions: the 170 runs of the default profile take 200 kB, and neither the old records nor the data are needed to
compare. No training stage reads the file.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from replication.results.cells import CellResult, Group, Interval
from replication.results.files import Frozen


class AcceptedSeed(Frozen):
    """One accepted run."""

    metrics: dict[str, float]
    identity: str
    """sha256 of all that determined the run."""
    commit: str
    predicted: str
    """The class of the largest logit of every test item, packed."""


class AcceptedCell(Frozen):
    """A method's model on a dataset."""

    method: str
    model: Literal["student", "teacher"]
    group: Group
    metrics: dict[str, Interval]
    """Estimates with the intervals that the report showed."""
    seeds: dict[int, AcceptedSeed]

    @property
    def name(self) -> str:
        """Method and model."""
        return f"{self.method}/{self.model}"


class AcceptedDataset(Frozen):
    """The test items of a dataset and what was predicted of them."""

    name: str
    classes: int = Field(ge=2)
    data: str
    """sha256 of the prepared data; a run on other data is not compared."""
    items: int = Field(ge=1)
    ids: str
    """sha256 of the test items' ids, in their order."""
    labels: str
    """The class of every test item, packed."""
    scored: str
    """Whether an item counts for the metric, packed: legacy items of an opinion set do not."""
    cells: list[AcceptedCell]


class Accepted(Frozen):
    """The file."""

    profile: str
    reason: str
    """Why these results were accepted, in the words of who accepted them."""
    floors: dict[str, float]
    """By metric, how large a drop has to be, as a share of 1, to be called a regression."""
    commits: list[str]
    """Of the code that trained the runs."""
    environments: list[dict[str, Any]]
    parameters: dict[str, Any]
    datasets: list[AcceptedDataset]


Verdict = Literal["same", "level", "worse", "better", "implausible", "cannot tell", "missing", "new"]
"""`same`: every prediction is the accepted one. `level`: a drop beyond the floor is excluded. `worse`, `better`: beyond
the floor, with an interval clear of 0. `implausible`: better than can be believed, which is how a leak looks. `new`:
not among the accepted cells."""
FAILING: tuple[Verdict, ...] = ("worse", "implausible", "missing")


class CellCheck(Frozen):
    """One cell held against the accepted one; metrics and differences as shares of 1."""

    dataset: str
    method: str
    model: Literal["student", "teacher"]
    verdict: Verdict
    accepted: float | None = None
    current: float | None = None
    difference: float | None = None
    low: float | None = None
    high: float | None = None
    """The interval of the difference, simultaneous over all cells compared."""
    smallest_fall: float | None = None
    """A measured fall that is smaller passes: it is within the interval's half-width, or below the floor."""
    why: str = ""

    @property
    def name(self) -> str:
        """Dataset, method and model."""
        return f"{self.dataset}/{self.method}/{self.model}"


class Check(Frozen):
    """All cells of a profile held against the accepted ones."""

    profile: str
    metric: str
    floor: float
    confidence: float
    """That no interval of the check misses its truth."""
    reason: str
    """Why the accepted results were accepted."""
    passed: bool
    cells: list[CellCheck]

    def having(self, *verdicts: Verdict) -> list[CellCheck]:
        """The cells with one of these verdicts."""
        return [cell for cell in self.cells if cell.verdict in verdicts]


def cell_name(cell: CellResult) -> str:
    """Method and model of a published cell, as an accepted one is named."""
    return f"{cell.method}/{cell.model}"
