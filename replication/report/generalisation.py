"""What the records say of generalisation, as facts that the templates put into words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from replication.results.cells import BASELINE
from replication.results.comparisons import Comparison
from replication.results.generalisation import DatasetGeneralisation


class Standings(NamedTuple):
    """How many comparisons came out which way: clear of 0 above, clear of 0 below, neither."""

    above: int
    below: int
    level: int


class Change(NamedTuple):
    """A comparison of gaps, and the differences of soft labels to the TextCNN that it is made of."""

    comparison: Comparison
    train: float
    """In macro-F1 on the labelled training items."""
    test: float
    """In macro-F1 on the test items."""


def standings(comparisons: list[Comparison]) -> Standings:
    """Count the comparisons by where their interval lies."""
    above, below = sum(one.low > 0 for one in comparisons), sum(one.high < 0 for one in comparisons)
    return Standings(above, below, len(comparisons) - above - below)


def calibration_standings(sets: Iterable[DatasetGeneralisation]) -> Standings:
    """On how many sets soft labels have a calibration error below the TextCNN's, above it, or not told apart.

    Told apart where the two intervals do not overlap, which asks for more than the interval of a difference would.
    """
    pairs = [(one.find(*BASELINE), one.find("soft_label", "student")) for one in sets]
    both = [(a.calibration_error, b.calibration_error) for a, b in pairs if a is not None and b is not None]
    better, worse = sum(b.high < a.low for a, b in both), sum(b.low > a.high for a, b in both)
    return Standings(better, worse, len(both) - better - worse)


def change(comparison: Comparison, found: DatasetGeneralisation) -> Change:
    """What a comparison is made of."""
    textcnn, taught = found.find(*BASELINE), found.find("soft_label", "student")
    assert textcnn is not None and taught is not None and textcnn.train is not None and taught.train is not None
    return Change(comparison, taught.train.mean - textcnn.train.mean, taught.test.mean - textcnn.test.mean)


def followed_by(found: DatasetGeneralisation) -> dict[str, float] | None:
    """Agreement with the same frozen teacher: of soft labels, of a student of another teacher, of another teacher."""
    own, other = found.find("soft_label", "student"), found.find("other_teacher", "student")
    if own is None or own.fidelity is None:
        return None
    shares = {"own": own.fidelity.agreement.mean}
    if other is not None and other.fidelity is not None:
        shares["other"] = other.fidelity.agreement.mean
    if found.teachers is not None:
        shares["teachers"] = found.teachers.agreement.mean
    return shares
