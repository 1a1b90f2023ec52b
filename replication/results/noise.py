"""`noise.json`: macro-F1 of the arms where training labels are flipped."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from replication.results.cells import Interval
from replication.results.comparisons import Comparison
from replication.results.files import Frozen

Taught = Literal["", "honest", "oracle"]
"""By whom an arm is taught: no one, a teacher trained on the same noisy labels, or one trained on clean labels."""

ARMS = ("supervised", "label_smoothing", "soft_label", "logit_mse")
"""The methods whose students learn from noisy labels."""
TAUGHT = ("soft_label", "logit_mse")
"""Those of them that have a teacher."""


class NoisePoint(Frozen):
    """An arm at one rate."""

    rate: float
    macro_f1: Interval | None
    """None where no run has finished."""
    seeds: dict[int, float]
    """Macro-F1 by seed."""
    missing: list[str]
    """Why runs are missing."""


class NoiseArm(Frozen):
    """A method's model over the rates, on one set."""

    method: str
    model: Literal["student", "teacher"]
    taught: Taught
    points: list[NoisePoint]
    slope: Interval | None
    """Change of macro-F1 for a rate of 1: least squares over the rates. None where a rate has no run."""
    fall: Interval | None
    """Macro-F1 at rate 0 minus at the highest rate."""


class NoiseSet(Frozen):
    """One dataset."""

    dataset: str
    labelled: int
    """Labelled items, the flipped ones included."""
    flipped: dict[str, int]
    """Of those, how many are flipped, by rate (as `%g` writes it)."""
    test_items: int
    arms: list[NoiseArm]


class NoiseResult(Frozen):
    """`noise.json`."""

    kind: str
    rates: list[float]
    confidence: float
    sets: list[NoiseSet]
    comparisons: list[Comparison]
    """The TextCNN's fall minus that of soft labels with an honest teacher: above 0, the taught one falls less."""
    unmeasured: list[str] = Field(default_factory=list)
    """Parts of the claim that some set has no comparison of."""
