"""`coverage.json`: recall by kind of junk and period, and what the historical model caught, by opinion set."""

from __future__ import annotations

from typing import Literal

from replication.results.cells import Interval
from replication.results.files import Frozen

Period = Literal["current", "legacy"]
PERIODS: tuple[Period, ...] = ("legacy", "current")
ALL = "all"
"""In the place of a family: all junk of the period."""


class Flips(Frozen):
    """Test junk of one period by who catches it: means over seeds of numbers of items."""

    kept: float
    """Caught by the network and by the historical model of the same seed."""
    lost: float
    """Caught by the historical model alone: negative flips (Yan et al. 2021, section 3)."""
    gained: float
    """Caught by the network alone."""
    missed: float
    """Caught by neither."""

    @property
    def caught(self) -> float:
        """Caught by the historical model."""
        return self.kept + self.lost


class ArmCoverage(Frozen):
    """One network, over its seeds."""

    method: str
    model: Literal["student", "teacher"]
    seeds: list[int]
    recall: dict[Period, dict[str, Interval]]
    """Share of a family's test items that is called junk, by period and family, `ALL` among them."""
    flips: dict[Period, Flips]
    """Empty where no historical model of the same seeds has finished."""


class DatasetCoverage(Frozen):
    """The networks of one opinion set."""

    items: dict[Period, dict[str, int]]
    """Test junk by period and family, `ALL` among them; what is not there has none."""
    arms: list[ArmCoverage]

    def find(self, method: str, model: str) -> ArmCoverage | None:
        """The arm of a method's model, if it has runs."""
        return next((arm for arm in self.arms if (arm.method, arm.model) == (method, model)), None)
