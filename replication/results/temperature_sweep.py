"""`temperature_sweep.json`: what soft labels at each temperature are worth, beside logits without one."""

from __future__ import annotations

from pydantic import Field

from replication.results.cells import Interval
from replication.results.files import Frozen
from replication.results.sweeps import ArmScore


class TemperaturePoint(ArmScore):
    """The student of soft labels at one temperature."""

    temperature: float
    difference: Interval | None
    """To the point at the profile's temperature, paired; None for that point itself, and where it has no result."""


class TemperatureSet(Frozen):
    """One dataset."""

    points: list[TemperaturePoint]
    """By rising temperature; a temperature without a result is left out."""
    logit_mse: ArmScore | None
    """Logits as they are, by squared error; None where there is no result."""
    textcnn: ArmScore | None
    """Labels alone; None where there is no result."""
    items: int
    """Test items."""
    missing: dict[str, str] = Field(default_factory=dict)
    """Why a point lacks runs, by its temperature."""


class TemperatureSweepResult(Frozen):
    """All datasets of the sweep."""

    temperature: float
    """The profile's."""
    sets: dict[str, TemperatureSet]
