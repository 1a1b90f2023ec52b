"""`generalisation.json`: each arm's loss from training to test, its calibration, and how far it follows a teacher."""

from __future__ import annotations

from typing import Literal

from replication.results.cells import Interval
from replication.results.comparisons import Comparison
from replication.results.files import Frozen

Origin = Literal["frozen", "other", "joint", "none"]
"""Whom an arm learned from: the frozen teacher of its seed, that of another seed, the BERT beside it, or nobody."""


class ReliabilityBin(Frozen):
    """Test items of similar confidence, those of all seeds together."""

    confidence: float
    """Mean of the largest probability."""
    accuracy: float
    """Share of the items whose class is predicted."""
    low: float
    """The least accuracy of a seed."""
    high: float
    """The largest of a seed."""
    items: int
    """Of all seeds."""


class Fidelity(Frozen):
    """How far a network follows a teacher on the test items (Stanton et al. 2021, section 2)."""

    agreement: Interval
    """Share of the items on which both predict the same class."""
    divergence: Interval
    """KL(p_teacher ‖ p_network) at T = 1, nats, mean over items."""
    divergence_at_temperature: Interval
    """The same at the profile's temperature, without the factor T² of the loss."""


class ArmGeneralisation(Frozen):
    """One network of one method, over its seeds."""

    method: str
    model: Literal["student", "teacher"]
    seeds: list[int]
    train: Interval | None
    """Macro-F1 on the labelled training items; None where the runs have no predictions for them."""
    test: Interval
    gap: Interval | None
    """Train minus test macro-F1."""
    gap_by_seed: dict[int, float]
    calibration_error: Interval
    """Expected calibration error; a share of 1."""
    calibration_error_by_chance: float
    """What it would be on average if the network, with the confidences that it has, were calibrated."""
    origin: Origin
    fidelity: Fidelity | None
    """To the frozen teacher of the same seed; None for that teacher itself, and where it has not finished."""
    own_fidelity: Fidelity | None
    """To the teacher that it learned from, where that is another one."""
    reliability: list[ReliabilityBin]


class DatasetGeneralisation(Frozen):
    """All arms of one dataset."""

    test_items: int
    """Of an opinion set: the current ones."""
    labelled_items: int
    classes: int
    arms: list[ArmGeneralisation]
    teachers: Fidelity | None
    """Between two frozen teachers of different seeds, the first in the place of the teacher; None with fewer."""

    def find(self, method: str, model: str) -> ArmGeneralisation | None:
        """The arm of a method's model, if it has runs."""
        return next((arm for arm in self.arms if (arm.method, arm.model) == (method, model)), None)


class Generalisation(Frozen):
    """`generalisation.json`."""

    bins: int
    """Of the calibration error."""
    temperature: float
    datasets: dict[str, DatasetGeneralisation]
    comparisons: list[Comparison]
    """Gap of soft labels minus gap of the TextCNN; below 0 the taught student generalises better."""
